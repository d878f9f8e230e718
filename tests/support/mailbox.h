// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace orrery::test {

/// What callbacks on other threads bring, in order, for the test's own thread to take.
template <typename T>
class Mailbox {
public:
    void put(T value) {
        const std::lock_guard lock(m_mutex);
        m_values.push_back(std::move(value));
        m_arrived.notify_one();
    }

    /// Waits for the next one; a test that would wait for ever fails the program instead.
    T take() {
        std::unique_lock lock(m_mutex);
        if (!m_arrived.wait_for(lock, std::chrono::seconds(20), [&] { return !m_values.empty(); })) {
            qFatal("nothing arrived within 20 s");
        }
        T value = std::move(m_values.front());
        m_values.pop_front();
        return value;
    }

    bool empty() const {
        const std::lock_guard lock(m_mutex);
        return m_values.empty();
    }

    /// The mailbox outlives whoever calls it.
    std::function<void(T)> sink() {
        return [this](T value) { put(std::move(value)); };
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<T> m_values;
};

}  // namespace orrery::test
