// SPDX-License-Identifier: MIT
#include "core/worker/timers.h"

#include "core/base/clock.h"

namespace orrery::worker {

Timers::Timers() : m_thread([this] { work(); }) {}

Timers::~Timers() { stop(); }

void Timers::after(base::Duration delay, std::function<void()> job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping) return;
        m_jobs.emplace(base::monotonicNow() + delay, std::move(job));
    }
    m_wake.notify_one();
}

void Timers::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_jobs.clear();
    }
    m_wake.notify_one();
    if (m_thread.joinable()) m_thread.join();
}

void Timers::work() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        if (m_jobs.empty()) {
            m_wake.wait(lock);
            continue;
        }
        const base::Duration wait = m_jobs.begin()->first - base::monotonicNow();
        if (wait > base::Duration::zero()) {
            m_wake.wait_for(lock, wait);
            continue;
        }
        const std::function<void()> job = std::move(m_jobs.begin()->second);
        m_jobs.erase(m_jobs.begin());
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace orrery::worker
