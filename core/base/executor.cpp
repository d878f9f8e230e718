// SPDX-License-Identifier: MIT
#include "core/base/executor.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>

#include "core/base/log.h"

namespace orrery::base {
namespace {

void runGuarded(const std::function<void()>& job) {
    try {
        job();
    } catch (const std::exception& problem) {
        log(LogLevel::Error, "base", fmt::format("a background job threw, which is a bug: {}", problem.what()));
    } catch (...) {
        log(LogLevel::Error, "base", "a background job threw something that is no exception, which is a bug");
    }
}

}  // namespace

struct ThreadPool::State {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> queue;
    bool stopping = false;
    std::vector<std::thread> threads;

    void work() {
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [this] { return stopping || !queue.empty(); });
            if (stopping) return;
            std::function<void()> job = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            runGuarded(job);
            job = nullptr;
            lock.lock();
        }
    }
};

ThreadPool::ThreadPool(std::string_view name, unsigned threads) : m_state(std::make_unique<State>()) {
    for (unsigned i = 0; i < threads; ++i) {
        m_state->threads.emplace_back([state = m_state.get()] { state->work(); });
        // Linux allows 15 characters.
        pthread_setname_np(m_state->threads.back().native_handle(), std::string(name.substr(0, 15)).c_str());
    }
}

ThreadPool::~ThreadPool() {
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->stopping = true;
        dropped.swap(m_state->queue);
    }
    m_state->wake.notify_all();
    for (std::thread& thread : m_state->threads) thread.join();
}

void ThreadPool::post(std::function<void()> job) {
    {
        const std::lock_guard lock(m_state->mutex);
        if (m_state->stopping) return;
        m_state->queue.push_back(std::move(job));
    }
    m_state->wake.notify_one();
}

struct Strand::State : std::enable_shared_from_this<Strand::State> {
    explicit State(Executor& executor) : under(executor) {}

    Executor& under;
    std::mutex mutex;
    std::deque<std::function<void()>> queue;
    bool scheduled = false;

    /// One job a turn, so that a busy strand does not starve the others of its pool.
    void turn() {
        std::function<void()> job;
        {
            const std::lock_guard lock(mutex);
            job = std::move(queue.front());
            queue.pop_front();
        }
        runGuarded(job);
        job = nullptr;
        const std::lock_guard lock(mutex);
        scheduled = !queue.empty();
        if (scheduled) under.post([self = shared_from_this()] { self->turn(); });
    }
};

Strand::Strand(Executor& under) : m_state(std::make_shared<State>(under)) {}

Strand::~Strand() = default;

void Strand::post(std::function<void()> job) {
    const std::lock_guard lock(m_state->mutex);
    m_state->queue.push_back(std::move(job));
    if (m_state->scheduled) return;
    m_state->scheduled = true;
    m_state->under.post([state = m_state] { state->turn(); });
}

}  // namespace orrery::base
