// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "core/base/time.h"
#include "core/server/state/call.h"

namespace orrery::server {

/// Calls that wait for something to happen. Each is answered once: by whoever take()s it, by its deadline in wall time,
/// or by nobody when its caller is gone.
class Waits {
public:
    struct Wait {
        CallPtr call;
        std::optional<base::Timestamp> deadline;
        /// The deadline came; answers the call. The wait is already forgotten.
        std::function<void(const CallPtr&)> expired;
        /// Forget what refers to this wait; also runs before `expired`.
        std::function<void()> dropped;
    };

    uint64_t add(Wait wait);
    /// The call, which the taker now has to answer; nullptr when the wait is over.
    CallPtr take(uint64_t id);
    /// The caller is gone.
    void cancel(const CallPtr& call);
    void expire(base::Timestamp wall);
    std::optional<base::Timestamp> nextDeadline() const;
    bool contains(uint64_t id) const { return m_waits.count(id) != 0; }
    /// Takes any one call, for shutting down; nullptr when none is left.
    CallPtr takeAny();

private:
    Wait remove(uint64_t id);

    std::unordered_map<uint64_t, Wait> m_waits;
    std::map<std::pair<base::Timestamp, uint64_t>, uint64_t> m_deadlines;
    uint64_t m_nextId = 1;
};

}  // namespace orrery::server
