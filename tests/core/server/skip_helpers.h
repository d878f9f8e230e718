// SPDX-License-Identifier: MIT
// What the tests of a run's own time have in common.
#pragma once

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <google/protobuf/util/message_differencer.h>
#include <temporal/api/taskqueue/v1/message.pb.h>
#include <temporal/api/workflow/v1/message.pb.h>

namespace orrery::test {

using namespace std::chrono_literals;
namespace common = temporal::api::common::v1;

inline constexpr auto kTransitioned = enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED;

inline server::WorldOptions skipping(bool on = true) {
    server::WorldOptions options;
    options.limits.workflowTimeSkipping = on;
    return options;
}

inline common::TimeSkippingConfig config(base::Duration forward = 0s, const std::string& id = "forward") {
    common::TimeSkippingConfig config;
    config.set_enabled(true);
    if (forward > 0s) {
        config.mutable_fast_forward_config()->set_id(id);
        payload::toProto(forward, config.mutable_fast_forward_config()->mutable_duration());
    }
    return config;
}

inline api::StartWorkflowExecutionRequest request(const common::TimeSkippingConfig& config,
                                                  base::Duration runTimeout = 24h) {
    auto start = Driver::startRequest("w");
    *start.mutable_time_skipping_config() = config;
    if (runTimeout > 0s) payload::toProto(runTimeout, start.mutable_workflow_run_timeout());
    return start;
}

inline std::string begin(Driver& driver, const api::StartWorkflowExecutionRequest& request) {
    return driver.start(request)->as<api::StartWorkflowExecutionResponse>().run_id();
}

inline std::vector<HistoryEvent> transitions(Driver& driver, const std::string& runId = {},
                                             const std::string& id = "w") {
    std::vector<HistoryEvent> found;
    for (const HistoryEvent& event : driver.events(id, runId)) {
        if (event.event_type() == kTransitioned) found.push_back(event);
    }
    return found;
}

inline const auto& of(const HistoryEvent& event) {
    return event.workflow_execution_time_skipping_transitioned_event_attributes();
}

inline base::Timestamp targetOf(const HistoryEvent& event) { return payload::fromProto(of(event).target_time()); }
inline base::Timestamp timeOf(const HistoryEvent& event) { return payload::fromProto(event.event_time()); }

inline Command fail() {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    command.mutable_fail_workflow_execution_command_attributes()->mutable_failure()->set_message("no");
    return command;
}

inline common::TimeSkippingInfo infoOf(Driver& driver, const std::string& id = "w", const std::string& runId = {}) {
    return driver.describe(id, runId).workflow_extended_info().time_skipping_info();
}

inline Kept update(Driver& driver, const common::TimeSkippingConfig* config,
                   const std::string& path = "time_skipping_config") {
    api::UpdateWorkflowExecutionOptionsRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_workflow_execution_options();
    if (config != nullptr) {
        *request.mutable_workflow_execution_options()->mutable_time_skipping_config() = *config;
    }
    request.mutable_update_mask()->add_paths(path);
    return driver.call("UpdateWorkflowExecutionOptions", request);
}

inline Kept pollForward(Driver& driver, const std::string& id = "forward", const std::string& runId = {}) {
    api::PollWorkflowExecutionTimeSkippingRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_workflow_execution()->set_run_id(runId);
    request.set_fast_forward_id(id);
    return driver.call("PollWorkflowExecutionTimeSkipping", request);
}

inline api::PollWorkflowExecutionTimeSkippingResponse answerOf(const Kept& call) {
    return call->as<api::PollWorkflowExecutionTimeSkippingResponse>();
}

inline void terminate(Driver& driver) {
    api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("TerminateWorkflowExecution", request);
}

}  // namespace orrery::test

#endif  // Q_MOC_RUN
