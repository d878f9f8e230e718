// SPDX-License-Identifier: MIT
// For tests in which calls are answered by other threads.
#pragma once

#include <QString>
#include <condition_variable>
#include <mutex>

#include "core/server/state/call.h"
#include "tests/core/server/refusal.h"

namespace orrery::test {

/// A call that says how it was answered.
class Waiter final : public server::Call {
public:
    void finish(server::Reply reply) override {
        const std::lock_guard lock(m_mutex);
        m_answer = reply.error ? refusalOf(*reply.error) : QStringLiteral("answered");
        m_changed.notify_all();
    }
    /// "answered", or the error as "NOT_FOUND: its words". Waits for it.
    QString answer() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_answer.isEmpty(); });
        return m_answer;
    }
    bool answered() {
        const std::lock_guard lock(m_mutex);
        return !m_answer.isEmpty();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    QString m_answer;
};

}  // namespace orrery::test
