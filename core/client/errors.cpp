// SPDX-License-Identifier: MIT
#include "core/client/errors.h"

#include <utility>

#include <fmt/format.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/failure/v1/message.pb.h>

namespace orrery::client {
namespace {

namespace details = temporal::api::errordetails::v1;

template <typename Detail>
bool unpack(const google::rpc::Status& status, Detail* detail) {
    for (const auto& any : status.details()) {
        if (any.Is<Detail>()) return any.UnpackTo(detail);
    }
    return false;
}

RpcErrorPtr fromDetail(const google::rpc::Status& status, base::ErrorCode code, const std::string& message) {
    if (details::WorkflowExecutionAlreadyStartedFailure started; unpack(status, &started)) {
        return std::make_shared<WorkflowAlreadyStartedError>(message, started.run_id(), started.start_request_id());
    }
    if (details::QueryFailedFailure query; unpack(status, &query)) {
        std::shared_ptr<temporal::api::failure::v1::Failure> failure;
        if (query.has_failure()) {
            failure = std::make_shared<temporal::api::failure::v1::Failure>(std::move(*query.mutable_failure()));
        }
        return std::make_shared<QueryFailedError>(message, std::move(failure));
    }
    if (details::NamespaceNotFoundFailure missing; unpack(status, &missing)) {
        return std::make_shared<NamespaceNotFoundError>(message, missing.namespace_());
    }
    if (details::WorkflowNotReadyFailure notReady; unpack(status, &notReady)) {
        return std::make_shared<WorkflowNotReadyError>(message);
    }
    if (details::MultiOperationExecutionFailure multi; unpack(status, &multi)) {
        return std::make_shared<MultiOperationError>(code, message);
    }
    return nullptr;
}

/// For codes that gRPC itself makes, where the server's words are missing or of no use to a person.
std::string explain(const grpc::Status& status, const std::string& method, const std::string& address) {
    switch (status.error_code()) {
        case grpc::StatusCode::UNAVAILABLE:
            return fmt::format(
                "no Temporal server answers at {} ({}). Check the address, or start one with `orrery serve`", address,
                status.error_message());
        case grpc::StatusCode::DEADLINE_EXCEEDED:
            return fmt::format("the server at {} did not answer {} in time", address, method);
        case grpc::StatusCode::CANCELLED: return fmt::format("the call of {} was cancelled", method);
        default: break;
    }
    if (status.error_message().empty()) {
        return fmt::format("{} failed with {}", method, errorCodeName(base::ErrorCode(status.error_code())));
    }
    return status.error_message();
}

}  // namespace

WorkflowAlreadyStartedError::WorkflowAlreadyStartedError(const std::string& message, std::string runId,
                                                         std::string startRequestId)
    : RpcError(base::ErrorCode::AlreadyExists, message, {{"runId", runId}}),
      m_runId(std::move(runId)),
      m_startRequestId(std::move(startRequestId)) {}

QueryFailedError::QueryFailedError(const std::string& message,
                                   std::shared_ptr<const temporal::api::failure::v1::Failure> failure)
    : RpcError(base::ErrorCode::InvalidArgument, message), m_failure(std::move(failure)) {}

RpcErrorPtr errorFromStatus(const grpc::Status& status, const std::string& method, const std::string& address) {
    if (status.ok()) return nullptr;
    const auto code = static_cast<base::ErrorCode>(status.error_code());
    const std::string message = explain(status, method, address);
    if (!status.error_details().empty()) {
        google::rpc::Status details;
        if (details.ParseFromString(status.error_details())) {
            if (auto typed = fromDetail(details, code, message)) return typed;
        }
    }
    if (code == base::ErrorCode::NotFound) {
        return std::make_shared<NotFoundError>(message, base::Error::Fields{{"method", method}});
    }
    return std::make_shared<RpcError>(code, message, base::Error::Fields{{"method", method}, {"address", address}});
}

}  // namespace orrery::client
