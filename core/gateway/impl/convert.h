// SPDX-License-Identifier: MIT
// The server's answers as plain values.
#pragma once

#include <string>

#include "core/client/values.h"
#include "core/gateway/values.h"
#include "core/payload/failure_data.h"

namespace temporal::api::failure::v1 {
class Failure;
}
namespace temporal::api::workflowservice::v1 {
class CountWorkflowExecutionsResponse;
class DescribeWorkflowExecutionResponse;
class ListWorkflowExecutionsResponse;
}  // namespace temporal::api::workflowservice::v1

namespace orrery::gateway {

namespace wsv = temporal::api::workflowservice::v1;

WorkflowPage pageFrom(const wsv::ListWorkflowExecutionsResponse& response);
/// `response`: of a count grouped by ExecutionStatus.
WorkflowCounts countsFrom(const wsv::CountWorkflowExecutionsResponse& response);
WorkflowDescription descriptionFrom(const wsv::DescribeWorkflowExecutionResponse& response);
FailureInfo failureFrom(const temporal::api::failure::v1::Failure& wire);
FailureInfo failureFrom(const payload::FailureData& failure);

/// Throws base::Error(InvalidArgument) when the payload holds no workflow metadata.
Handlers handlersFrom(const payload::Payloads& answer);

/// The list filter for both parts of a query; empty for all workflows.
std::string filterFrom(const ListQuery& query);

}  // namespace orrery::gateway
