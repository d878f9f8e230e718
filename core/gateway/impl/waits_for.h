// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "core/gateway/values.h"

namespace orrery::gateway {

/// One plain sentence without times: why the run does not go on by itself right now. Empty when it is closed.
std::string waitsFor(const WorkflowDescription& workflow);

}  // namespace orrery::gateway
