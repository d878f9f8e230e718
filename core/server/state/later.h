// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "core/base/time.h"

namespace orrery::server {

/// `by` after `time`, which is no earlier than 1970; at most the last time there is (in the year 2262), for clients may
/// ask for longer.
constexpr base::Timestamp later(base::Timestamp time, base::Duration by) {
    return by > base::Timestamp::max() - time ? base::Timestamp::max() : time + by;
}

/// `time` to the nearest millisecond, as protocol fields that Temporal rounds carry it; the last whole one there is for
/// a time beyond it.
constexpr base::Timestamp toWholeMilliseconds(base::Timestamp time) {
    using Milliseconds = std::chrono::milliseconds;
    constexpr base::Timestamp kLast = std::chrono::floor<Milliseconds>(base::Timestamp::max() - Milliseconds(1));
    return std::chrono::round<Milliseconds>(std::min(time, kLast));
}

}  // namespace orrery::server
