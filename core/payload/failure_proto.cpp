// SPDX-License-Identifier: MIT
#include "core/payload/failure_proto.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/payload/proto.h"

namespace orrery::payload {
namespace {

namespace wire_v1 = temporal::api::failure::v1;

ApplicationFailureData readKind(const wire_v1::ApplicationFailureInfo& info) {
    ApplicationFailureData kind;
    kind.type = info.type();
    kind.nonRetryable = info.non_retryable();
    kind.details = fromProto(info.details());
    if (info.has_next_retry_delay()) kind.nextRetryDelay = fromProto(info.next_retry_delay());
    kind.category = static_cast<FailureCategory>(info.category());
    return kind;
}

ActivityFailureData readKind(const wire_v1::ActivityFailureInfo& info) {
    ActivityFailureData kind;
    kind.scheduledEventId = info.scheduled_event_id();
    kind.startedEventId = info.started_event_id();
    kind.identity = info.identity();
    kind.activityType = info.activity_type().name();
    kind.activityId = info.activity_id();
    kind.retryState = static_cast<RetryState>(info.retry_state());
    return kind;
}

ChildWorkflowFailureData readKind(const wire_v1::ChildWorkflowExecutionFailureInfo& info) {
    ChildWorkflowFailureData kind;
    kind.namespaceName = info.namespace_();
    kind.workflowId = info.workflow_execution().workflow_id();
    kind.runId = info.workflow_execution().run_id();
    kind.workflowType = info.workflow_type().name();
    kind.initiatedEventId = info.initiated_event_id();
    kind.startedEventId = info.started_event_id();
    kind.retryState = static_cast<RetryState>(info.retry_state());
    return kind;
}

FailureData::Kind readKind(const wire_v1::Failure& wire) {
    switch (wire.failure_info_case()) {
        case wire_v1::Failure::kApplicationFailureInfo: return readKind(wire.application_failure_info());
        case wire_v1::Failure::kTimeoutFailureInfo: {
            const auto& info = wire.timeout_failure_info();
            return TimeoutFailureData{static_cast<TimeoutType>(info.timeout_type()),
                                      fromProto(info.last_heartbeat_details())};
        }
        case wire_v1::Failure::kCanceledFailureInfo: {
            const auto& info = wire.canceled_failure_info();
            return CancelledFailureData{fromProto(info.details()), info.identity()};
        }
        case wire_v1::Failure::kTerminatedFailureInfo:
            return TerminatedFailureData{wire.terminated_failure_info().identity()};
        case wire_v1::Failure::kServerFailureInfo: return ServerFailureData{wire.server_failure_info().non_retryable()};
        case wire_v1::Failure::kResetWorkflowFailureInfo:
            return ResetWorkflowFailureData{fromProto(wire.reset_workflow_failure_info().last_heartbeat_details())};
        case wire_v1::Failure::kActivityFailureInfo: return readKind(wire.activity_failure_info());
        case wire_v1::Failure::kChildWorkflowExecutionFailureInfo:
            return readKind(wire.child_workflow_execution_failure_info());
        default: return std::monostate();
    }
}

/// Writes the kind into its field of the message, one overload each.
struct KindWriter {
    wire_v1::Failure* wire;

    void operator()(std::monostate) const {}

    void operator()(const ApplicationFailureData& kind) const {
        auto* info = wire->mutable_application_failure_info();
        info->set_type(kind.type);
        info->set_non_retryable(kind.nonRetryable);
        if (!kind.details.empty()) toProto(kind.details, info->mutable_details());
        if (kind.nextRetryDelay) toProto(*kind.nextRetryDelay, info->mutable_next_retry_delay());
        info->set_category(static_cast<temporal::api::enums::v1::ApplicationErrorCategory>(kind.category));
    }

    void operator()(const TimeoutFailureData& kind) const {
        auto* info = wire->mutable_timeout_failure_info();
        info->set_timeout_type(static_cast<temporal::api::enums::v1::TimeoutType>(kind.type));
        if (!kind.lastHeartbeatDetails.empty()) {
            toProto(kind.lastHeartbeatDetails, info->mutable_last_heartbeat_details());
        }
    }

    void operator()(const CancelledFailureData& kind) const {
        auto* info = wire->mutable_canceled_failure_info();
        if (!kind.details.empty()) toProto(kind.details, info->mutable_details());
        info->set_identity(kind.identity);
    }

    void operator()(const TerminatedFailureData& kind) const {
        wire->mutable_terminated_failure_info()->set_identity(kind.identity);
    }

    void operator()(const ServerFailureData& kind) const {
        wire->mutable_server_failure_info()->set_non_retryable(kind.nonRetryable);
    }

    void operator()(const ResetWorkflowFailureData& kind) const {
        auto* info = wire->mutable_reset_workflow_failure_info();
        if (!kind.lastHeartbeatDetails.empty()) {
            toProto(kind.lastHeartbeatDetails, info->mutable_last_heartbeat_details());
        }
    }

    void operator()(const ActivityFailureData& kind) const {
        auto* info = wire->mutable_activity_failure_info();
        info->set_scheduled_event_id(kind.scheduledEventId);
        info->set_started_event_id(kind.startedEventId);
        info->set_identity(kind.identity);
        info->mutable_activity_type()->set_name(kind.activityType);
        info->set_activity_id(kind.activityId);
        info->set_retry_state(static_cast<temporal::api::enums::v1::RetryState>(kind.retryState));
    }

    void operator()(const ChildWorkflowFailureData& kind) const {
        auto* info = wire->mutable_child_workflow_execution_failure_info();
        info->set_namespace_(kind.namespaceName);
        info->mutable_workflow_execution()->set_workflow_id(kind.workflowId);
        info->mutable_workflow_execution()->set_run_id(kind.runId);
        info->mutable_workflow_type()->set_name(kind.workflowType);
        info->set_initiated_event_id(kind.initiatedEventId);
        info->set_started_event_id(kind.startedEventId);
        info->set_retry_state(static_cast<temporal::api::enums::v1::RetryState>(kind.retryState));
    }
};

/// A copy of the chain with `change` applied to each link.
template <class Change>
FailureData mapChain(FailureData value, const Change& change) {
    change(value);
    if (value.cause) value.cause = std::make_shared<const FailureData>(mapChain(*value.cause, change));
    return value;
}

}  // namespace

FailureData fromProto(const wire_v1::Failure& wire) {
    FailureData value;
    value.message = wire.message();
    value.source = wire.source();
    value.stackTrace = wire.stack_trace();
    if (wire.has_encoded_attributes()) value.encodedAttributes = fromProto(wire.encoded_attributes());
    if (wire.has_cause()) value.cause = std::make_shared<const FailureData>(fromProto(wire.cause()));
    value.kind = readKind(wire);
    return value;
}

void toProto(const FailureData& value, wire_v1::Failure* wire) {
    wire->Clear();
    wire->set_message(value.message);
    wire->set_source(value.source);
    wire->set_stack_trace(value.stackTrace);
    if (value.encodedAttributes) toProto(*value.encodedAttributes, wire->mutable_encoded_attributes());
    if (value.cause) toProto(*value.cause, wire->mutable_cause());
    std::visit(KindWriter{wire}, value.kind);
}

FailureData encodeAttributes(FailureData value, const PayloadConverter& converter) {
    return mapChain(std::move(value), [&converter](FailureData& link) {
        if (link.encodedAttributes) return;
        link.encodedAttributes =
            converter.fromJson(nlohmann::json{{"message", link.message}, {"stack_trace", link.stackTrace}});
        link.message = "Encoded failure";
        link.stackTrace.clear();
    });
}

FailureData decodeAttributes(FailureData value, const PayloadConverter& converter) {
    return mapChain(std::move(value), [&converter](FailureData& link) {
        if (!link.encodedAttributes) return;
        try {
            const nlohmann::json attributes = converter.toJson(*link.encodedAttributes);
            link.message = attributes.value("message", link.message);
            link.stackTrace = attributes.value("stack_trace", link.stackTrace);
        } catch (const std::exception&) {
            // Another converter or key wrote it: the failure itself is still worth showing.
        }
    });
}

}  // namespace orrery::payload
