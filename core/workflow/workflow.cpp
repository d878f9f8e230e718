// SPDX-License-Identifier: MIT
#include "core/workflow/workflow.h"

namespace orrery::workflow {
namespace {

using base::Error;
using base::ErrorCode;

/// What the run knows of itself follows its own changes, as the server's record will.
void merge(PayloadMap& into, const PayloadMap& changes) {
    for (const auto& [key, value] : changes) {
        if (payload::defaultConverter().values().isNull(value)) {
            into.erase(key);
        } else {
            into[key] = value;
        }
    }
}

}  // namespace

const WorkflowInfo& info() { return Runtime::current().info(); }

Timestamp now() { return Runtime::current().now(); }

bool isReplaying() { return Runtime::current().isReplaying(); }

Random& random() {
    Runtime& runtime = Runtime::current();
    runtime.requireWritable("draw a random number");
    return runtime.random();
}

std::string uuid4() { return random().uuid4(); }

void setCurrentDetails(std::string markdown) {
    Runtime& runtime = Runtime::current();
    runtime.requireWritable("set the current details");
    runtime.currentDetails() = std::move(markdown);
}

void upsertSearchAttributes(const PayloadMap& attributes) {
    Runtime& runtime = Runtime::current();
    runtime.issue(definition::command::UpsertSearchAttributes{attributes});
    merge(runtime.info().searchAttributes, attributes);
}

void upsertMemo(const PayloadMap& memo) {
    Runtime& runtime = Runtime::current();
    runtime.issue(definition::command::ModifyProperties{memo});
    merge(runtime.info().memo, memo);
}

Task<void> sleep(Duration duration, std::string summary) {
    if (duration <= Duration::zero()) {
        co_await Yield();
    } else {
        co_await startTimer(duration, summary);
    }
}

Task<void> sleepUntil(Timestamp time, std::string summary) { return sleep(time - now(), std::move(summary)); }

Future<void> startTimer(Duration duration, const std::string& summary) {
    return Runtime::current().startTimer(duration, summary);
}

Task<void> waitCondition(std::function<bool()> predicate) { co_await ConditionWait(std::move(predicate)); }

Task<bool> waitCondition(std::function<bool()> predicate, Duration timeout, std::string summary) {
    if (predicate()) co_return true;
    if (timeout <= Duration::zero()) co_return false;
    const Future<void> timer = startTimer(timeout, summary);
    co_await ConditionWait([&predicate, &timer] { return predicate() || timer.done(); });
    // Both may have come in one task: what the caller asked for counts.
    const bool holds = predicate();
    if (holds) timer.cancel();
    co_return holds;
}

bool allHandlersFinished() { return Runtime::current().runningHandlers() == 0; }

CancelScope::CancelScope() : m_state(Runtime::current().scheduler().scope()->makeChild(false)) {}

CancelScope CancelScope::shielded() { return CancelScope(Runtime::current().scheduler().scope()->makeChild(true)); }

void CancelScope::cancel(const std::string& reason) const { m_state->cancel(reason); }

bool isCancelRequested() { return Runtime::current().scheduler().scope()->isCancelled(); }

bool patched(const std::string& id) { return Runtime::current().patched(id, false); }

void deprecatePatch(const std::string& id) { Runtime::current().patched(id, true); }

Logger logger() { return {}; }

void Logger::write(base::LogLevel level, std::string_view message) const {
    Runtime& runtime = Runtime::current();
    if (runtime.isReplaying() || !base::logEnabled(level)) return;
    const WorkflowInfo& about = runtime.info();
    base::log(level, "workflow", fmt::format("[{} {}] {}", about.workflowType, about.workflowId, message));
}

namespace detail {

void requireTimeout(std::string_view activityType, const ActivityOptions& options) {
    if (options.startToCloseTimeout() || options.scheduleToCloseTimeout()) return;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("Activity '{}' needs startToCloseTimeout (how long one attempt may take) or "
                            "scheduleToCloseTimeout (how long all attempts may take together); neither is set.",
                            activityType));
}

definition::command::ScheduleActivity activityCommand(std::string_view type, const ActivityOptions& options,
                                                      Payloads arguments) {
    requireTimeout(type, options);
    definition::command::ScheduleActivity command;
    command.activityType = type;
    command.options = options;
    command.arguments = std::move(arguments);
    return command;
}

}  // namespace detail
}  // namespace orrery::workflow
