// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "core/base/time.h"

namespace orrery::worker {

/// One thread that runs small jobs later (heartbeat throttling, grace times). Safe from any thread. Jobs must not
/// block; they usually post to a strand.
class Timers {
public:
    Timers();
    ~Timers();
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;

    void after(base::Duration delay, std::function<void()> job);
    /// Drops what waits; no job runs after this returns.
    void stop();

private:
    void work();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::multimap<base::Duration, std::function<void()>> m_jobs;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace orrery::worker
