// SPDX-License-Identifier: MIT
// How many tasks a second, over the last half minute.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/time.h"

namespace orrery::server {

/// Counts in spans of five seconds, the current one and the six before it. Until the first half minute is over the rate
/// is that since it began.
class TaskRate {
public:
    /// From now on it counts, unless it does already: rates that are to be compared begin together.
    void begin(base::Timestamp wall);
    void count(base::Timestamp wall);
    double perSecond(base::Timestamp wall) const;

private:
    static constexpr int64_t kSpans = 7;
    void advance(base::Timestamp wall);

    bool m_used = false;
    uint8_t m_current = 0;
    std::array<uint32_t, kSpans> m_counts{};
    base::Timestamp m_first;  ///< when it began
    base::Timestamp m_begin;  ///< of the current span
};

}  // namespace orrery::server
