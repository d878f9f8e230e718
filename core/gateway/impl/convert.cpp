// SPDX-License-Identifier: MIT
#include "core/gateway/impl/convert.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <temporal/api/sdk/v1/workflow_metadata.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/gateway/impl/waits_for.h"
#include "core/payload/converter.h"
#include "core/payload/failure_proto.h"
#include "core/payload/proto.h"

namespace orrery::gateway {
namespace {

namespace enums = temporal::api::enums::v1;
namespace wf = temporal::api::workflow::v1;

WorkflowRow rowFrom(client::WorkflowExecution value) {
    WorkflowRow row;
    row.key = {std::move(value.workflowId), std::move(value.runId)};
    row.type = std::move(value.workflowType);
    row.status = value.status;
    row.taskQueue = std::move(value.taskQueue);
    row.startTime = value.startTime;
    row.closeTime = value.closeTime;
    row.executionTime = value.executionTime;
    row.historyLength = value.historyLength;
    row.historyBytes = value.historyBytes;
    if (!value.parentWorkflowId.empty()) row.parent = WorkflowKey{value.parentWorkflowId, value.parentRunId};
    row.memo = std::move(value.memo);
    row.searchAttributes = std::move(value.searchAttributes);
    return row;
}

template <typename Message, typename Value = decltype(payload::fromProto(std::declval<const Message&>()))>
std::optional<Value> optional(bool present, const Message& wire) {
    if (!present) return std::nullopt;
    return payload::fromProto(wire);
}

/// A time-out of zero is none.
std::optional<base::Duration> timeout(bool present, const google::protobuf::Duration& wire) {
    const auto value = optional(present, wire);
    return value && value->count() > 0 ? value : std::nullopt;
}

std::string textFrom(const temporal::api::common::v1::Payload& wire) {
    const auto value = payload::fromProto(wire);
    if (value.encoding() != "json/plain") return value.data;
    try {
        return payload::defaultConverter().fromPayload<std::string>(value);
    } catch (const base::Error&) {
        return value.data;
    }
}

PendingActivity::State stateFrom(const wf::PendingActivityInfo& wire) {
    using State = PendingActivity::State;
    switch (wire.state()) {
        case enums::PENDING_ACTIVITY_STATE_STARTED: return State::Started;
        case enums::PENDING_ACTIVITY_STATE_CANCEL_REQUESTED: return State::CancelRequested;
        case enums::PENDING_ACTIVITY_STATE_PAUSED: return State::Paused;
        case enums::PENDING_ACTIVITY_STATE_PAUSE_REQUESTED: return State::PauseRequested;
        default: return State::Scheduled;
    }
}

PendingActivity activityFrom(const wf::PendingActivityInfo& wire) {
    PendingActivity value;
    value.activityId = wire.activity_id();
    value.type = wire.activity_type().name();
    value.state = stateFrom(wire);
    value.attempt = std::max(wire.attempt(), 1);
    if (wire.maximum_attempts() > 0) value.maximumAttempts = wire.maximum_attempts();
    value.scheduledTime = optional(wire.has_scheduled_time(), wire.scheduled_time());
    value.lastStartedTime = optional(wire.has_last_started_time(), wire.last_started_time());
    value.lastHeartbeatTime = optional(wire.has_last_heartbeat_time(), wire.last_heartbeat_time());
    value.nextAttemptTime = optional(wire.has_next_attempt_schedule_time(), wire.next_attempt_schedule_time());
    // Servers give the time of a waiting retry as "scheduled" too.
    if (!value.nextAttemptTime && value.state == PendingActivity::State::Scheduled) {
        value.nextAttemptTime = value.scheduledTime;
    }
    value.expirationTime = optional(wire.has_expiration_time(), wire.expiration_time());
    if (wire.has_last_failure()) value.lastFailure = failureFrom(wire.last_failure());
    value.lastWorkerIdentity = wire.last_worker_identity();
    value.heartbeatDetails = payload::fromProto(wire.heartbeat_details());
    return value;
}

std::string_view timeoutName(payload::TimeoutType type) {
    using payload::TimeoutType;
    switch (type) {
        case TimeoutType::StartToClose: return "StartToClose";
        case TimeoutType::ScheduleToStart: return "ScheduleToStart";
        case TimeoutType::ScheduleToClose: return "ScheduleToClose";
        case TimeoutType::Heartbeat: return "Heartbeat";
        default: return "Unspecified";
    }
}

struct KindWords {
    FailureInfo& info;

    void operator()(const std::monostate&) const { info.type = "Failure"; }
    void operator()(const payload::ApplicationFailureData& kind) const {
        info.type = kind.type.empty() ? "Application" : kind.type;
        info.nonRetryable = kind.nonRetryable;
    }
    void operator()(const payload::TimeoutFailureData& kind) const {
        info.type = fmt::format("Timeout ({})", timeoutName(kind.type));
    }
    void operator()(const payload::CancelledFailureData&) const { info.type = "Canceled"; }
    void operator()(const payload::TerminatedFailureData&) const { info.type = "Terminated"; }
    void operator()(const payload::ServerFailureData& kind) const {
        info.type = "Server";
        info.nonRetryable = kind.nonRetryable;
    }
    void operator()(const payload::ResetWorkflowFailureData&) const { info.type = "Reset"; }
    void operator()(const payload::ActivityFailureData&) const { info.type = "Activity"; }
    void operator()(const payload::ChildWorkflowFailureData&) const { info.type = "Child workflow"; }
};

FailureInfo withoutCauses(const payload::FailureData& failure) {
    FailureInfo info;
    info.message = failure.message;
    info.source = failure.source;
    info.stackTrace = failure.stackTrace;
    std::visit(KindWords{info}, failure.kind);
    return info;
}

template <typename Definitions>
std::vector<HandlerInfo> handlerList(const Definitions& definitions) {
    std::vector<HandlerInfo> list;
    for (const auto& definition : definitions) {
        // Every SDK answers these itself; they are no part of the workflow.
        if (definition.name().starts_with("__temporal_")) continue;
        list.push_back({definition.name(), definition.description()});
    }
    return list;
}

std::optional<WorkflowStatus> statusNamed(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(WorkflowStatus::ContinuedAsNew); ++i) {
        const auto status = static_cast<WorkflowStatus>(i);
        if (workflowStatusName(status) == name) return status;
    }
    return std::nullopt;
}

std::string inQuotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

WorkflowPage pageFrom(const wsv::ListWorkflowExecutionsResponse& response) {
    WorkflowPage page;
    page.rows.reserve(static_cast<size_t>(response.executions_size()));
    for (const auto& execution : response.executions()) page.rows.push_back(rowFrom(client::fromProto(execution)));
    page.nextPageToken = response.next_page_token();
    return page;
}

WorkflowCounts countsFrom(const wsv::CountWorkflowExecutionsResponse& response) {
    WorkflowCounts counts;
    counts.total = response.count();
    for (const auto& group : response.groups()) {
        if (group.group_values_size() == 0) continue;
        if (const auto status = statusNamed(textFrom(group.group_values(0)))) counts.byStatus[*status] += group.count();
    }
    return counts;
}

WorkflowDescription descriptionFrom(const wsv::DescribeWorkflowExecutionResponse& response) {
    WorkflowDescription value;
    auto execution = client::fromProto(response.workflow_execution_info());
    value.firstRunId = execution.firstRunId;
    if (!execution.rootWorkflowId.empty()) value.root = WorkflowKey{execution.rootWorkflowId, execution.rootRunId};
    value.row = rowFrom(std::move(execution));
    const auto& config = response.execution_config();
    if (value.row.taskQueue.empty()) value.row.taskQueue = config.task_queue().name();
    value.executionTimeout = timeout(config.has_workflow_execution_timeout(), config.workflow_execution_timeout());
    value.runTimeout = timeout(config.has_workflow_run_timeout(), config.workflow_run_timeout());
    value.taskTimeout = timeout(config.has_default_workflow_task_timeout(), config.default_workflow_task_timeout());
    if (config.user_metadata().has_summary()) value.summary = textFrom(config.user_metadata().summary());
    if (config.user_metadata().has_details()) value.details = textFrom(config.user_metadata().details());
    value.cancelRequested = response.workflow_extended_info().cancel_requested();
    for (const auto& activity : response.pending_activities()) value.activities.push_back(activityFrom(activity));
    for (const auto& child : response.pending_children()) {
        value.children.push_back(
            {{child.workflow_id(), child.run_id()}, child.workflow_type_name(), child.initiated_id()});
    }
    if (response.has_pending_workflow_task()) {
        const auto& wire = response.pending_workflow_task();
        value.task =
            PendingTask{wire.state() == enums::PENDING_WORKFLOW_TASK_STATE_STARTED, std::max(wire.attempt(), 1),
                        optional(wire.has_scheduled_time(), wire.scheduled_time()),
                        optional(wire.has_started_time(), wire.started_time())};
    }
    value.waitsFor = waitsFor(value);
    return value;
}

FailureInfo failureFrom(const payload::FailureData& failure) {
    FailureInfo info = withoutCauses(failure);
    for (auto cause = failure.cause; cause; cause = cause->cause) info.causes.push_back(withoutCauses(*cause));
    return info;
}

FailureInfo failureFrom(const temporal::api::failure::v1::Failure& wire) {
    const auto& converter = payload::defaultConverter().values();
    return failureFrom(payload::decodeAttributes(payload::fromProto(wire), converter));
}

Handlers handlersFrom(const payload::Payloads& answer) {
    temporal::api::sdk::v1::WorkflowMetadata metadata;
    bool readable = !answer.empty();
    if (readable && answer[0].encoding() == "binary/protobuf") {
        readable = metadata.ParseFromString(answer[0].data);
    } else if (readable) {
        google::protobuf::util::JsonParseOptions options;
        options.ignore_unknown_fields = true;
        readable = google::protobuf::util::JsonStringToMessage(answer[0].data, &metadata, options).ok();
    }
    if (!readable) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          "the workflow's answer about its signals, queries and updates cannot be read");
    }
    Handlers handlers;
    handlers.workflowDescription = metadata.definition().type();
    handlers.signals = handlerList(metadata.definition().signal_definitions());
    handlers.queries = handlerList(metadata.definition().query_definitions());
    handlers.updates = handlerList(metadata.definition().update_definitions());
    handlers.currentDetails = metadata.current_details();
    return handlers;
}

std::string filterFrom(const ListQuery& query) {
    if (query.text.empty()) return query.query;
    const std::string text = inQuotes(query.text);
    const std::string byText = fmt::format("WorkflowId STARTS_WITH {0} OR WorkflowType STARTS_WITH {0}", text);
    return query.query.empty() ? byText : fmt::format("({}) AND ({})", query.query, byText);
}

}  // namespace orrery::gateway
