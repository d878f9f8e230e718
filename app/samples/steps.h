// SPDX-License-Identifier: MIT
// What the samples' activities have in common.
#pragma once

#include <string>

#include "core/definition/options.h"

namespace orrery::samples {

/// How the workflows call their activities: a lost worker is noticed after three seconds without a heartbeat; failing
/// attempts wait 1 s, 2 s, 4 s, … `summary` is what people read in the history.
definition::ActivityOptions step(const std::string& summary);

/// For activities: takes so many seconds in slices, telling the server how far it is, so that there is time to kill a
/// worker in.
void takeTime(double seconds);

}  // namespace orrery::samples
