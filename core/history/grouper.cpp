// SPDX-License-Identifier: MIT
// Tasks, activities, timers, children: what is scheduled, begun and closed.
#include "core/history/grouper.h"

#include <fmt/format.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/words.h"
#include "core/payload/proto.h"

namespace orrery::history {
namespace {

namespace enums = temporal::api::enums::v1;

std::string timeoutWord(enums::TimeoutType type) {
    const auto* value = enums::TimeoutType_descriptor()->FindValueByNumber(type);
    return value && type != 0 ? shortEnumName(*value) + " timed out" : "timed out";
}

template <typename Cause>
std::string causeWord(Cause cause, const google::protobuf::EnumDescriptor* type) {
    const auto* value = type->FindValueByNumber(cause);
    return value && cause != 0 ? shortEnumName(*value) : std::string();
}

}  // namespace

bool Grouper::workflowTasks() {
    const auto& event = *m_event;
    const auto task = [&](int64_t scheduledId) { joinOrOpen(scheduledId, GroupKind::WorkflowTask, "Workflow task"); };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: {
            EventGroup& group = open(GroupKind::WorkflowTask, "Workflow task");
            group.state = GroupState::Scheduled;
            group.attempts = 0;
            const int attempt = event.workflow_task_scheduled_event_attributes().attempt();
            if (attempt > 1) group.detail = fmt::format("attempt {}", attempt);
            return true;
        }
        case enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
            task(event.workflow_task_started_event_attributes().scheduled_event_id());
            begin(1);
            return true;
        case enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            task(event.workflow_task_completed_event_attributes().scheduled_event_id());
            close(GroupState::Completed);
            return true;
        case enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: {
            const auto& timeout = event.workflow_task_timed_out_event_attributes();
            task(timeout.scheduled_event_id());
            close(GroupState::TimedOut, timeoutWord(timeout.timeout_type()));
            return true;
        }
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED: {
            const auto& failed = event.workflow_task_failed_event_attributes();
            task(failed.scheduled_event_id());
            const std::string cause = causeWord(failed.cause(), enums::WorkflowTaskFailedCause_descriptor());
            const std::string failure = failed.has_failure() ? wordOf(failed.failure()) : std::string();
            close(GroupState::Failed, cause.empty() || failure.empty() ? cause + failure : cause + ": " + failure);
            return true;
        }
        default: return false;
    }
}

bool Grouper::activities() {
    const auto& event = *m_event;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
            const auto& scheduled = event.activity_task_scheduled_event_attributes();
            EventGroup& group = open(GroupKind::Activity, scheduled.activity_type().name());
            group.id = scheduled.activity_id();
            group.state = GroupState::Scheduled;
            group.attempts = 0;
            group.detail = summaryOf(event);
            if (group.detail.empty()) group.detail = wordOf(scheduled.input());
            if (scheduled.retry_policy().maximum_attempts() > 0) {
                group.maximumAttempts = scheduled.retry_policy().maximum_attempts();
            }
            return true;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_STARTED: {
            const auto& started = event.activity_task_started_event_attributes();
            EventGroup& group = joinOrOpen(started.scheduled_event_id(), GroupKind::Activity, "Activity");
            begin(started.attempt());
            if (started.has_last_failure()) group.lastFailure = wordOf(started.last_failure());
            return true;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            joinOrOpen(event.activity_task_cancel_requested_event_attributes().scheduled_event_id(),
                       GroupKind::Activity, "Activity")
                .cancelRequested = true;
            return true;
        case enums::EVENT_TYPE_ACTIVITY_PROPERTIES_MODIFIED_EXTERNALLY: {
            const auto& changed = event.activity_properties_modified_externally_event_attributes();
            EventGroup& group = joinOrOpen(changed.scheduled_event_id(), GroupKind::Activity, "Activity");
            const int most = changed.new_retry_policy().maximum_attempts();
            if (changed.has_new_retry_policy()) group.maximumAttempts = most > 0 ? std::optional(most) : std::nullopt;
            return true;
        }
        default: return activityClose();
    }
}

bool Grouper::activityClose() {
    const auto& event = *m_event;
    const auto activity = [&](int64_t scheduledId) { joinOrOpen(scheduledId, GroupKind::Activity, "Activity"); };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
            const auto& completed = event.activity_task_completed_event_attributes();
            activity(completed.scheduled_event_id());
            close(GroupState::Completed);
            EventGroup& group = m_groups.list[m_current];
            if (group.detail.empty()) group.detail = wordOf(completed.result());
            return true;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED: {
            const auto& failed = event.activity_task_failed_event_attributes();
            activity(failed.scheduled_event_id());
            close(GroupState::Failed, wordOf(failed.failure()));
            return true;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
            const auto& timeout = event.activity_task_timed_out_event_attributes();
            activity(timeout.scheduled_event_id());
            close(GroupState::TimedOut, timeoutWord(timeout.failure().timeout_failure_info().timeout_type()));
            return true;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            activity(event.activity_task_canceled_event_attributes().scheduled_event_id());
            close(GroupState::Canceled);
            return true;
        default: return false;
    }
}

bool Grouper::timers() {
    const auto& event = *m_event;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_TIMER_STARTED: {
            const auto& started = event.timer_started_event_attributes();
            std::string summary = summaryOf(event);
            EventGroup& group = open(GroupKind::Timer, summary.empty() ? started.timer_id() : std::move(summary));
            group.id = started.timer_id();
            group.state = GroupState::Running;
            group.started = m_time;
            const base::Duration span = payload::fromProto(started.start_to_fire_timeout());
            group.detail = base::formatDuration(span);
            // A timer of hundreds of years ends outside of what a time can hold.
            if (m_time && span < base::Timestamp::max() - *m_time) group.due = *m_time + span;
            return true;
        }
        case enums::EVENT_TYPE_TIMER_FIRED: {
            const auto& fired = event.timer_fired_event_attributes();
            joinOrOpen(fired.started_event_id(), GroupKind::Timer, fired.timer_id());
            close(GroupState::Completed);
            return true;
        }
        case enums::EVENT_TYPE_TIMER_CANCELED: {
            const auto& canceled = event.timer_canceled_event_attributes();
            joinOrOpen(canceled.started_event_id(), GroupKind::Timer, canceled.timer_id()).cancelRequested = true;
            close(GroupState::Canceled);
            return true;
        }
        default: return false;
    }
}

bool Grouper::children() {
    const auto& event = *m_event;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: {
            const auto& initiated = event.start_child_workflow_execution_initiated_event_attributes();
            EventGroup& group = open(GroupKind::ChildWorkflow, initiated.workflow_type().name());
            group.id = initiated.workflow_id();
            group.state = GroupState::Scheduled;
            group.attempts = 0;
            group.detail = summaryOf(event);
            if (group.detail.empty()) group.detail = wordOf(initiated.input());
            if (initiated.retry_policy().maximum_attempts() > 0) {
                group.maximumAttempts = initiated.retry_policy().maximum_attempts();
            }
            return true;
        }
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED: {
            const auto& failed = event.start_child_workflow_execution_failed_event_attributes();
            joinOrOpen(failed.initiated_event_id(), GroupKind::ChildWorkflow, failed.workflow_type().name());
            close(GroupState::Failed,
                  causeWord(failed.cause(), enums::StartChildWorkflowExecutionFailedCause_descriptor()));
            return true;
        }
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: {
            const auto& started = event.child_workflow_execution_started_event_attributes();
            EventGroup& group =
                joinOrOpen(started.initiated_event_id(), GroupKind::ChildWorkflow, started.workflow_type().name());
            group.id = started.workflow_execution().workflow_id();
            group.runId = started.workflow_execution().run_id();
            begin(1);
            return true;
        }
        default: return childClose();
    }
}

bool Grouper::childClose() {
    const auto& event = *m_event;
    const auto child = [&](const auto& attributes) {
        joinOrOpen(attributes.initiated_event_id(), GroupKind::ChildWorkflow, attributes.workflow_type().name());
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: {
            const auto& completed = event.child_workflow_execution_completed_event_attributes();
            child(completed);
            close(GroupState::Completed);
            EventGroup& group = m_groups.list[m_current];
            if (group.detail.empty()) group.detail = wordOf(completed.result());
            return true;
        }
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
            child(event.child_workflow_execution_failed_event_attributes());
            close(GroupState::Failed, wordOf(event.child_workflow_execution_failed_event_attributes().failure()));
            return true;
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
            child(event.child_workflow_execution_canceled_event_attributes());
            close(GroupState::Canceled);
            return true;
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
            child(event.child_workflow_execution_timed_out_event_attributes());
            close(GroupState::TimedOut, "timed out");
            return true;
        case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
            child(event.child_workflow_execution_terminated_event_attributes());
            close(GroupState::Terminated);
            return true;
        default: return false;
    }
}

bool Grouper::externals() {
    const auto& event = *m_event;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
            const auto& initiated = event.signal_external_workflow_execution_initiated_event_attributes();
            EventGroup& group = open(GroupKind::ExternalSignal, initiated.signal_name());
            group.id = initiated.workflow_execution().workflow_id();
            group.state = GroupState::Running;
            group.started = m_time;
            group.detail = wordOf(initiated.input());
            return true;
        }
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: {
            const auto& failed = event.signal_external_workflow_execution_failed_event_attributes();
            joinOrOpen(failed.initiated_event_id(), GroupKind::ExternalSignal, "Signal");
            close(GroupState::Failed,
                  causeWord(failed.cause(), enums::SignalExternalWorkflowExecutionFailedCause_descriptor()));
            return true;
        }
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:
            joinOrOpen(event.external_workflow_execution_signaled_event_attributes().initiated_event_id(),
                       GroupKind::ExternalSignal, "Signal");
            close(GroupState::Completed);
            return true;
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
            const auto& initiated = event.request_cancel_external_workflow_execution_initiated_event_attributes();
            EventGroup& group = open(GroupKind::ExternalCancel, initiated.workflow_execution().workflow_id());
            group.id = group.name;
            group.detail = initiated.reason();
            group.state = GroupState::Running;
            group.started = m_time;
            return true;
        }
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: {
            const auto& failed = event.request_cancel_external_workflow_execution_failed_event_attributes();
            joinOrOpen(failed.initiated_event_id(), GroupKind::ExternalCancel,
                       failed.workflow_execution().workflow_id());
            close(GroupState::Failed,
                  causeWord(failed.cause(), enums::CancelExternalWorkflowExecutionFailedCause_descriptor()));
            return true;
        }
        case enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED: {
            const auto& done = event.external_workflow_execution_cancel_requested_event_attributes();
            joinOrOpen(done.initiated_event_id(), GroupKind::ExternalCancel, done.workflow_execution().workflow_id());
            close(GroupState::Completed);
            return true;
        }
        default: return false;
    }
}

}  // namespace orrery::history
