// SPDX-License-Identifier: MIT
// Request messages from plain values. Complete types come from <temporal/api/workflowservice/v1/request_response.pb.h>,
// which only .cpp files include: it costs seconds.
#pragma once

#include <string>

#include "core/client/connection.h"
#include "core/definition/options.h"
#include "core/payload/payload.h"

namespace temporal::api::workflowservice::v1 {
class CountWorkflowExecutionsRequest;
class DescribeWorkflowExecutionRequest;
class GetWorkflowExecutionHistoryRequest;
class ListWorkflowExecutionsRequest;
class PollWorkflowExecutionUpdateRequest;
class QueryWorkflowRequest;
class RequestCancelWorkflowExecutionRequest;
class SignalWithStartWorkflowExecutionRequest;
class SignalWorkflowExecutionRequest;
class StartWorkflowExecutionRequest;
class TerminateWorkflowExecutionRequest;
class UpdateWorkflowExecutionRequest;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::client {

namespace wsv = temporal::api::workflowservice::v1;
using definition::StartWorkflowOptions;
using payload::Payloads;

/// An empty run id means the latest run.
struct WorkflowRef {
    std::string workflowId;
    std::string runId;
    /// Pins a chain of runs: the request fails when the id has been given to a new chain since.
    std::string firstExecutionRunId;
};

enum class QueryRejectCondition { None = 1, NotOpen = 2, NotCompletedCleanly = 3 };
enum class UpdateStage { Unspecified = 0, Admitted = 1, Accepted = 2, Completed = 3 };

/// Throws base::Error(InvalidArgument) when id, type or task queue is missing.
wsv::StartWorkflowExecutionRequest startRequest(const Connection& over, const std::string& workflowType,
                                                const StartWorkflowOptions& options, const Payloads& input);
wsv::SignalWithStartWorkflowExecutionRequest signalWithStartRequest(const Connection& over,
                                                                    const std::string& workflowType,
                                                                    const StartWorkflowOptions& options,
                                                                    const Payloads& input, const std::string& signal,
                                                                    const Payloads& signalInput);
wsv::SignalWorkflowExecutionRequest signalRequest(const Connection& over, const WorkflowRef& workflow,
                                                  const std::string& name, const Payloads& input);
wsv::QueryWorkflowRequest queryRequest(const Connection& over, const WorkflowRef& workflow, const std::string& name,
                                       const Payloads& input, QueryRejectCondition reject);
/// An empty update id becomes a fresh one.
wsv::UpdateWorkflowExecutionRequest updateRequest(const Connection& over, const WorkflowRef& workflow,
                                                  const std::string& name, const Payloads& input,
                                                  const std::string& updateId, UpdateStage waitFor);
wsv::PollWorkflowExecutionUpdateRequest pollUpdateRequest(const Connection& over, const WorkflowRef& workflow,
                                                          const std::string& updateId, UpdateStage waitFor);
wsv::RequestCancelWorkflowExecutionRequest cancelRequest(const Connection& over, const WorkflowRef& workflow,
                                                         const std::string& reason);
wsv::TerminateWorkflowExecutionRequest terminateRequest(const Connection& over, const WorkflowRef& workflow,
                                                        const std::string& reason);
wsv::DescribeWorkflowExecutionRequest describeRequest(const Connection& over, const WorkflowRef& workflow);

enum class HistoryFilter { All, CloseEvent };
/// `wait`: with a token at the end of an open run, the server holds the answer until there is more.
wsv::GetWorkflowExecutionHistoryRequest historyRequest(const Connection& over, const WorkflowRef& workflow,
                                                       const std::string& pageToken, bool wait, HistoryFilter filter);
wsv::ListWorkflowExecutionsRequest listRequest(const Connection& over, const std::string& query, int pageSize,
                                               const std::string& pageToken);
wsv::CountWorkflowExecutionsRequest countRequest(const Connection& over, const std::string& query);

}  // namespace orrery::client
