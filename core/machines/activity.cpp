// SPDX-License-Identifier: MIT
#include "core/machines/activity.h"

#include <fmt/format.h>

#include "core/machines/wire.h"
#include "core/payload/failure_proto.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;

enum State : uint8_t {
    Created,
    ScheduleCommandCreated,
    ScheduledRecorded,
    Started,
    ScheduledCancelCommandCreated,
    ScheduledCancelRecorded,
    StartedCancelCommandCreated,
    StartedCancelRecorded,
    Abandoned,
    Completed,
    Failed,
    TimedOut,
    Canceled,
    Withdrawn,
};
enum Input : uint8_t {
    Schedule,
    TaskScheduled,
    TaskStarted,
    TaskCompleted,
    TaskFailed,
    TaskTimedOut,
    Cancel,
    Abandon,
    CancelRequested,
    TaskCanceled,
};

constexpr std::string_view kStates[] = {"Created",
                                        "ScheduleCommandCreated",
                                        "ScheduledRecorded",
                                        "Started",
                                        "ScheduledCancelCommandCreated",
                                        "ScheduledCancelRecorded",
                                        "StartedCancelCommandCreated",
                                        "StartedCancelRecorded",
                                        "Abandoned",
                                        "Completed",
                                        "Failed",
                                        "TimedOut",
                                        "Canceled",
                                        "Withdrawn"};
constexpr std::string_view kInputs[] = {"Schedule",        "TaskScheduled", "TaskStarted", "TaskCompleted",
                                        "TaskFailed",      "TaskTimedOut",  "Cancel",      "Abandon",
                                        "CancelRequested", "TaskCanceled"};
// A heartbeat may reveal a cancellation to an activity whose Started event is only written when it ends.
constexpr Edge kEdges[] = {
    {Created, Schedule, ScheduleCommandCreated},
    {ScheduleCommandCreated, TaskScheduled, ScheduledRecorded},
    {ScheduleCommandCreated, Cancel, Withdrawn},
    {ScheduleCommandCreated, Abandon, Withdrawn},
    {ScheduledRecorded, TaskStarted, Started},
    {ScheduledRecorded, TaskTimedOut, TimedOut},
    {ScheduledRecorded, TaskFailed, Failed},
    {ScheduledRecorded, Cancel, ScheduledCancelCommandCreated},
    {ScheduledRecorded, Abandon, Abandoned},
    {Started, TaskCompleted, Completed},
    {Started, TaskFailed, Failed},
    {Started, TaskTimedOut, TimedOut},
    {Started, TaskCanceled, Canceled},
    {Started, Cancel, StartedCancelCommandCreated},
    {Started, Abandon, Abandoned},
    {ScheduledCancelCommandCreated, CancelRequested, ScheduledCancelRecorded},
    {ScheduledCancelRecorded, TaskStarted, StartedCancelRecorded},
    {ScheduledCancelRecorded, TaskCanceled, Canceled},
    {ScheduledCancelRecorded, TaskTimedOut, TimedOut},
    {ScheduledCancelRecorded, TaskFailed, Failed},
    {StartedCancelCommandCreated, CancelRequested, StartedCancelRecorded},
    {StartedCancelRecorded, TaskCompleted, Completed},
    {StartedCancelRecorded, TaskFailed, Failed},
    {StartedCancelRecorded, TaskTimedOut, TimedOut},
    {StartedCancelRecorded, TaskCanceled, Canceled},
    {Abandoned, TaskStarted, Abandoned},
    {Abandoned, TaskCompleted, Completed},
    {Abandoned, TaskFailed, Failed},
    {Abandoned, TaskTimedOut, TimedOut},
    {Abandoned, TaskCanceled, Canceled},
};
constexpr Blueprint kBlueprint{"Activity", kStates, kInputs, kEdges};

}  // namespace

const Blueprint& ActivityMachine::blueprint() { return kBlueprint; }

ActivityMachine::ActivityMachine(const definition::command::ScheduleActivity& command, Reactions& out)
    : Machine(kBlueprint),
      m_seq(command.seq),
      m_id(command.options.activityId()),
      m_type(command.activityType),
      m_cancellation(command.options.cancellationType()) {
    take(Schedule);
    if (m_id.empty()) m_id = std::to_string(m_seq);
    const definition::ActivityOptions& options = command.options;
    WireCommand& wire = addCommand(out, enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    auto* attributes = wire.mutable_schedule_activity_task_command_attributes();
    attributes->set_activity_id(m_id);
    attributes->mutable_activity_type()->set_name(m_type);
    attributes->mutable_task_queue()->set_name(options.taskQueue());
    fillMap(command.headers, attributes->mutable_header()->mutable_fields());
    payload::toProto(command.arguments, attributes->mutable_input());
    const auto set = [](const std::optional<base::Duration>& value, auto slot) {
        if (value) payload::toProto(*value, slot());
    };
    set(options.scheduleToCloseTimeout(), [&] { return attributes->mutable_schedule_to_close_timeout(); });
    set(options.scheduleToStartTimeout(), [&] { return attributes->mutable_schedule_to_start_timeout(); });
    set(options.startToCloseTimeout(), [&] { return attributes->mutable_start_to_close_timeout(); });
    set(options.heartbeatTimeout(), [&] { return attributes->mutable_heartbeat_timeout(); });
    if (options.retryPolicy()) toProto(*options.retryPolicy(), attributes->mutable_retry_policy());
    if (options.priority() != 0) attributes->mutable_priority()->set_priority_key(options.priority());
    setSummary(wire, options.summary());
}

void ActivityMachine::cancel(Reactions& out) {
    if (m_resolved || finished()) return;
    const bool abandons = m_cancellation == definition::ActivityCancellationType::Abandon;
    if (state() == ScheduleCommandCreated) {
        take(abandons ? Abandon : Cancel);
        out.withdraw = true;
        resolve(cancelled(), out);
        return;
    }
    if (abandons) {
        take(Abandon);
        resolve(cancelled(), out);
        return;
    }
    // A second request while the first is on its way adds nothing.
    if (!accepts(Cancel)) return;
    requestCancel(out);
    if (m_cancellation == definition::ActivityCancellationType::TryCancel) resolve(cancelled(), out);
}

void ActivityMachine::requestCancel(Reactions& out) {
    take(Cancel);
    addCommand(out, enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK)
        .mutable_request_cancel_activity_task_command_attributes()
        ->set_scheduled_event_id(m_scheduledEventId);
}

void ActivityMachine::onScheduled(const HistoryEvent& event) {
    const auto& attributes = event.activity_task_scheduled_event_attributes();
    if (attributes.activity_id() != m_id || attributes.activity_type().name() != m_type) refuse(event);
    takeEvent(TaskScheduled, event);
    m_scheduledEventId = event.event_id();
}

void ActivityMachine::onEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: onScheduled(event); return;
        case enums::EVENT_TYPE_ACTIVITY_TASK_STARTED:
            takeEvent(TaskStarted, event);
            m_startedEventId = event.event_id();
            m_identity = event.activity_task_started_event_attributes().identity();
            return;
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: takeEvent(CancelRequested, event); return;
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
            takeEvent(TaskCompleted, event);
            const auto& result = event.activity_task_completed_event_attributes().result();
            definition::Completed completed;
            if (result.payloads_size() > 0) completed.result = payload::fromProto(result.payloads(0));
            resolve(std::move(completed), out);
            return;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED: {
            takeEvent(TaskFailed, event);
            const auto& attributes = event.activity_task_failed_event_attributes();
            resolve(definition::Failed{failure("Activity task failed", payload::fromProto(attributes.failure()),
                                               static_cast<payload::RetryState>(attributes.retry_state()))},
                    out);
            return;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
            takeEvent(TaskTimedOut, event);
            const auto& attributes = event.activity_task_timed_out_event_attributes();
            resolve(definition::Failed{failure("Activity task timed out", payload::fromProto(attributes.failure()),
                                               static_cast<payload::RetryState>(attributes.retry_state()))},
                    out);
            return;
        }
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            takeEvent(TaskCanceled, event);
            resolve(cancelled({.details = payload::fromProto(event.activity_task_canceled_event_attributes().details()),
                               .identity = {}}),
                    out);
            return;
        default: refuse(event);
    }
}

void ActivityMachine::resolve(definition::Resolution result, Reactions& out) {
    if (m_resolved) return;
    m_resolved = true;
    out.jobs.emplace_back(definition::job::ResolveActivity{m_seq, std::move(result), false});
}

definition::FailureData ActivityMachine::failure(std::string message, definition::FailureData cause,
                                                 payload::RetryState retryState) const {
    definition::FailureData outer;
    outer.message = std::move(message);
    outer.cause = std::make_shared<const definition::FailureData>(std::move(cause));
    outer.kind = payload::ActivityFailureData{.scheduledEventId = m_scheduledEventId,
                                              .startedEventId = m_startedEventId,
                                              .identity = m_identity,
                                              .activityType = m_type,
                                              .activityId = m_id,
                                              .retryState = retryState};
    return outer;
}

definition::Cancelled ActivityMachine::cancelled(payload::CancelledFailureData cause) const {
    definition::FailureData inner;
    inner.message = "Activity cancelled";
    inner.kind = std::move(cause);
    return {failure("Activity cancelled", std::move(inner), payload::RetryState::CancelRequested)};
}

std::string ActivityMachine::describe() const {
    const bool cancels = state() == ScheduledCancelCommandCreated || state() == StartedCancelCommandCreated;
    return fmt::format("command {} (activity {}, {})", cancels ? "RequestCancelActivityTask" : "ScheduleActivityTask",
                       m_id, m_type);
}

bool ActivityMachine::finished() const { return state() >= Completed; }

}  // namespace orrery::machines
