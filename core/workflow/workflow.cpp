// SPDX-License-Identifier: MIT
#include "core/workflow/workflow.h"

#include "core/base/spell_duration.h"

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

void upsertSearchAttributes(const PayloadMap& attributes, std::source_location line) {
    Runtime& runtime = Runtime::current();
    runtime.issue(definition::command::UpsertSearchAttributes{attributes}, line);
    merge(runtime.info().searchAttributes, attributes);
}

void upsertMemo(const PayloadMap& memo, std::source_location line) {
    Runtime& runtime = Runtime::current();
    runtime.issue(definition::command::ModifyProperties{memo}, line);
    merge(runtime.info().memo, memo);
}

Task<void> sleep(Duration duration, std::string summary, std::source_location line) {
    if (duration <= Duration::zero()) {
        co_await Yield();
    } else {
        co_await startTimer(duration, summary, line);
    }
}

Task<void> sleepUntil(Timestamp time, std::string summary, std::source_location line) {
    return sleep(time - now(), std::move(summary), line);
}

Future<void> startTimer(Duration duration, const std::string& summary, std::source_location line) {
    return Runtime::current().startTimer(duration, summary, line);
}

Task<void> waitCondition(std::function<bool()> predicate) { co_await ConditionWait(std::move(predicate)); }

Task<bool> waitCondition(std::function<bool()> predicate, Duration timeout, std::string summary,
                         std::source_location line) {
    if (predicate()) co_return true;
    if (timeout <= Duration::zero()) co_return false;
    const Future<void> timer = startTimer(timeout, summary, line);
    std::string words;
    if (Runtime::current().observed()) words = "a condition, for at most " + base::spellDuration(timeout);
    co_await ConditionWait([&predicate, &timer] { return predicate() || timer.done(); }, std::move(words));
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

bool patched(const std::string& id, std::source_location line) { return Runtime::current().patched(id, false, line); }

void deprecatePatch(const std::string& id, std::source_location line) { Runtime::current().patched(id, true, line); }

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
