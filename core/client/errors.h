// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "core/base/error.h"

namespace temporal::api::failure::v1 {
class Failure;
}
namespace grpc {
class Status;
}

namespace orrery::client {

/// An answer of the server that is no success, or no answer at all. Children exist where the status carries a detail
/// message that callers branch on; everything else is told apart by code(). Immutable, so safe to share.
class RpcError : public base::Error {
public:
    RpcError(base::ErrorCode code, const std::string& message, Fields fields = {}) : Error(code, message, fields) {}

    /// Throws *this with its own type.
    [[noreturn]] virtual void raise() const { throw *this; }
};

using RpcErrorPtr = std::shared_ptr<const RpcError>;

/// The workflow id is taken: by a running workflow, or by a closed one that the reuse policy protects.
class WorkflowAlreadyStartedError final : public RpcError {
public:
    WorkflowAlreadyStartedError(const std::string& message, std::string runId, std::string startRequestId);
    [[noreturn]] void raise() const override { throw *this; }

    const std::string& runId() const { return m_runId; }
    const std::string& startRequestId() const { return m_startRequestId; }

private:
    std::string m_runId;
    std::string m_startRequestId;
};

/// The query handler threw, or there is none of that name.
class QueryFailedError final : public RpcError {
public:
    QueryFailedError(const std::string& message, std::shared_ptr<const temporal::api::failure::v1::Failure> failure);
    [[noreturn]] void raise() const override { throw *this; }

    /// What the worker reported; null when the server said nothing more.
    const std::shared_ptr<const temporal::api::failure::v1::Failure>& failure() const { return m_failure; }

private:
    std::shared_ptr<const temporal::api::failure::v1::Failure> m_failure;
};

/// No such workflow, run, task, schedule and so on.
class NotFoundError : public RpcError {
public:
    explicit NotFoundError(const std::string& message, Fields fields = {})
        : RpcError(base::ErrorCode::NotFound, message, std::move(fields)) {}
    [[noreturn]] void raise() const override { throw *this; }
};

class NamespaceNotFoundError final : public NotFoundError {
public:
    NamespaceNotFoundError(const std::string& message, std::string name)
        : NotFoundError(message, {{"namespace", name}}), m_name(std::move(name)) {}
    [[noreturn]] void raise() const override { throw *this; }

    const std::string& namespaceName() const { return m_name; }

private:
    std::string m_name;
};

/// The workflow cannot take a query or update now: no first task yet, or its tasks keep failing.
class WorkflowNotReadyError final : public RpcError {
public:
    explicit WorkflowNotReadyError(const std::string& message)
        : RpcError(base::ErrorCode::FailedPrecondition, message) {}
    [[noreturn]] void raise() const override { throw *this; }
};

/// One part of an update-with-start was refused; code() is that part's.
class MultiOperationError final : public RpcError {
public:
    MultiOperationError(base::ErrorCode code, const std::string& message) : RpcError(code, message) {}
    [[noreturn]] void raise() const override { throw *this; }
};

/// The error for a failed call: its detail message decides the type. `method` and `address` go into the fields, and
/// into the text where the server had no say (not reachable, deadline passed). Null for an OK status.
RpcErrorPtr errorFromStatus(const grpc::Status& status, const std::string& method, const std::string& address);

}  // namespace orrery::client
