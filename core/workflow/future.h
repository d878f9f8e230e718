// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/payload/converter.h"
#include "core/workflow/task.h"

namespace orrery::workflow {

/// What is pending on one side and awaited on the other. Kept alive by whoever may still ask for the outcome.
class FutureCore {
public:
    virtual ~FutureCore() = default;

    bool done() const { return m_done; }
    const std::exception_ptr& error() const { return m_error; }

    /// Resolves from what the engine sent; the typed state decodes it.
    virtual void complete(const payload::Payload& result, const payload::DataConverter& converter) = 0;
    void fail(std::exception_ptr error);

    void addWaiter(PromiseBase& waiter) { m_waiters.push_back(&waiter); }
    void removeWaiter(PromiseBase& waiter);
    /// Called once, when this is done; at once when it is already.
    void whenDone(std::function<void()> callback);
    /// Asks for cancellation; nothing when done or when nothing can be cancelled.
    void cancel();
    void onCancel(std::function<void()> action) { m_cancel = std::move(action); }
    void bindTo(ScopeRegistration registration) { m_scope = std::move(registration); }

    /// Says what this is, for people who look on: "activity charge_card".
    void name(std::string words) { m_words = std::make_unique<const std::string>(std::move(words)); }
    std::string words() const { return m_words ? *m_words : "a result"; }

protected:
    void finish();

private:
    bool m_done = false;
    std::exception_ptr m_error;
    std::vector<PromiseBase*> m_waiters;
    std::vector<std::function<void()>> m_callbacks;
    std::function<void()> m_cancel;
    ScopeRegistration m_scope;
    std::unique_ptr<const std::string> m_words;
};

template <class T>
class FutureState : public FutureCore {
public:
    void set(Value<T> value) {
        if (done()) return;
        m_value.emplace(std::move(value));
        finish();
    }
    const Value<T>& value() const { return *m_value; }

    void complete(const payload::Payload&, const payload::DataConverter&) override {
        throw base::Error(base::ErrorCode::Internal, "This future does not resolve from a payload.");
    }

private:
    std::optional<Value<T>> m_value;
};

/// A future whose value comes as a payload.
template <class T>
class DecodedState final : public FutureState<T> {
public:
    void complete(const payload::Payload& result, const payload::DataConverter& converter) override {
        try {
            this->set(converter.fromPayload<Value<T>>(result));
        } catch (...) {
            this->fail(std::current_exception());
        }
    }
};

/// Something that is under way: a timer, an activity, a started coroutine. A cheap value; may be awaited many times and
/// by many, each getting the value or the exception. Dropping it changes nothing. Awaiting it is not itself interrupted
/// by a cancellation: what it stands for is, if it was started in the cancelled scope.
template <class T = void>
class [[nodiscard]] Future {
public:
    using WorkflowAwaitable = void;
    using Result = T;

    explicit Future(std::shared_ptr<FutureState<T>> state) : m_state(std::move(state)) {}

    bool done() const { return m_state->done(); }
    const std::shared_ptr<FutureState<T>>& state() const { return m_state; }
    /// Asks for its end; the outcome comes later, as a CancelledFailure or an ActivityFailure caused by one, or as the
    /// result when that was quicker.
    void cancel() const { m_state->cancel(); }

    class Awaiter {
    public:
        explicit Awaiter(std::shared_ptr<FutureState<T>> state) : m_state(std::move(state)) {}
        Awaiter(const Awaiter&) = delete;
        ~Awaiter() {
            if (m_waiter) m_state->removeWaiter(*m_waiter);
        }
        bool await_ready() const noexcept { return m_state->done(); }
        template <class P>
        void await_suspend(std::coroutine_handle<P> waiter) {
            m_waiter = &waiter.promise();
            m_waiter->future = m_state.get();
            m_state->addWaiter(*m_waiter);
        }
        T await_resume() {
            m_waiter = nullptr;
            if (m_state->error()) std::rethrow_exception(m_state->error());
            if constexpr (!std::is_void_v<T>) return m_state->value();
        }

    private:
        std::shared_ptr<FutureState<T>> m_state;
        PromiseBase* m_waiter = nullptr;
    };
    Awaiter operator co_await() const { return Awaiter(m_state); }

private:
    std::shared_ptr<FutureState<T>> m_state;
};

}  // namespace orrery::workflow
