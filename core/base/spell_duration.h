// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "core/base/time.h"

namespace orrery::base {

/// Without loss: "24 h", "1 h 30 m", "2.5 s", "30 d". Two durations have the same text only when they are equal.
std::string spellDuration(Duration duration);

}  // namespace orrery::base
