// SPDX-License-Identifier: MIT
// The rules that many requests share, one small function each, in the words of Temporal's own server: SDKs and people
// know them (tests/data/conformance/errors.json holds what it says). A Problem is what is wrong; the caller decides
// whether the request is refused for it or a workflow task fails.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <temporal/api/common/v1/message.pb.h>
#include <temporal/api/taskqueue/v1/message.pb.h>
#include <temporal/api/workflow/v1/message.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/world.h"

namespace orrery::server {

constexpr size_t kLongestId = 1000;  ///< bytes; of ids, types and names of task queues
/// A namespace of the server's own, which nobody can have.
constexpr const char* kSystemNamespace = "temporal-system";

using Problem = std::optional<std::string>;

/// INVALID_ARGUMENT, unless there is no problem.
inline void refuse(const Problem& problem) {
    if (problem) throw invalidArgument(*problem);
}

inline bool tooLong(const std::string& id) { return id.size() > kLongestId; }
/// 8-4-4-4-12 hexadecimal digits.
bool isUuid(std::string_view text);
bool isNegative(const google::protobuf::Duration& duration);

/// As long as anything may be asked to last: what is longer is taken for this, as by Temporal's own server.
constexpr base::Duration kLongestDuration = std::chrono::hours(100 * 365 * 24);

/// The time-outs in a message, each at most kLongestDuration.
template <typename Message>
void capDurations(Message* message) {
    const auto cap = [](google::protobuf::Duration* duration) {
        if (duration->seconds() > kLongestDuration / std::chrono::seconds(1)) {
            payload::toProto(kLongestDuration, duration);
        }
    };
    if constexpr (requires { message->mutable_schedule_to_close_timeout(); }) {
        if (message->has_schedule_to_close_timeout()) cap(message->mutable_schedule_to_close_timeout());
        if (message->has_schedule_to_start_timeout()) cap(message->mutable_schedule_to_start_timeout());
        if (message->has_start_to_close_timeout()) cap(message->mutable_start_to_close_timeout());
        if (message->has_heartbeat_timeout()) cap(message->mutable_heartbeat_timeout());
    }
    if constexpr (requires { message->mutable_workflow_execution_timeout(); }) {
        if (message->has_workflow_execution_timeout()) cap(message->mutable_workflow_execution_timeout());
    }
    if constexpr (requires { message->mutable_workflow_run_timeout(); }) {
        if (message->has_workflow_run_timeout()) cap(message->mutable_workflow_run_timeout());
        if (message->has_workflow_task_timeout()) cap(message->mutable_workflow_task_timeout());
    }
    if constexpr (requires { message->mutable_backoff_start_interval(); }) {
        if (message->has_backoff_start_interval()) cap(message->mutable_backoff_start_interval());
    }
    if constexpr (requires { message->mutable_start_to_fire_timeout(); }) {
        if (message->has_start_to_fire_timeout()) cap(message->mutable_start_to_fire_timeout());
    }
    if constexpr (requires { message->mutable_maximum_interval(); }) {
        if (message->has_initial_interval()) cap(message->mutable_initial_interval());
        if (message->has_maximum_interval()) cap(message->mutable_maximum_interval());
    }
}

/// Which names a request may use: those of people, the server's own as well, or those of a queue's partitions too.
enum class QueueNames { Users, Internal, Partitions };
/// `queue` is nullptr where the request has none.
Problem taskQueueProblem(const temporal::api::taskqueue::v1::TaskQueue* queue, QueueNames allowed = QueueNames::Users);
Problem priorityProblem(const common::Priority& priority);
Problem linksProblem(const google::protobuf::RepeatedPtrField<common::Link>& links);
Problem overrideProblem(const temporal::api::workflow::v1::VersioningOverride& versioning);
/// Throws INVALID_ARGUMENT, or UNIMPLEMENTED for a callback of a kind that nobody knows.
void checkCallbacks(const google::protobuf::RepeatedPtrField<common::Callback>& callbacks);

/// Throws when it is missing, or no id of a workflow and a run.
void checkExecution(const common::WorkflowExecution* execution);
/// A request with a task token may leave the namespace out, but not name an unknown one.
void checkTokenNamespace(World& world, const std::string& ns);
void checkIdentity(const std::string& identity);
void checkRequestId(const std::string& id);
void checkBlob(const World& world, const google::protobuf::Message& blob);
void checkMemo(const World& world, const common::Memo& memo);

template <typename Request>
const common::WorkflowExecution* executionOf(const Request& request) {
    if constexpr (requires { request.workflow_execution(); }) {
        return request.has_workflow_execution() ? &request.workflow_execution() : nullptr;
    } else {
        return request.has_execution() ? &request.execution() : nullptr;
    }
}

/// The request names a known namespace, and has a well-formed execution.
template <typename Request>
void checkTarget(World& world, const Request& request) {
    world.namespaceOf(request.namespace_());
    checkExecution(executionOf(request));
}

/// The run that the request is about. Throws NOT_FOUND where there is none.
template <typename Request>
Run& targetOf(World& world, const Request& request) {
    checkTarget(world, request);
    return world.runOf(request.namespace_(), *executionOf(request));
}

template <typename Request>
const temporal::api::taskqueue::v1::TaskQueue* queueOf(const Request& request) {
    return request.has_task_queue() ? &request.task_queue() : nullptr;
}

}  // namespace orrery::server
