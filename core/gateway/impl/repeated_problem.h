// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>

#include "core/base/time.h"
#include "core/gateway/outcome.h"

namespace orrery::gateway {

/// For subscriptions that go on after a problem: tells one and the same only once, and asks less and less often.
class RepeatedProblem {
public:
    bool isNew(const Problem& problem) {
        ++m_count;
        const bool told = m_any && problem.code == m_code && problem.message == m_message;
        m_any = true;
        m_code = problem.code;
        m_message = problem.message;
        return !told;
    }
    bool any() const { return m_any; }
    void over() {
        m_any = false;
        m_count = 0;
    }
    /// Before the next try: half a second, doubled each time, five seconds at most.
    base::Duration interval() const {
        const base::Duration first = std::chrono::milliseconds(500);
        return std::min<base::Duration>(first * (1 << std::clamp(m_count - 1, 0, 4)), std::chrono::seconds(5));
    }

private:
    bool m_any = false;
    int m_count = 0;
    base::ErrorCode m_code = base::ErrorCode::Ok;
    std::string m_message;
};

}  // namespace orrery::gateway
