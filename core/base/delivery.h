// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <utility>

namespace orrery::base {

/// Keeps a promise to whoever holds a handle of something asynchronous: once close() has returned, no callback runs.
/// close() waits for a callback that runs right now on another thread; inside a callback it returns at once. So never
/// close a gate while holding a lock that its callback takes, and let no two callbacks close each other's gates.
class DeliveryGate {
public:
    /// Runs `callback` unless the gate is closed; tells whether it ran.
    template <typename Callback>
    bool deliver(Callback&& callback) {
        const std::lock_guard lock(m_mutex);
        if (m_closed) return false;
        std::forward<Callback>(callback)();
        return true;
    }

    void close() {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }

    bool closed() const {
        const std::lock_guard lock(m_mutex);
        return m_closed;
    }

private:
    // Recursive, for a callback may drop its own handle.
    mutable std::recursive_mutex m_mutex;
    bool m_closed = false;
};

}  // namespace orrery::base
