// SPDX-License-Identifier: MIT
// Updates as a caller asks for them and as a worker answers them.
#pragma once

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN

namespace orrery::test {

/// Of workflow "w".
inline api::UpdateWorkflowExecutionRequest updateRequest(const std::string& updateId) {
    api::UpdateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_request()->mutable_meta()->set_update_id(updateId);
    request.mutable_request()->mutable_input()->set_name("set_address");
    return request;
}

inline Kept update(
    Driver& driver, const std::string& updateId,
    enums::UpdateWorkflowExecutionLifecycleStage stage = enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED) {
    auto request = updateRequest(updateId);
    request.mutable_wait_policy()->set_lifecycle_stage(stage);
    return driver.call("UpdateWorkflowExecution", request);
}

template <typename Body>
void addMessage(api::RespondWorkflowTaskCompletedRequest* completion, const std::string& updateId,
                const std::string& suffix, const Body& body) {
    auto* message = completion->add_messages();
    message->set_id(updateId + suffix);
    message->set_protocol_instance_id(updateId);
    message->mutable_body()->PackFrom(body);
}

inline temporal::api::update::v1::Acceptance acceptance(const std::string& updateId) {
    temporal::api::update::v1::Acceptance result;
    result.set_accepted_request_message_id(updateId + "/request");
    return result;
}

/// Accepts and completes it.
inline void addOutcome(api::RespondWorkflowTaskCompletedRequest* completion, const std::string& updateId) {
    addMessage(completion, updateId, "/accept", acceptance(updateId));
    temporal::api::update::v1::Response response;
    response.mutable_outcome()->mutable_success()->add_payloads()->set_data("done");
    addMessage(completion, updateId, "/complete", response);
}

}  // namespace orrery::test

#endif  // Q_MOC_RUN
