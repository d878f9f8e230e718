// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <variant>
#include <vector>

#include <temporal/api/enums/v1/failed_cause.pb.h>
#include <temporal/api/query/v1/message.pb.h>

#include "core/definition/activation.h"
#include "core/machines/machine.h"

namespace orrery::worker {

using machines::HistoryEvent;
using machines::WireCommand;
using machines::WireMessage;

struct QueryRequest {
    std::string id;
    temporal::api::query::v1::WorkflowQuery query;
};

/// A workflow task as the engine sees it: all pages of its history are already joined.
struct WorkflowTask {
    std::string token;
    std::string workflowId;
    std::string runId;
    std::string workflowType;
    int attempt = 1;
    /// Started event of the last task that counted; 0 for none. Everything up to it is replay.
    int64_t previousStartedEventId = 0;
    /// 0 for a task that carries only a query.
    int64_t startedEventId = 0;
    /// From the first event, or from where the run in the cache stands.
    std::vector<HistoryEvent> events;
    std::vector<WireMessage> messages;
    std::vector<QueryRequest> queries;
    /// The task is nothing but this query and is answered by it alone.
    std::optional<temporal::api::query::v1::WorkflowQuery> legacyQuery;
};

struct QueryAnswer {
    std::string id;
    std::variant<definition::Payload, definition::FailureData> result;
};

/// What the server is to be told; the run is forgotten after Failed, and after Completed that closes it.
struct TaskCompleted {
    std::vector<WireCommand> commands;
    std::vector<WireMessage> messages;
    std::vector<QueryAnswer> answers;
    bool closesRun = false;
};
struct TaskFailed {
    temporal::api::enums::v1::WorkflowTaskFailedCause cause{};
    definition::FailureData failure;
    std::optional<machines::Nondeterminism> nondeterminism;
    bool legacyQuery = false;
};
struct TaskAnswered {
    QueryAnswer answer;
    /// The run has ended, so nothing but queries can come for it.
    bool runClosed = false;
};
/// The events do not join what this engine has seen: begin again, in a new one, with the whole history.
struct NeedsHistory {};

/// Of a walk through a history: what the code has said in the task that this event started, as it would have been sent.
struct PastTask {
    int64_t startedEventId = 0;
    std::vector<WireCommand> commands;
    /// Where the code asked for each of them.
    std::vector<std::source_location> sources;
    std::vector<WireMessage> messages;
};

using TaskReply = std::variant<TaskCompleted, TaskFailed, TaskAnswered, NeedsHistory>;

}  // namespace orrery::worker
