// SPDX-License-Identifier: MIT
// The runs that every input finds: one whose worker waits for things of all kinds, one whose task a worker has, one
// that nobody works on, and one that has ended.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "tests/fuzz/stage.h"

namespace orrery::fuzz {

using namespace std::chrono_literals;
namespace api = temporal::api::workflowservice::v1;
namespace enums = temporal::api::enums::v1;
using temporal::api::command::v1::Command;

namespace {

api::StartWorkflowExecutionRequest startOf(const std::string& id) {
    api::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id(id);
    request.set_request_id("start-" + id);
    request.mutable_workflow_type()->set_name("Order");
    request.mutable_task_queue()->set_name("queue");
    return request;
}

api::PollWorkflowTaskQueueRequest pollOf() {
    api::PollWorkflowTaskQueueRequest request;
    request.set_namespace_("default");
    request.set_identity("worker");
    request.mutable_task_queue()->set_name("queue");
    return request;
}

Command& add(api::RespondWorkflowTaskCompletedRequest* request, enums::CommandType type) {
    Command& command = *request->add_commands();
    command.set_command_type(type);
    return command;
}

void addWaits(api::RespondWorkflowTaskCompletedRequest* request) {
    for (const char* id : {"a1", "a2"}) {
        auto* activity = add(request, enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK)
                             .mutable_schedule_activity_task_command_attributes();
        activity->set_activity_id(id);
        activity->mutable_activity_type()->set_name("work");
        activity->mutable_task_queue()->set_name("queue");
        payload::toProto(60s, activity->mutable_start_to_close_timeout());
        payload::toProto(30s, activity->mutable_heartbeat_timeout());
    }
    for (const char* id : {"t1", "t2"}) {
        auto* timer = add(request, enums::COMMAND_TYPE_START_TIMER).mutable_start_timer_command_attributes();
        timer->set_timer_id(id);
        payload::toProto(90s, timer->mutable_start_to_fire_timeout());
    }
    auto* child = add(request, enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION)
                      .mutable_start_child_workflow_execution_command_attributes();
    child->set_workflow_id("c1");
    child->mutable_workflow_type()->set_name("Order");
    child->mutable_task_queue()->set_name("queue");
    add(request, enums::COMMAND_TYPE_RECORD_MARKER).mutable_record_marker_command_attributes()->set_marker_name("m");
}

}  // namespace

void Stage::prepare() {
    const auto token = [this] {
        call("PollWorkflowTaskQueue", pollOf());
        Bytes last(reinterpret_cast<const uint8_t*>("\1"), 1);
        return words.pick("task_token", last);
    };
    api::RespondWorkflowTaskCompletedRequest completed;
    completed.set_namespace_("default");
    completed.set_identity("worker");

    call("StartWorkflowExecution", startOf("w4"));
    completed.set_task_token(token());
    add(&completed, enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION)
        .mutable_complete_workflow_execution_command_attributes();
    call("RespondWorkflowTaskCompleted", completed);

    call("StartWorkflowExecution", startOf("w1"));
    completed.clear_commands();
    completed.set_task_token(token());
    addWaits(&completed);
    call("RespondWorkflowTaskCompleted", completed);
    api::PollActivityTaskQueueRequest activity;
    activity.set_namespace_("default");
    activity.set_identity("worker");
    activity.mutable_task_queue()->set_name("queue");
    call("PollActivityTaskQueue", activity);

    call("StartWorkflowExecution", startOf("w2"));
    token();
    auto queued = startOf("w3");
    queued.mutable_retry_policy()->set_maximum_attempts(3);
    call("StartWorkflowExecution", queued);
}

}  // namespace orrery::fuzz
