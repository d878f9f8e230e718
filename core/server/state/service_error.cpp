// SPDX-License-Identifier: MIT
#include "core/server/state/service_error.h"

#include <google/rpc/status.pb.h>
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/failure/v1/message.pb.h>

namespace orrery::server {

namespace details = temporal::api::errordetails::v1;
using base::ErrorCode;

ServiceError::ServiceError(ErrorCode code, const std::string& message, const google::protobuf::Message& detail)
    : Error(code, message),
      m_detailType(detail.GetDescriptor()->full_name()),
      m_detailBytes(detail.SerializeAsString()) {}

std::string ServiceError::statusBytes() const {
    google::rpc::Status status;
    status.set_code(int(code()));
    status.set_message(what());
    if (!m_detailType.empty()) {
        auto* detail = status.add_details();
        detail->set_type_url("type.googleapis.com/" + m_detailType);
        detail->set_value(m_detailBytes);
    }
    return status.SerializeAsString();
}

ServiceError operationAborted() {
    return {ErrorCode::Aborted, "Operation was aborted.", temporal::api::failure::v1::MultiOperationExecutionAborted()};
}

ServiceError operationsFailed(const std::string& message, const std::vector<std::optional<ServiceError>>& operations) {
    details::MultiOperationExecutionFailure detail;
    const std::string aborted = operationAborted().detailType();
    auto code = ErrorCode::Ok;
    for (const auto& operation : operations) {
        auto* status = detail.add_statuses();
        if (!operation) continue;
        status->set_code(int(operation->code()));
        status->set_message(operation->what());
        if (code == ErrorCode::Ok && operation->detailType() != aborted) code = operation->code();
        if (operation->detailType().empty()) continue;
        auto* packed = status->add_details();
        packed->set_type_url("type.googleapis.com/" + operation->detailType());
        packed->set_value(operation->detailBytes());
    }
    return {code == ErrorCode::Ok ? ErrorCode::Aborted : code, message, detail};
}

ServiceError invalidArgument(const std::string& message) { return {ErrorCode::InvalidArgument, message}; }

ServiceError notFound(const std::string& message) { return {ErrorCode::NotFound, message, details::NotFoundFailure()}; }

ServiceError namespaceNotFound(const std::string& name) {
    details::NamespaceNotFoundFailure detail;
    detail.set_namespace_(name);
    return {ErrorCode::NotFound, "Namespace " + name + " is not found.", detail};
}

ServiceError alreadyStarted(const std::string& message, const std::string& startRequestId, const std::string& runId,
                            const std::string& firstRunId) {
    details::WorkflowExecutionAlreadyStartedFailure detail;
    detail.set_start_request_id(startRequestId);
    detail.set_run_id(runId);
    detail.set_first_execution_run_id(firstRunId);
    return {ErrorCode::AlreadyExists, message, detail};
}

ServiceError failedPrecondition(const std::string& message) { return {ErrorCode::FailedPrecondition, message}; }

ServiceError workflowNotReady(const std::string& message) {
    return {ErrorCode::FailedPrecondition, message, details::WorkflowNotReadyFailure()};
}

ServiceError unimplemented(const std::string& message) { return {ErrorCode::Unimplemented, message}; }

ServiceError permissionDenied(const std::string& message) {
    return {ErrorCode::PermissionDenied, message, details::PermissionDeniedFailure()};
}

namespace {

ServiceError exhausted(const std::string& message, temporal::api::enums::v1::ResourceExhaustedCause cause) {
    details::ResourceExhaustedFailure detail;
    detail.set_cause(cause);
    detail.set_scope(temporal::api::enums::v1::RESOURCE_EXHAUSTED_SCOPE_NAMESPACE);
    return {ErrorCode::ResourceExhausted, message, detail};
}

}  // namespace

ServiceError busyWorkflow(const std::string& message) {
    return exhausted(message, temporal::api::enums::v1::RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW);
}

ServiceError tooManyAtOnce(const std::string& message) {
    return exhausted(message, temporal::api::enums::v1::RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT);
}

}  // namespace orrery::server
