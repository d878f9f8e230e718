// SPDX-License-Identifier: MIT
// What workflow code may call. All of it belongs to the run that is executing on the thread; outside workflow code
// these functions throw base::Error(FailedPrecondition).
#pragma once

#include <functional>
#include <source_location>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/definition/handles.h"
#include "core/definition/search_attributes.h"
#include "core/payload/failure.h"
#include "core/workflow/future.h"
#include "core/workflow/logger.h"
#include "core/workflow/runtime.h"

namespace orrery::workflow {

using definition::PayloadMap;
using payload::ActivityFailure;
using payload::ApplicationFailure;
using payload::CancelledFailure;
using payload::ChildWorkflowFailure;
using payload::Failure;
using payload::TimeoutFailure;

/// An argument and the line that gave it. The functions below take their options (or first argument) so; callers write
/// the plain value. Lives as long as the call.
template <class T>
class At {
public:
    template <class U>
        requires std::is_same_v<T, std::string_view> && std::is_convertible_v<const U&, T>
    At(const U& value, std::source_location line = std::source_location::current()) : m_value(value), m_line(line) {}
    At(const T& value, std::source_location line = std::source_location::current()) : m_value(value), m_line(line) {}
    const T& value() const { return m_value; }
    const std::source_location& line() const { return m_line; }

private:
    std::conditional_t<std::is_same_v<T, std::string_view>, T, const T&> m_value;
    std::source_location m_line;
};

// ---- Facts

/// Ids, options and sizes of this run. Valid for as long as the run is.
const WorkflowInfo& info();
/// Workflow time: that of the present workflow task.
Timestamp now();
/// True while recorded history is being run again; rarely a good thing to ask.
bool isReplaying();
/// The run's own stream of random numbers, the same on replay.
Random& random();
std::string uuid4();
/// Text in Markdown about where the run stands, shown by tools.
void setCurrentDetails(std::string markdown);

/// Sets or unsets search attributes of this run (core/definition/search_attributes.h); info() shows them at once.
///   workflow::upsertSearchAttributes(kCustomer.set("ada"), kTier.unset());
void upsertSearchAttributes(const PayloadMap& attributes, std::source_location line = std::source_location::current());
template <class... Entries>
    requires(std::is_same_v<Entries, definition::SearchAttributeEntry> && ...)
void upsertSearchAttributes(At<definition::SearchAttributeEntry> first, const Entries&... others) {
    upsertSearchAttributes(definition::searchAttributes({first.value(), others...}), first.line());
}
/// Notes of this run, for people and lists. An entry of binary/null takes the note away.
void upsertMemo(const PayloadMap& memo, std::source_location line = std::source_location::current());
template <class T>
void upsertMemo(const std::string& key, const T& value, std::source_location line = std::source_location::current()) {
    upsertMemo(PayloadMap{{key, Runtime::current().converter().toPayload(value)}}, line);
}

// ---- Time

/// Durable. Throws CancelledFailure when the scope is cancelled. Zero or less only lets others run first.
Task<void> sleep(Duration duration, std::string summary = {},
                 std::source_location line = std::source_location::current());
Task<void> sleepUntil(Timestamp time, std::string summary = {},
                      std::source_location line = std::source_location::current());
/// A timer that is started now and awaited later.
Future<void> startTimer(Duration duration, const std::string& summary = {},
                        std::source_location line = std::source_location::current());

// ---- Conditions

/// Waits until the predicate holds, and it still does when the code goes on. The predicate only reads state; it is
/// tried after every change.
Task<void> waitCondition(std::function<bool()> predicate);
/// The same for at most `timeout`: false when the time passed and the predicate does not hold.
Task<bool> waitCondition(std::function<bool()> predicate, Duration timeout, std::string summary = {},
                         std::source_location line = std::source_location::current());
/// True when no signal or update handler is running; to be awaited before a run ends.
bool allHandlersFinished();

// ---- Cancellation

/// A part of the work that can be cancelled alone. Made inside the scope that is current, whose cancellation reaches
/// it.
class CancelScope {
public:
    CancelScope();
    /// One that outer cancellation does not reach.
    static CancelScope shielded();

    /// The task, to be awaited as any other; what it waits for belongs to this scope.
    template <class T>
    Task<T> run(Task<T> task) const {
        task.promise().scope = m_state;
        return task;
    }
    void cancel(const std::string& reason = {}) const;
    bool isCancelled() const { return m_state->isCancelled(); }

private:
    explicit CancelScope(std::shared_ptr<ScopeState> state) : m_state(std::move(state)) {}
    std::shared_ptr<ScopeState> m_state;
};

/// Runs the task to its end whatever is cancelled around it: for cleaning up after a CancelledFailure.
template <class T>
Task<T> shielded(Task<T> task) {
    return CancelScope::shielded().run(std::move(task));
}

/// True when somebody asked for the end of the scope this code runs in.
bool isCancelRequested();

// ---- Work at the same time

namespace detail {
template <class T>
Task<void> drive(Task<T> task, std::shared_ptr<FutureState<T>> state) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(task);
            state->set({});
        } else {
            state->set(co_await std::move(task));
        }
    } catch (...) {
        state->fail(std::current_exception());
    }
}
}  // namespace detail

/// Starts a task beside the present code; it begins when this code next waits. Cancelling the future cancels what the
/// task waits for.
template <class T>
Future<T> start(Task<T> task, std::string name = "task") {
    Runtime& runtime = Runtime::current();
    runtime.requireWritable("start a task");
    auto state = std::make_shared<FutureState<T>>();
    auto scope = task.promise().scope ? task.promise().scope : runtime.scheduler().scope()->makeChild(false);
    state->onCancel([scope] { scope->cancel({}); });
    if (runtime.observed()) state->name("task " + name);
    runtime.scheduler().start(detail::drive(std::move(task), state), scope, std::move(name));
    return Future<T>(state);
}

// ---- Activities

namespace detail {
/// Throws base::Error(InvalidArgument) naming the two time-outs of which one is needed.
void requireTimeout(std::string_view activityType, const ActivityOptions& options);
definition::command::ScheduleActivity activityCommand(std::string_view type, const ActivityOptions& options,
                                                      Payloads arguments);

/// A value as the parameter type of the callee, so that the payload is what the callee expects.
template <class Parameter, class Argument>
Payload encodeAs(const Argument& argument) {
    if constexpr (std::is_same_v<Parameter, Argument>) {
        return Runtime::current().converter().toPayload(argument);
    } else {
        return Runtime::current().converter().toPayload(Parameter(argument));
    }
}

template <class... Parameters, class... Arguments>
Payloads encodeArguments(const std::tuple<Parameters...>*, const Arguments&... arguments) {
    static_assert(sizeof...(Parameters) == sizeof...(Arguments), "The number of arguments differs from the handle's.");
    return Payloads{encodeAs<std::decay_t<Parameters>>(arguments)...};
}

template <class R>
Task<R> runActivity(definition::command::ScheduleActivity command, std::source_location line) {
    co_return co_await Runtime::current().startActivity<R>(std::move(command), line);
}
}  // namespace detail

/// Schedules the activity now; the future is its outcome, an ActivityFailure when it failed for good.
template <class Signature, class... A>
auto startActivity(const definition::Activity<Signature>& activity, At<ActivityOptions> options,
                   const A&... arguments) {
    using Handle = definition::Activity<Signature>;
    const typename Handle::Arguments* parameters = nullptr;
    return Runtime::current().startActivity<typename Handle::Result>(
        detail::activityCommand(activity.name, options.value(), detail::encodeArguments(parameters, arguments...)),
        options.line());
}
template <class R = void, class... A>
Future<R> startActivity(std::string_view type, At<ActivityOptions> options, const A&... arguments) {
    return Runtime::current().startActivity<R>(
        detail::activityCommand(type, options.value(), Runtime::current().converter().toPayloads(arguments...)),
        options.line());
}

/// Runs the activity when awaited. Several of them given to all() are scheduled in the written order.
template <class Signature, class... A>
auto execute(const definition::Activity<Signature>& activity, At<ActivityOptions> options, const A&... arguments) {
    using Handle = definition::Activity<Signature>;
    const typename Handle::Arguments* parameters = nullptr;
    return detail::runActivity<typename Handle::Result>(
        detail::activityCommand(activity.name, options.value(), detail::encodeArguments(parameters, arguments...)),
        options.line());
}
template <class R = void, class... A>
Task<R> execute(std::string_view type, At<ActivityOptions> options, const A&... arguments) {
    return detail::runActivity<R>(
        detail::activityCommand(type, options.value(), Runtime::current().converter().toPayloads(arguments...)),
        options.line());
}

// ---- Versions of the code

/// True in new runs and in those that have already passed here with the patch; false in older ones.
bool patched(const std::string& id, std::source_location line = std::source_location::current());
/// For when no run from before the patch is open any more.
void deprecatePatch(const std::string& id, std::source_location line = std::source_location::current());

// ---- Continue as new

/// Thrown through run(); not one of the failures, so that `catch (const Failure&)` lets it pass.
struct ContinueAsNewRequest {
    ContinueAsNewOptions options;
    Payloads arguments;
};

/// Ends this run and starts the next with these arguments of run(). Only from run(), when no handler is running.
template <class... A>
[[noreturn]] void continueAsNew(const ContinueAsNewOptions& options, const A&... arguments) {
    throw ContinueAsNewRequest{options, Runtime::current().converter().toPayloads(arguments...)};
}
template <class... A>
[[noreturn]] void continueAsNew(const A&... arguments) {
    continueAsNew(ContinueAsNewOptions(), arguments...);
}

}  // namespace orrery::workflow
