// SPDX-License-Identifier: MIT
#include "core/replay/words.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/payload/proto.h"
#include "core/payload/render.h"

namespace orrery::replay {
namespace {

namespace enums = temporal::api::enums::v1;
using temporal::api::common::v1::Payloads;

constexpr size_t kValueLength = 200;
constexpr size_t kNamesInSummary = 3;

/// `, {"id":"4711"}`, nothing for nothing.
std::string withValues(const Payloads& wire) {
    const payload::Payloads values = payload::fromProto(wire);
    if (values.empty() || (values.size() == 1 && values.front().encoding() == "binary/null")) return {};
    return ", " + payload::ellipsize(payload::renderPayloads(values), kValueLength);
}

std::string activityName(const Plan& plan, int64_t scheduledEventId) {
    const HistoryEvent* event = plan.event(scheduledEventId);
    return event ? event->activity_task_scheduled_event_attributes().activity_type().name() : "?";
}

std::string timeoutWords(enums::TimeoutType type) {
    switch (type) {
        case enums::TIMEOUT_TYPE_START_TO_CLOSE: return "start to close";
        case enums::TIMEOUT_TYPE_SCHEDULE_TO_START: return "schedule to start";
        case enums::TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: return "schedule to close";
        case enums::TIMEOUT_TYPE_HEARTBEAT: return "heartbeat";
        default: return "unknown time-out";
    }
}

/// The outer message and the innermost.
std::string failureWords(const temporal::api::failure::v1::Failure& failure) {
    const auto* inner = &failure;
    while (inner->has_cause()) inner = &inner->cause();
    std::string text = failure.message();
    if (inner != &failure && inner->message() != text) text += ": " + inner->message();
    return payload::ellipsize(text, kValueLength);
}

void addActivity(const Plan& plan, const HistoryEvent& event, std::vector<Job>& out) {
    const auto add = [&](int64_t scheduled, const std::string& how) {
        out.push_back(
            {event.event_id(), "activity", fmt::format("activity {} {}", activityName(plan, scheduled), how)});
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
            const auto& from = event.activity_task_completed_event_attributes();
            return add(from.scheduled_event_id(), "completed" + withValues(from.result()));
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED: {
            const auto& from = event.activity_task_failed_event_attributes();
            return add(from.scheduled_event_id(), "failed: " + failureWords(from.failure()));
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
            const auto& from = event.activity_task_timed_out_event_attributes();
            const auto type = from.failure().timeout_failure_info().timeout_type();
            return add(from.scheduled_event_id(), fmt::format("timed out ({})", timeoutWords(type)));
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            return add(event.activity_task_canceled_event_attributes().scheduled_event_id(), "was cancelled");
        default: return;
    }
}

void addChild(const HistoryEvent& event, std::vector<Job>& out) {
    const auto add = [&](const std::string& name, const std::string& how) {
        out.push_back({event.event_id(), "child", fmt::format("child workflow {} {}", name, how)});
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
            return add(event.child_workflow_execution_started_event_attributes().workflow_type().name(), "started");
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
            return add(event.start_child_workflow_execution_failed_event_attributes().workflow_type().name(),
                       "could not be started");
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: {
            const auto& from = event.child_workflow_execution_completed_event_attributes();
            return add(from.workflow_type().name(), "completed" + withValues(from.result()));
        }
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: {
            const auto& from = event.child_workflow_execution_failed_event_attributes();
            return add(from.workflow_type().name(), "failed: " + failureWords(from.failure()));
        }
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
            return add(event.child_workflow_execution_canceled_event_attributes().workflow_type().name(),
                       "was cancelled");
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
            return add(event.child_workflow_execution_timed_out_event_attributes().workflow_type().name(), "timed out");
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
            return add(event.child_workflow_execution_terminated_event_attributes().workflow_type().name(),
                       "was terminated");
        default: return;
    }
}

void addExternal(const HistoryEvent& event, std::vector<Job>& out) {
    const auto add = [&](const std::string& words) { out.push_back({event.event_id(), "external", words}); };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
            return add(
                "signal reached " +
                event.external_workflow_execution_signaled_event_attributes().workflow_execution().workflow_id());
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            return add(
                "signal did not reach " +
                event.signal_external_workflow_execution_failed_event_attributes().workflow_execution().workflow_id());
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            return add("cancellation reached " + event.external_workflow_execution_cancel_requested_event_attributes()
                                                     .workflow_execution()
                                                     .workflow_id());
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
            return add("cancellation did not reach " +
                       event.request_cancel_external_workflow_execution_failed_event_attributes()
                           .workflow_execution()
                           .workflow_id());
        default: return;
    }
}

void addRun(const HistoryEvent& event, std::vector<Job>& out) {
    const auto add = [&](const char* kind, std::string words) {
        out.push_back({event.event_id(), kind, std::move(words)});
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: {
            const auto& from = event.workflow_execution_started_event_attributes();
            return add("start", fmt::format("{} starts{}", from.workflow_type().name(), withValues(from.input())));
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
            const auto& from = event.workflow_execution_signaled_event_attributes();
            return add("signal", fmt::format("signal {}{}", from.signal_name(), withValues(from.input())));
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: return add("cancel", "cancellation requested");
        case enums::EVENT_TYPE_TIMER_FIRED:
            return add("timer", fmt::format("timer {} fired", event.timer_fired_event_attributes().timer_id()));
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
            if (event.workflow_task_failed_event_attributes().cause() ==
                enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) {
                add("reset", "the run was reset to this point");
            }
            return;
        default: return;
    }
}

std::string joined(const std::vector<std::string>& names) {
    if (names.size() <= kNamesInSummary) return fmt::format("{}", fmt::join(names, ", "));
    const std::vector<std::string> first(names.begin(), names.begin() + kNamesInSummary);
    return fmt::format("{} and {} more", fmt::join(first, ", "), names.size() - kNamesInSummary);
}

/// `activity charge_card completed, "ok"` -> "charge_card done"
std::string brief(const Job& job) {
    std::string text = job.text.substr(0, job.text.find(", "));
    text = text.substr(0, text.find(": "));
    constexpr std::string_view activity = "activity ";
    constexpr std::string_view completed = " completed";
    if (text.starts_with(activity)) text.erase(0, activity.size());
    if (text.ends_with(completed)) text.replace(text.size() - completed.size(), completed.size(), " done");
    return text;
}

std::string fieldOf(const CommandSide& side, const char* name) {
    for (const Field& field : side.fields) {
        if (field.name == name) return field.value;
    }
    return {};
}

std::string brief(const CommandSide& side) {
    if (side.kind == "activity") return fieldOf(side, "activity type");
    if (side.kind == "child") return fieldOf(side, "workflow type");
    if (side.kind == "timer") return "timer " + fieldOf(side, "duration");
    if (side.kind == "complete") return "completed";
    if (side.kind == "fail") return "failed";
    return side.kind == "patch" || side.kind == "marker" ? side.text : side.kind;
}

}  // namespace

std::vector<Job> jobsOf(const Plan& plan, const Stretch& stretch) {
    std::vector<Job> jobs;
    for (size_t i = stretch.begin; i < stretch.end; ++i) {
        const HistoryEvent& event = *(*plan.events)[i];
        addRun(event, jobs);
        addActivity(plan, event, jobs);
        addChild(event, jobs);
        addExternal(event, jobs);
    }
    // The history tells of an update only when the code has accepted it, behind the task that ran it.
    for (size_t i = stretch.end; i < stretch.recordedEnd; ++i) {
        const HistoryEvent& event = *(*plan.events)[i];
        if (event.event_type() != enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) continue;
        const auto& input = event.workflow_execution_update_accepted_event_attributes().accepted_request().input();
        jobs.push_back(
            {event.event_id(), "update", fmt::format("update {}{}", input.name(), withValues(input.args()))});
    }
    return jobs;
}

std::string summaryOf(const std::vector<Job>& jobs, const std::vector<ComparedCommand>& commands, bool ended) {
    std::vector<std::string> before;
    for (const Job& job : jobs) before.push_back(brief(job));
    std::vector<std::string> after;
    for (const ComparedCommand& command : commands) {
        const CommandSide& side = command.recorded ? *command.recorded : *command.produced;
        // The index by which a patch is found is no news beside the patch.
        if (side.kind != "search attributes" || !side.fields.empty()) after.push_back(brief(side));
    }
    const std::string left = before.empty() ? "nothing new" : joined(before);
    if (after.empty()) return left + (ended ? "" : " → waits");
    return left + " → " + joined(after);
}

SourceLine sourceLine(const std::source_location& line) {
    if (line.line() == 0) return {};
    return {line.file_name(), static_cast<int>(line.line()), line.function_name()};
}

std::string placeOf(const SourceLine& line) { return fmt::format("{}:{}", line.file, line.line); }

std::vector<Waiter> waitersOf(const std::vector<definition::WaitingCoroutine>& coroutines) {
    std::vector<Waiter> waiters;
    for (const definition::WaitingCoroutine& coroutine : coroutines) {
        Waiter& one = waiters.emplace_back();
        one.name = coroutine.name;
        one.waitsFor = coroutine.waitsFor;
        for (const std::source_location& line : coroutine.stack) one.stack.push_back(sourceLine(line));
    }
    return waiters;
}

}  // namespace orrery::replay
