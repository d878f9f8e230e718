// SPDX-License-Identifier: MIT
#include "tests/peers/features.h"

namespace orrery::test {

void registerFeatures(workflow::WorkflowRegistry&, activity::ActivityRegistry&) {}

}  // namespace orrery::test
