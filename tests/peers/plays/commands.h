// SPDX-License-Identifier: MIT
// The text of commands and of what stands in them. `more` is further fields of the same message.
#pragma once

#include <string>

#include <temporal/api/protocol/v1/message.pb.h>

#include "tests/peers/plays/play.h"

namespace orrery::test {

/// json/plain; of several payloads each is one of these.
inline std::string json(const std::string& data) {
    return "metadata { key: 'encoding' value: 'json/plain' } data: '" + data + "'";
}
inline std::string payloads(const std::string& data) { return "{ payloads { " + json(data) + " } }"; }

inline std::string timer(const std::string& id, int seconds = 60, const std::string& more = {}) {
    return "command_type: COMMAND_TYPE_START_TIMER start_timer_command_attributes { timer_id: '" + id +
           "' start_to_fire_timeout { seconds: " + std::to_string(seconds) + " } } " + more;
}
inline std::string cancelTimer(const std::string& id) {
    return "command_type: COMMAND_TYPE_CANCEL_TIMER cancel_timer_command_attributes { timer_id: '" + id + "' }";
}
/// Of type A on the script's queue.
inline std::string act(const std::string& id, const std::string& more = "start_to_close_timeout { seconds: 20 }") {
    return "command_type: COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK schedule_activity_task_command_attributes { activity_id: "
           "'" +
           id + "' activity_type { name: 'A' } task_queue { name: '$q' } " + more + " }";
}
inline std::string cancelAct(int scheduled) {
    return "command_type: COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK request_cancel_activity_task_command_attributes { "
           "scheduled_event_id: " +
           std::to_string(scheduled) + " }";
}
inline std::string done(const std::string& result = "done") {
    return "command_type: COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION complete_workflow_execution_command_attributes { "
           "result " +
           payloads(result) + " }";
}
inline std::string broken(const std::string& message = "broken", const std::string& type = "Odd",
                          const std::string& more = {}) {
    return "command_type: COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION fail_workflow_execution_command_attributes { failure { "
           "message: '" +
           message + "' application_failure_info { type: '" + type + "' " + more + " } } }";
}
inline std::string gaveIn() {
    return "command_type: COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION cancel_workflow_execution_command_attributes { "
           "details " +
           payloads("gave in") + " }";
}
inline std::string again(const std::string& more = {}) {
    return "command_type: COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION "
           "continue_as_new_workflow_execution_command_attributes { workflow_type { name: 'T' } task_queue { name: "
           "'$q' } " +
           more + " }";
}
/// Id $w-<name>, type C, on the queue $q-c.
inline std::string child(const std::string& name, const std::string& more = {}) {
    return "command_type: COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION "
           "start_child_workflow_execution_command_attributes { "
           "workflow_id: '$w-" +
           name + "' workflow_type { name: 'C' } task_queue { name: '$q-c' } " + more + " }";
}
inline std::string signalOther(const std::string& id, const std::string& more = {}) {
    return "command_type: COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION "
           "signal_external_workflow_execution_command_attributes { execution { workflow_id: '" +
           id + "' } signal_name: 'hello' " + more + " }";
}
inline std::string cancelOther(const std::string& id, const std::string& more = {}) {
    return "command_type: COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION "
           "request_cancel_external_workflow_execution_command_attributes { workflow_id: '" +
           id + "' " + more + " }";
}
inline std::string upsert(const std::string& name, const std::string& payload) {
    return "command_type: COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES "
           "upsert_workflow_search_attributes_command_attributes { search_attributes { indexed_fields { key: '" +
           name + "' value { " + payload + " } } } }";
}
inline std::string memo(const std::string& name, const std::string& payload) {
    return "command_type: COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES modify_workflow_properties_command_attributes { "
           "upserted_memo { fields { key: '" +
           name + "' value { " + payload + " } } } }";
}
inline std::string marker(const std::string& name) {
    return "command_type: COMMAND_TYPE_RECORD_MARKER record_marker_command_attributes { marker_name: '" + name +
           "' details { key: 'version' value " + payloads("1") + " } }";
}
inline std::string message(const std::string& id) {
    return "command_type: COMMAND_TYPE_PROTOCOL_MESSAGE protocol_message_command_attributes { message_id: '" + id +
           "' }";
}

// -- updates: what a worker says to the request in a task --
inline std::string sequencing(const temporal::api::protocol::v1::Message& request) {
    return std::to_string(request.event_id());
}
/// The request that stands at `number` in the task.
inline const temporal::api::protocol::v1::Message& request(const WorkflowTask& task, int number = 0) {
    if (task.messages_size() <= number) throw PlayError("the task brings no update");
    return task.messages(number);
}
inline std::string updateMessage(const WorkflowTask& task, int number, const std::string& id, const std::string& type,
                                 const std::string& body) {
    return "messages { id: '" + id + "' protocol_instance_id: '" + request(task, number).protocol_instance_id() +
           "' body { [type.googleapis.com/temporal.api.update.v1." + type + "] { " + body + " } } } ";
}
inline std::string accept(const WorkflowTask& task, int number = 0) {
    return updateMessage(task, number, "accept" + std::to_string(number), "Acceptance",
                         "accepted_request_message_id: '" + request(task, number).id() +
                             "' accepted_request_sequencing_event_id: " + sequencing(request(task, number)));
}
inline std::string reject(const WorkflowTask& task, int number = 0) {
    return updateMessage(task, number, "reject" + std::to_string(number), "Rejection",
                         "rejected_request_message_id: '" + request(task, number).id() +
                             "' rejected_request_sequencing_event_id: " + sequencing(request(task, number)) +
                             " failure { message: 'not now' application_failure_info { type: 'No' } }");
}
inline std::string respond(const WorkflowTask& task, int number = 0,
                           const std::string& outcome = "success " + payloads("yes")) {
    return updateMessage(
        task, number, "respond" + std::to_string(number), "Response",
        "meta { update_id: '" + request(task, number).protocol_instance_id() + "' } outcome { " + outcome + " }");
}
/// Of an update that was accepted in an earlier task.
inline std::string respondTo(const std::string& updateId) {
    return "messages { id: 'late' protocol_instance_id: '" + updateId +
           "' body { [type.googleapis.com/temporal.api.update.v1.Response] { meta { update_id: '" + updateId +
           "' } outcome { success " + payloads("late") + " } } } } ";
}
inline std::string update(const std::string& id, const std::string& stage = "COMPLETED", const std::string& more = {}) {
    return "workflow_execution { workflow_id: '$w' } wait_policy { lifecycle_stage: "
           "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_" +
           stage + " } request { meta { update_id: '" + id + "' } input { name: 'change' } } " + more;
}

}  // namespace orrery::test
