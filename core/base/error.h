// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orrery::base {

/// What kind of thing went wrong. The first seventeen mirror the canonical gRPC status codes, so that an error crosses
/// the wire without loss; Unreadable is ours, for files and documents.
enum class ErrorCode {
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
    Unreadable = 100,
};

/// The code's name as people know it from gRPC, for example "NOT_FOUND".
std::string_view errorCodeName(ErrorCode code);

/// Root of every exception thrown by core. what() is plain English for a person: what happened, to what, what to do.
/// Fields hold the parts of the message (for example {"workflowId", "order-1"}) for views that translate by code.
class Error : public std::runtime_error {
public:
    using Fields = std::map<std::string, std::string>;

    Error(ErrorCode code, const std::string& message, Fields fields = {});

    ErrorCode code() const noexcept { return m_code; }
    const Fields& fields() const noexcept { return m_fields; }

private:
    ErrorCode m_code;
    Fields m_fields;
};

}  // namespace orrery::base
