// SPDX-License-Identifier: MIT
#pragma once

#include "core/base/time.h"

namespace orrery::server {

/// `by` after `time`, which is no earlier than 1970; at most the last time there is (in the year 2262), for clients may
/// ask for longer.
constexpr base::Timestamp later(base::Timestamp time, base::Duration by) {
    return by > base::Timestamp::max() - time ? base::Timestamp::max() : time + by;
}

}  // namespace orrery::server
