// SPDX-License-Identifier: MIT
// A worker whose every decision a test makes itself. Header only, like fake_service.h.
#pragma once

#include <string>
#include <vector>

#ifndef Q_MOC_RUN  // moc cannot read the deprecated values of Temporal's enums
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#endif

#include "core/client/connection.h"
#include "core/payload/converter.h"

namespace orrery::test {

namespace ws = temporal::api::workflowservice::v1;
using Command = temporal::api::command::v1::Command;

class HandWorker {
public:
    HandWorker(std::shared_ptr<client::Connection> connection, std::string taskQueue)
        : m_connection(std::move(connection)), m_taskQueue(std::move(taskQueue)) {}

    /// Waits for a workflow task or a query.
    ws::PollWorkflowTaskQueueResponse poll() const {
        ws::PollWorkflowTaskQueueRequest request;
        request.set_namespace_(m_connection->namespaceName());
        request.set_identity("hand");
        request.mutable_task_queue()->set_name(m_taskQueue);
        return m_connection->callAndWait<ws::PollWorkflowTaskQueueResponse>(
            "PollWorkflowTaskQueue", request, client::CallOptions::longPoll(client::RetryPolicy::none()));
    }

    void complete(const ws::PollWorkflowTaskQueueResponse& task, const std::vector<Command>& commands,
                  const std::vector<temporal::api::protocol::v1::Message>& messages = {}) const {
        ws::RespondWorkflowTaskCompletedRequest request;
        request.set_namespace_(m_connection->namespaceName());
        request.set_task_token(task.task_token());
        for (const Command& command : commands) *request.add_commands() = command;
        for (const auto& message : messages) *request.add_messages() = message;
        m_connection->callAndWait<ws::RespondWorkflowTaskCompletedResponse>("RespondWorkflowTaskCompleted", request);
    }

    /// Takes the next task and answers it.
    void decide(const std::vector<Command>& commands) const { complete(poll(), commands); }

    void answerQuery(const ws::PollWorkflowTaskQueueResponse& task, const payload::Payload& result) const {
        ws::RespondQueryTaskCompletedRequest request;
        request.set_namespace_(m_connection->namespaceName());
        request.set_task_token(task.task_token());
        request.set_completed_type(temporal::api::enums::v1::QUERY_RESULT_TYPE_ANSWERED);
        payload::toProto(result, request.mutable_query_result()->add_payloads());
        m_connection->callAndWait<ws::RespondQueryTaskCompletedResponse>("RespondQueryTaskCompleted", request);
    }

    static Command completeWorkflow(const payload::Payload& result) {
        Command command;
        command.set_command_type(temporal::api::enums::v1::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
        auto* attributes = command.mutable_complete_workflow_execution_command_attributes();
        payload::toProto(result, attributes->mutable_result()->add_payloads());
        return command;
    }

    static Command failWorkflow(const std::string& message, const std::string& type) {
        Command command;
        command.set_command_type(temporal::api::enums::v1::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
        auto* failure = command.mutable_fail_workflow_execution_command_attributes()->mutable_failure();
        failure->set_message(message);
        failure->mutable_application_failure_info()->set_type(type);
        return command;
    }

    static Command startTimer(const std::string& id, base::Duration duration) {
        Command command;
        command.set_command_type(temporal::api::enums::v1::COMMAND_TYPE_START_TIMER);
        auto* attributes = command.mutable_start_timer_command_attributes();
        attributes->set_timer_id(id);
        payload::toProto(duration, attributes->mutable_start_to_fire_timeout());
        return command;
    }

    static Command continueAsNew(const std::string& type, const std::string& taskQueue) {
        Command command;
        command.set_command_type(temporal::api::enums::v1::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
        auto* attributes = command.mutable_continue_as_new_workflow_execution_command_attributes();
        attributes->mutable_workflow_type()->set_name(type);
        attributes->mutable_task_queue()->set_name(taskQueue);
        return command;
    }

    /// Accepts and completes the update that came with the task.
    void completeUpdate(const ws::PollWorkflowTaskQueueResponse& task, const payload::Payload& result) const {
        namespace update = temporal::api::update::v1;
        const auto& sent = task.messages(0);
        update::Request request;
        sent.body().UnpackTo(&request);
        temporal::api::protocol::v1::Message accepted;
        accepted.set_id("accepted");
        accepted.set_protocol_instance_id(sent.protocol_instance_id());
        update::Acceptance acceptance;
        acceptance.set_accepted_request_message_id(sent.id());
        acceptance.set_accepted_request_sequencing_event_id(sent.event_id());
        *acceptance.mutable_accepted_request() = request;
        accepted.mutable_body()->PackFrom(acceptance);
        temporal::api::protocol::v1::Message completed;
        completed.set_id("completed");
        completed.set_protocol_instance_id(sent.protocol_instance_id());
        update::Response response;
        *response.mutable_meta() = request.meta();
        payload::toProto(result, response.mutable_outcome()->mutable_success()->add_payloads());
        completed.mutable_body()->PackFrom(response);
        complete(task, {protocolMessage("accepted"), protocolMessage("completed")}, {accepted, completed});
    }

private:
    static Command protocolMessage(const std::string& id) {
        Command command;
        command.set_command_type(temporal::api::enums::v1::COMMAND_TYPE_PROTOCOL_MESSAGE);
        command.mutable_protocol_message_command_attributes()->set_message_id(id);
        return command;
    }

    std::shared_ptr<client::Connection> m_connection;
    std::string m_taskQueue;
};

}  // namespace orrery::test
