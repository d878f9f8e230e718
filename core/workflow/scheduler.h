// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "core/definition/workflow_instance.h"
#include "core/workflow/scope.h"

namespace orrery::workflow {

class ConditionWait;
class FutureCore;
class Scheduler;
template <class T>
class Task;

/// A line of this library, not of the workflow's own code.
bool isLibraryLine(const std::source_location& line);

/// The scheduler's side of one coroutine frame.
struct PromiseBase {
    std::coroutine_handle<> handle;
    Scheduler* scheduler = nullptr;
    /// Who awaits this coroutine; null for one that was started.
    PromiseBase* continuation = nullptr;
    /// Whom it awaits, if that is a coroutine.
    PromiseBase* child = nullptr;
    /// The scope it runs in: set before it begins, else inherited from who awaits it.
    std::shared_ptr<ScopeState> scope;
    std::exception_ptr error;
    /// The last line at which it waited or returned.
    std::source_location waitsAt;
    /// What it waits for there; at most one is set, and only while it waits.
    const FutureCore* future = nullptr;
    const ConditionWait* condition = nullptr;
    /// Nonzero for a coroutine that was started: its number in the scheduler.
    uint64_t root = 0;
};

/// A wait for a predicate. Lives in the frame of the coroutine that waits and takes itself out when that is destroyed.
class ConditionWait {
public:
    using WorkflowAwaitable = void;

    /// `words` say what is waited for, for people who look on.
    explicit ConditionWait(std::function<bool()> predicate, std::string words = {})
        : m_predicate(std::move(predicate)), m_words(std::move(words)) {}
    ConditionWait(ConditionWait&&) = delete;
    ~ConditionWait();

    bool await_ready();
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiter) {
        suspend(waiter.promise());
    }
    void await_resume();

    std::string words() const { return m_words.empty() ? "a condition" : m_words; }

private:
    friend class Scheduler;
    void suspend(PromiseBase& waiter);
    void wake(std::exception_ptr error);

    std::function<bool()> m_predicate;
    std::string m_words;
    PromiseBase* m_waiter = nullptr;
    std::exception_ptr m_error;
    ScopeRegistration m_cancellation;
};

/// Goes to the end of the queue of what is ready.
class Yield {
public:
    using WorkflowAwaitable = void;
    bool await_ready() const noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiter) const;
    void await_resume() const noexcept {}
};

/// Runs the coroutines of one run on one thread, always in the same order:
/// - what becomes ready queues up, first in first out;
/// - a coroutine that awaits another continues in it at once, and the awaiting one at once after its end;
/// - when nothing is ready, waiting conditions are tried in the order they began to wait; the first that holds wakes
/// its
///   coroutine alone, and everything that follows from it runs before conditions are tried again. So a condition still
///   holds when its coroutine goes on.
/// It is a loop (trampoline): no depth of awaiting grows the stack. It owns the frames of started coroutines;
/// destroying it destroys them, the last started first.
class Scheduler {
public:
    Scheduler();
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    /// Called when a started coroutine ends with an exception.
    void onError(std::function<void(std::exception_ptr)> handler) { m_onError = std::move(handler); }
    /// Set while predicates run, so that they cannot issue commands.
    void onPredicates(std::function<void(bool)> handler) { m_onPredicates = std::move(handler); }

    /// Takes the coroutine over and queues it. `name` is for stack traces.
    void start(Task<void> task, std::shared_ptr<ScopeState> scope, std::string name);
    /// Queues a coroutine that waited.
    void ready(PromiseBase& waiter) { m_ready.push_back(&waiter); }
    /// Runs until nothing is ready and no condition holds, or until stop() is called.
    void drain();
    void stop() { m_stopped = true; }
    /// Destroys every coroutine and runs none any more.
    void clear();

    void enter(PromiseBase& child, PromiseBase& parent) noexcept;
    void leave(PromiseBase& done) noexcept;

    /// The scope of the running coroutine, or the root when none runs.
    const std::shared_ptr<ScopeState>& scope() const;
    const std::shared_ptr<ScopeState>& rootScope() const { return m_rootScope; }
    size_t waitingConditions() const { return m_conditions.size(); }

    /// One block for each started coroutine that waits: its name and the lines from innermost to outermost.
    std::string stackTrace() const;

    /// Somebody looks on: from now on the answers of the next three are worth asking for.
    void observe(bool on) { m_observed = on; }
    bool observed() const { return m_observed; }
    /// The line of the workflow's own code that the running coroutine stands behind: its own last one, or that of the
    /// nearest one that awaits it.
    std::source_location ownLine() const;
    /// Where the last coroutine of the workflow's own code ended.
    const std::source_location& lastEnd() const { return m_lastEnd; }
    std::vector<definition::WaitingCoroutine> waiting() const;

private:
    friend class ConditionWait;
    struct Root;

    bool wakeOneCondition();
    void bury();

    std::shared_ptr<ScopeState> m_rootScope = ScopeState::makeRoot();
    std::deque<PromiseBase*> m_ready;
    PromiseBase* m_next = nullptr;
    PromiseBase* m_running = nullptr;
    std::list<ConditionWait*> m_conditions;
    std::map<uint64_t, std::unique_ptr<Root>> m_roots;
    uint64_t m_lastRoot = 0;
    std::vector<uint64_t> m_ended;
    bool m_stopped = false;
    bool m_observed = false;
    std::source_location m_lastEnd;
    std::function<void(std::exception_ptr)> m_onError;
    std::function<void(bool)> m_onPredicates;
};

template <class P>
void Yield::await_suspend(std::coroutine_handle<P> waiter) const {
    waiter.promise().scheduler->ready(waiter.promise());
}

}  // namespace orrery::workflow
