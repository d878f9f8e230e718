// SPDX-License-Identifier: MIT
// Between the service's messages and the engine's values.
#pragma once

#include <string>

#include "core/worker/task.h"
#include "core/worker/worker.h"

namespace temporal::api::workflowservice::v1 {
class PollWorkflowTaskQueueRequest;
class PollWorkflowTaskQueueResponse;
class RespondQueryTaskCompletedRequest;
class RespondWorkflowTaskCompletedRequest;
class RespondWorkflowTaskFailedRequest;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::worker {

namespace service = temporal::api::workflowservice::v1;

/// How this worker signs what it sends.
struct Signature {
    std::string namespaceName;
    std::string identity;
    std::string taskQueue;
    /// Empty: no cache, so no sticky queue.
    std::string stickyQueue;
    std::string instanceKey;
    base::Duration stickyScheduleToStart{};
    /// The server keeps what an SDK says about itself.
    bool sdkMetadata = false;
    bool wantsNewTask = false;
};

/// A task as it came: the engine's part, and the token of the history's further pages.
struct ReceivedTask {
    WorkflowTask task;
    std::string nextPageToken;
};

void fillPoll(const Signature& signature, bool sticky, service::PollWorkflowTaskQueueRequest* request);
/// Empties the response.
ReceivedTask takeTask(service::PollWorkflowTaskQueueResponse* response);

void fillReply(const Signature& signature, const std::string& token, TaskCompleted&& reply,
               service::RespondWorkflowTaskCompletedRequest* request);
void fillReply(const Signature& signature, const std::string& token, const TaskFailed& reply,
               service::RespondWorkflowTaskFailedRequest* request);
void fillReply(const Signature& signature, const std::string& token, const TaskAnswered& reply,
               service::RespondQueryTaskCompletedRequest* request);

}  // namespace orrery::worker
