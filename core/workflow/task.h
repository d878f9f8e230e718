// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/workflow/scheduler.h"

namespace orrery::workflow {

/// void as a value.
template <class T>
using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Marks what workflow code may wait for. Awaiting anything else would not be deterministic and does not compile.
template <class T>
concept Awaitable = requires { typename std::remove_cvref_t<T>::WorkflowAwaitable; };

template <class T>
struct TaskPromise;

/// A coroutine of workflow code, which begins when it is awaited (or started, workflow.h) and belongs to whoever holds
/// the Task. Await it once.
template <class T = void>
class [[nodiscard]] Task {
public:
    using WorkflowAwaitable = void;
    using Result = T;
    using promise_type = TaskPromise<T>;

    explicit Task(std::coroutine_handle<promise_type> handle) : m_handle(handle) {}
    Task(Task&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            destroy();
            m_handle = std::exchange(other.m_handle, nullptr);
        }
        return *this;
    }
    ~Task() { destroy(); }

    promise_type& promise() const { return m_handle.promise(); }

    class Awaiter {
    public:
        explicit Awaiter(std::coroutine_handle<promise_type> handle) : m_handle(handle) {}
        bool await_ready() const noexcept { return false; }
        template <class Parent>
        void await_suspend(std::coroutine_handle<Parent> parent) const {
            parent.promise().scheduler->enter(m_handle.promise(), parent.promise());
        }
        T await_resume() const { return m_handle.promise().take(); }

    private:
        std::coroutine_handle<promise_type> m_handle;
    };
    Awaiter operator co_await() const { return Awaiter(m_handle); }

private:
    void destroy() {
        if (m_handle) m_handle.destroy();
    }

    std::coroutine_handle<promise_type> m_handle;
};

/// What every coroutine of workflow code has in common: see PromiseBase for the bookkeeping.
template <class T>
struct TaskPromiseBase : PromiseBase {
    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class P>
        void await_suspend(std::coroutine_handle<P> self) const noexcept {
            self.promise().scheduler->leave(self.promise());
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }

    template <class A>
    decltype(auto) await_transform(A&& awaited, std::source_location where = std::source_location::current()) {
        static_assert(Awaitable<A>, "Workflow code can wait only for workflow tasks, futures, timers and conditions.");
        waitsAt = where;
        future = nullptr;
        condition = nullptr;
        return std::forward<A>(awaited);
    }
};

template <class T>
struct TaskPromise : TaskPromiseBase<T> {
    Task<T> get_return_object() {
        const auto self = std::coroutine_handle<TaskPromise>::from_promise(*this);
        this->handle = self;
        return Task<T>(self);
    }
    template <class U = T>
    void return_value(U&& returned, std::source_location where = std::source_location::current()) {
        this->waitsAt = where;
        value.emplace(std::forward<U>(returned));
    }
    T take() {
        if (this->error) std::rethrow_exception(this->error);
        return std::move(*value);
    }

    std::optional<T> value;
};

template <>
struct TaskPromise<void> : TaskPromiseBase<void> {
    Task<void> get_return_object() {
        const auto self = std::coroutine_handle<TaskPromise>::from_promise(*this);
        handle = self;
        return Task<void>(self);
    }
    void return_void(std::source_location where = std::source_location::current()) noexcept { waitsAt = where; }
    void take() const {
        if (error) std::rethrow_exception(error);
    }
};

}  // namespace orrery::workflow
