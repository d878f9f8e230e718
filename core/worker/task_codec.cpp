// SPDX-License-Identifier: MIT
#include "core/worker/task_codec.h"

#include <iterator>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/failure_proto.h"
#include "core/payload/proto.h"

namespace orrery::worker {
namespace {

namespace enums = temporal::api::enums::v1;

constexpr const char* kSdkName = "orrery-cpp";

template <typename Wire>
void fillAnswer(const QueryAnswer& answer, Wire* wire, enums::QueryResultType* kind) {
    if (const auto* value = std::get_if<definition::Payload>(&answer.result)) {
        *kind = enums::QUERY_RESULT_TYPE_ANSWERED;
        payload::toProto(*value, wire->add_payloads());
    } else {
        *kind = enums::QUERY_RESULT_TYPE_FAILED;
    }
}

}  // namespace

void fillPoll(const Signature& signature, bool sticky, service::PollWorkflowTaskQueueRequest* request) {
    request->set_namespace_(signature.namespaceName);
    request->set_identity(signature.identity);
    request->set_worker_instance_key(signature.instanceKey);
    auto* queue = request->mutable_task_queue();
    queue->set_name(sticky ? signature.stickyQueue : signature.taskQueue);
    queue->set_kind(sticky ? enums::TASK_QUEUE_KIND_STICKY : enums::TASK_QUEUE_KIND_NORMAL);
    if (sticky) queue->set_normal_name(signature.taskQueue);
}

ReceivedTask takeTask(service::PollWorkflowTaskQueueResponse* response) {
    ReceivedTask received;
    WorkflowTask& task = received.task;
    task.token = std::move(*response->mutable_task_token());
    task.workflowId = response->workflow_execution().workflow_id();
    task.runId = response->workflow_execution().run_id();
    task.workflowType = response->workflow_type().name();
    task.attempt = response->attempt();
    task.previousStartedEventId = response->previous_started_event_id();
    task.startedEventId = response->started_event_id();
    auto* events = response->mutable_history()->mutable_events();
    task.events.assign(std::make_move_iterator(events->begin()), std::make_move_iterator(events->end()));
    task.messages.assign(std::make_move_iterator(response->mutable_messages()->begin()),
                         std::make_move_iterator(response->mutable_messages()->end()));
    for (auto& [id, query] : *response->mutable_queries()) task.queries.push_back({id, std::move(query)});
    if (response->has_query()) task.legacyQuery = std::move(*response->mutable_query());
    received.nextPageToken = std::move(*response->mutable_next_page_token());
    return received;
}

void fillReply(const Signature& signature, const std::string& token, TaskCompleted&& reply,
               service::RespondWorkflowTaskCompletedRequest* request) {
    request->set_task_token(token);
    request->set_namespace_(signature.namespaceName);
    request->set_identity(signature.identity);
    for (WireCommand& command : reply.commands) *request->add_commands() = std::move(command);
    for (WireMessage& message : reply.messages) *request->add_messages() = std::move(message);
    for (const QueryAnswer& answer : reply.answers) {
        auto& result = (*request->mutable_query_results())[answer.id];
        enums::QueryResultType kind{};
        fillAnswer(answer, result.mutable_answer(), &kind);
        result.set_result_type(kind);
        if (const auto* failure = std::get_if<definition::FailureData>(&answer.result)) {
            result.clear_answer();
            result.set_error_message(failure->message);
            payload::toProto(*failure, result.mutable_failure());
        }
    }
    if (!signature.stickyQueue.empty() && !reply.closesRun) {
        auto* sticky = request->mutable_sticky_attributes();
        sticky->mutable_worker_task_queue()->set_name(signature.stickyQueue);
        sticky->mutable_worker_task_queue()->set_kind(enums::TASK_QUEUE_KIND_STICKY);
        sticky->mutable_worker_task_queue()->set_normal_name(signature.taskQueue);
        payload::toProto(signature.stickyScheduleToStart, sticky->mutable_schedule_to_start_timeout());
    }
    request->set_return_new_workflow_task(signature.wantsNewTask);
    request->mutable_capabilities()->set_discard_speculative_workflow_task_with_events(true);
    if (signature.sdkMetadata) {
        request->mutable_sdk_metadata()->set_sdk_name(kSdkName);
        request->mutable_sdk_metadata()->set_sdk_version(ORRERY_VERSION);
    }
}

void fillReply(const Signature& signature, const std::string& token, const TaskFailed& reply,
               service::RespondWorkflowTaskFailedRequest* request) {
    request->set_task_token(token);
    request->set_namespace_(signature.namespaceName);
    request->set_identity(signature.identity);
    request->set_cause(reply.cause);
    payload::toProto(reply.failure, request->mutable_failure());
}

void fillReply(const Signature& signature, const std::string& token, const TaskAnswered& reply,
               service::RespondQueryTaskCompletedRequest* request) {
    request->set_task_token(token);
    request->set_namespace_(signature.namespaceName);
    enums::QueryResultType kind{};
    fillAnswer(reply.answer, request->mutable_query_result(), &kind);
    request->set_completed_type(kind);
    if (const auto* failure = std::get_if<definition::FailureData>(&reply.answer.result)) {
        request->clear_query_result();
        request->set_error_message(failure->message);
        payload::toProto(*failure, request->mutable_failure());
    }
}

}  // namespace orrery::worker
