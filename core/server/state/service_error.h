// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "core/base/error.h"

namespace orrery::server {

/// An error that goes to the caller as a status, with the one detail message SDKs branch on.
class ServiceError : public base::Error {
public:
    ServiceError(base::ErrorCode code, const std::string& message) : Error(code, message) {}
    ServiceError(base::ErrorCode code, const std::string& message, const google::protobuf::Message& detail);

    /// google.rpc.Status in wire form, for the grpc-status-details-bin trailer.
    std::string statusBytes() const;
    const std::string& detailType() const { return m_detailType; }
    const std::string& detailBytes() const { return m_detailBytes; }

private:
    std::string m_detailType;
    std::string m_detailBytes;
};

/// The error of an operation that was left undone because another one failed.
ServiceError operationAborted();
/// One error for several operations that count as one; nullopt for what went well.
ServiceError operationsFailed(const std::string& message, const std::vector<std::optional<ServiceError>>& operations);

ServiceError invalidArgument(const std::string& message);
ServiceError notFound(const std::string& message);
ServiceError namespaceNotFound(const std::string& name);
ServiceError alreadyStarted(const std::string& message, const std::string& startRequestId, const std::string& runId,
                            const std::string& firstRunId);
ServiceError failedPrecondition(const std::string& message);
ServiceError workflowNotReady(const std::string& message);
ServiceError unimplemented(const std::string& message);
ServiceError permissionDenied(const std::string& message);
/// RESOURCE_EXHAUSTED for one workflow that has too much going on; clients try again.
ServiceError busyWorkflow(const std::string& message);
ServiceError tooManyAtOnce(const std::string& message);

}  // namespace orrery::server
