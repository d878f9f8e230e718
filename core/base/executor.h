// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace orrery::base {

/// Runs jobs on other threads. A job must not throw: what it throws is logged as a bug and dropped.
class Executor {
public:
    virtual ~Executor() = default;
    /// Never blocks. After the executor has stopped, the job is destroyed without being run.
    virtual void post(std::function<void()> job) = 0;
};

/// A fixed number of threads and one queue, first in first out. Destroying it waits for the running jobs and drops the
/// ones that have not begun.
class ThreadPool final : public Executor {
public:
    ThreadPool(std::string_view name, unsigned threads);
    ~ThreadPool() override;
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    void post(std::function<void()> job) override;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Runs its jobs one at a time and in order, on whatever thread the executor under it has free. The executor outlives
/// the strand; jobs already posted still run after the strand object is gone.
class Strand final : public Executor {
public:
    explicit Strand(Executor& under);
    ~Strand() override;
    Strand(const Strand&) = delete;
    Strand& operator=(const Strand&) = delete;

    void post(std::function<void()> job) override;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

}  // namespace orrery::base
