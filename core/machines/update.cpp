// SPDX-License-Identifier: MIT
#include "core/machines/update.h"

#include <fmt/format.h>

#include "core/machines/wire.h"
#include "core/payload/failure_proto.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;
namespace wire = temporal::api::update::v1;

enum State : uint8_t {
    Requested,
    Rejected,
    AcceptCommandCreated,
    AcceptAndCompleteCreated,
    AcceptRecorded,
    CompleteCommandCreated,
    CompleteRecorded,
};
enum Input : uint8_t { Accept, Reject, Complete, UpdateAccepted, UpdateCompleted };

constexpr std::string_view kStates[] = {"Requested",
                                        "Rejected",
                                        "AcceptCommandCreated",
                                        "AcceptAndCompleteCreated",
                                        "AcceptRecorded",
                                        "CompleteCommandCreated",
                                        "CompleteRecorded"};
constexpr std::string_view kInputs[] = {"Accept", "Reject", "Complete", "UpdateAccepted", "UpdateCompleted"};
constexpr Edge kEdges[] = {
    {Requested, Accept, AcceptCommandCreated},
    {Requested, Reject, Rejected},
    {AcceptCommandCreated, UpdateAccepted, AcceptRecorded},
    {AcceptCommandCreated, Complete, AcceptAndCompleteCreated},
    {AcceptAndCompleteCreated, UpdateAccepted, CompleteCommandCreated},
    {AcceptRecorded, Complete, CompleteCommandCreated},
    {CompleteCommandCreated, UpdateCompleted, CompleteRecorded},
};
constexpr Blueprint kBlueprint{"Update", kStates, kInputs, kEdges};

}  // namespace

const Blueprint& UpdateMachine::blueprint() { return kBlueprint; }

UpdateMachine::UpdateMachine(const WireMessage& request, bool runValidator, Reactions& out)
    : Machine(kBlueprint),
      m_messageId(request.id()),
      m_protocolInstanceId(request.protocol_instance_id()),
      m_sequencingEventId(request.event_id()) {
    if (!request.body().UnpackTo(&m_request)) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("message {} of the workflow task carries {}, not an update request", request.id(),
                                      request.body().type_url()));
    }
    definition::job::DoUpdate job;
    job.id = m_request.meta().update_id();
    job.identity = m_request.meta().identity();
    job.protocolInstanceId = m_protocolInstanceId;
    job.name = m_request.input().name();
    job.arguments = payload::fromProto(m_request.input().args());
    job.headers = readMap(m_request.input().header().fields());
    job.runValidator = runValidator;
    out.jobs.emplace_back(std::move(job));
}

void UpdateMachine::respond(const definition::command::UpdateResponse& response, Reactions& out) {
    if (std::holds_alternative<definition::command::UpdateAccepted>(response.response)) {
        accept(out);
    } else if (const auto* rejected = std::get_if<definition::command::UpdateRejected>(&response.response)) {
        reject(*rejected, out);
    } else {
        complete(std::get<definition::command::UpdateCompleted>(response.response), out);
    }
}

void UpdateMachine::accept(Reactions& out) {
    take(Accept);
    wire::Acceptance body;
    body.set_accepted_request_message_id(m_messageId);
    body.set_accepted_request_sequencing_event_id(m_sequencingEventId);
    *body.mutable_accepted_request() = m_request;
    send("/accept", body, true, out);
}

void UpdateMachine::reject(const definition::command::UpdateRejected& response, Reactions& out) {
    take(Reject);
    wire::Rejection body;
    body.set_rejected_request_message_id(m_messageId);
    body.set_rejected_request_sequencing_event_id(m_sequencingEventId);
    *body.mutable_rejected_request() = m_request;
    payload::toProto(response.failure, body.mutable_failure());
    send("/reject", body, false, out);
}

void UpdateMachine::complete(const definition::command::UpdateCompleted& response, Reactions& out) {
    take(Complete);
    wire::Response body;
    *body.mutable_meta() = m_request.meta();
    if (const auto* result = std::get_if<definition::Payload>(&response.outcome)) {
        payload::toProto(*result, body.mutable_outcome()->mutable_success()->add_payloads());
    } else {
        payload::toProto(std::get<definition::FailureData>(response.outcome),
                         body.mutable_outcome()->mutable_failure());
    }
    send("/complete", body, true, out);
}

void UpdateMachine::send(std::string_view suffix, const google::protobuf::Message& body, bool withCommand,
                         Reactions& out) const {
    WireMessage& message = out.messages.emplace_back();
    message.set_id(fmt::format("{}{}", m_messageId, suffix));
    message.set_protocol_instance_id(m_protocolInstanceId);
    message.mutable_body()->PackFrom(body);
    if (!withCommand) return;
    addCommand(out, enums::COMMAND_TYPE_PROTOCOL_MESSAGE)
        .mutable_protocol_message_command_attributes()
        ->set_message_id(message.id());
}

void UpdateMachine::onEvent(const HistoryEvent& event, Reactions&) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            if (event.workflow_execution_update_accepted_event_attributes().protocol_instance_id() !=
                m_protocolInstanceId) {
                refuse(event);
            }
            takeEvent(UpdateAccepted, event);
            return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            if (event.workflow_execution_update_completed_event_attributes().meta().update_id() !=
                m_request.meta().update_id()) {
                refuse(event);
            }
            takeEvent(UpdateCompleted, event);
            return;
        default: refuse(event);
    }
}

std::string UpdateMachine::describe() const {
    const bool completes = state() == CompleteCommandCreated;
    return fmt::format("message {} (update {}, {})", completes ? "UpdateCompleted" : "UpdateAccepted",
                       m_request.input().name(), m_request.meta().update_id());
}

bool UpdateMachine::finished() const { return state() == Rejected || state() == CompleteRecorded; }

}  // namespace orrery::machines
