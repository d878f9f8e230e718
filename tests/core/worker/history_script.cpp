// SPDX-License-Identifier: MIT
#include "tests/core/worker/history_script.h"

#include <stdexcept>

namespace orrery::test {

namespace enums = temporal::api::enums::v1;

temporal::api::common::v1::Payload jsonPayload(const std::string& json) {
    temporal::api::common::v1::Payload payload;
    (*payload.mutable_metadata())["encoding"] = "json/plain";
    payload.set_data(json);
    return payload;
}

HistoryScript::HistoryScript(const std::string& workflowType, const std::vector<std::string>& jsonArguments) {
    auto* started =
        add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED).mutable_workflow_execution_started_event_attributes();
    started->mutable_workflow_type()->set_name(workflowType);
    started->mutable_task_queue()->set_name("queue");
    started->set_original_execution_run_id("run-1");
    started->set_first_execution_run_id("run-1");
    for (const std::string& json : jsonArguments) *started->mutable_input()->add_payloads() = jsonPayload(json);
    taskScheduled();
}

HistoryEvent& HistoryScript::add(enums::EventType type) {
    HistoryEvent& event = m_events.emplace_back();
    event.set_event_id(lastId());
    event.set_event_type(type);
    event.mutable_event_time()->set_seconds(1'700'000'000 + lastId());
    return event;
}

void HistoryScript::taskScheduled() { add(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED); }

int64_t HistoryScript::taskStarted() {
    add(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED).mutable_workflow_task_started_event_attributes();
    return lastId();
}

void HistoryScript::taskCompleted(const std::vector<WireCommand>& commands, const std::vector<WireMessage>& messages) {
    add(enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED).mutable_workflow_task_completed_event_attributes();
    std::map<std::string, WireMessage> byId;
    for (const WireMessage& message : messages) byId[message.id()] = message;
    for (const WireCommand& wire : commands) command(wire, byId);
}

void HistoryScript::taskFailed(enums::WorkflowTaskFailedCause cause, const std::string& newRunId) {
    auto* attributes = add(enums::EVENT_TYPE_WORKFLOW_TASK_FAILED).mutable_workflow_task_failed_event_attributes();
    attributes->set_cause(cause);
    attributes->set_new_run_id(newRunId);
}

void HistoryScript::taskTimedOut() { add(enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT); }

void HistoryScript::command(const WireCommand& wire, const std::map<std::string, WireMessage>& messages) {
    switch (wire.command_type()) {
        case enums::COMMAND_TYPE_START_TIMER: {
            const std::string& id = wire.start_timer_command_attributes().timer_id();
            add(enums::EVENT_TYPE_TIMER_STARTED).mutable_timer_started_event_attributes()->set_timer_id(id);
            m_timers[id] = lastId();
            return;
        }
        case enums::COMMAND_TYPE_CANCEL_TIMER: {
            const std::string& id = wire.cancel_timer_command_attributes().timer_id();
            auto* attributes = add(enums::EVENT_TYPE_TIMER_CANCELED).mutable_timer_canceled_event_attributes();
            attributes->set_timer_id(id);
            attributes->set_started_event_id(m_timers.at(id));
            return;
        }
        case enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: {
            const auto& from = wire.schedule_activity_task_command_attributes();
            auto* attributes =
                add(enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED).mutable_activity_task_scheduled_event_attributes();
            attributes->set_activity_id(from.activity_id());
            *attributes->mutable_activity_type() = from.activity_type();
            m_scheduled[from.activity_id()] = lastId();
            return;
        }
        case enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            add(enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
                .mutable_activity_task_cancel_requested_event_attributes()
                ->set_scheduled_event_id(wire.request_cancel_activity_task_command_attributes().scheduled_event_id());
            return;
        case enums::COMMAND_TYPE_RECORD_MARKER: {
            const auto& from = wire.record_marker_command_attributes();
            auto* attributes = add(enums::EVENT_TYPE_MARKER_RECORDED).mutable_marker_recorded_event_attributes();
            attributes->set_marker_name(from.marker_name());
            *attributes->mutable_details() = from.details();
            return;
        }
        case enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            *add(enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
                 .mutable_upsert_workflow_search_attributes_event_attributes()
                 ->mutable_search_attributes() =
                wire.upsert_workflow_search_attributes_command_attributes().search_attributes();
            return;
        case enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
            add(enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED);
            return;
        case enums::COMMAND_TYPE_PROTOCOL_MESSAGE:
            updateEvent(messages.at(wire.protocol_message_command_attributes().message_id()));
            return;
        case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
            return;
        case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION: add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED); return;
        case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION: add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED); return;
        case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
            return;
        default: throw std::logic_error("the script has no event for " + wire.ShortDebugString());
    }
}

void HistoryScript::updateEvent(const WireMessage& message) {
    temporal::api::update::v1::Acceptance acceptance;
    if (message.body().UnpackTo(&acceptance)) {
        auto* attributes = add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                               .mutable_workflow_execution_update_accepted_event_attributes();
        attributes->set_protocol_instance_id(message.protocol_instance_id());
        attributes->set_accepted_request_message_id(acceptance.accepted_request_message_id());
        attributes->set_accepted_request_sequencing_event_id(acceptance.accepted_request_sequencing_event_id());
        *attributes->mutable_accepted_request() = acceptance.accepted_request();
        m_accepted[message.protocol_instance_id()] = lastId();
        return;
    }
    temporal::api::update::v1::Response response;
    if (!message.body().UnpackTo(&response)) throw std::logic_error("an update message of an unknown kind");
    auto* attributes = add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED)
                           .mutable_workflow_execution_update_completed_event_attributes();
    *attributes->mutable_meta() = response.meta();
    attributes->set_accepted_event_id(m_accepted.at(message.protocol_instance_id()));
}

void HistoryScript::signal(const std::string& name, const std::string& json) {
    auto* attributes =
        add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED).mutable_workflow_execution_signaled_event_attributes();
    attributes->set_signal_name(name);
    if (json != "null") *attributes->mutable_input()->add_payloads() = jsonPayload(json);
}

void HistoryScript::cancelRequested(const std::string& cause) {
    add(enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
        .mutable_workflow_execution_cancel_requested_event_attributes()
        ->set_cause(cause);
}

void HistoryScript::timerFired(const std::string& timerId) {
    auto* attributes = add(enums::EVENT_TYPE_TIMER_FIRED).mutable_timer_fired_event_attributes();
    attributes->set_timer_id(timerId);
    attributes->set_started_event_id(m_timers.at(timerId));
}

void HistoryScript::activityStarted(const std::string& activityId) {
    auto* attributes = add(enums::EVENT_TYPE_ACTIVITY_TASK_STARTED).mutable_activity_task_started_event_attributes();
    attributes->set_scheduled_event_id(m_scheduled.at(activityId));
    m_started[activityId] = lastId();
}

void HistoryScript::activityCompleted(const std::string& activityId, const std::string& json) {
    auto* attributes =
        add(enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED).mutable_activity_task_completed_event_attributes();
    attributes->set_scheduled_event_id(m_scheduled.at(activityId));
    *attributes->mutable_result()->add_payloads() = jsonPayload(json);
}

void HistoryScript::activityFailed(const std::string& activityId, const std::string& message) {
    auto* attributes = add(enums::EVENT_TYPE_ACTIVITY_TASK_FAILED).mutable_activity_task_failed_event_attributes();
    attributes->set_scheduled_event_id(m_scheduled.at(activityId));
    attributes->mutable_failure()->set_message(message);
    attributes->mutable_failure()->mutable_application_failure_info()->set_type("Test");
}

void HistoryScript::activityTimedOut(const std::string& activityId) {
    auto* attributes =
        add(enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT).mutable_activity_task_timed_out_event_attributes();
    attributes->set_scheduled_event_id(m_scheduled.at(activityId));
    attributes->mutable_failure()->mutable_timeout_failure_info()->set_timeout_type(enums::TIMEOUT_TYPE_START_TO_CLOSE);
}

void HistoryScript::activityCanceled(const std::string& activityId) {
    add(enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED)
        .mutable_activity_task_canceled_event_attributes()
        ->set_scheduled_event_id(m_scheduled.at(activityId));
}

WireMessage HistoryScript::updateRequest(const std::string& id, const std::string& name,
                                         const std::string& json) const {
    temporal::api::update::v1::Request request;
    request.mutable_meta()->set_update_id(id);
    request.mutable_input()->set_name(name);
    *request.mutable_input()->mutable_args()->add_payloads() = jsonPayload(json);
    WireMessage message;
    message.set_id(id + "/request");
    message.set_protocol_instance_id(id);
    // After the scheduled event of the task that will carry it.
    message.set_event_id(lastId() + 1);
    message.mutable_body()->PackFrom(request);
    return message;
}

}  // namespace orrery::test
