// SPDX-License-Identifier: MIT
#include "core/base/error.h"

#include <utility>

namespace orrery::base {

std::string_view errorCodeName(ErrorCode code) {
    switch (code) {
        case ErrorCode::Ok: return "OK";
        case ErrorCode::Cancelled: return "CANCELLED";
        case ErrorCode::Unknown: return "UNKNOWN";
        case ErrorCode::InvalidArgument: return "INVALID_ARGUMENT";
        case ErrorCode::DeadlineExceeded: return "DEADLINE_EXCEEDED";
        case ErrorCode::NotFound: return "NOT_FOUND";
        case ErrorCode::AlreadyExists: return "ALREADY_EXISTS";
        case ErrorCode::PermissionDenied: return "PERMISSION_DENIED";
        case ErrorCode::ResourceExhausted: return "RESOURCE_EXHAUSTED";
        case ErrorCode::FailedPrecondition: return "FAILED_PRECONDITION";
        case ErrorCode::Aborted: return "ABORTED";
        case ErrorCode::OutOfRange: return "OUT_OF_RANGE";
        case ErrorCode::Unimplemented: return "UNIMPLEMENTED";
        case ErrorCode::Internal: return "INTERNAL";
        case ErrorCode::Unavailable: return "UNAVAILABLE";
        case ErrorCode::DataLoss: return "DATA_LOSS";
        case ErrorCode::Unauthenticated: return "UNAUTHENTICATED";
        case ErrorCode::Unreadable: return "UNREADABLE";
    }
    return "UNKNOWN";
}

Error::Error(ErrorCode code, const std::string& message, Fields fields)
    : std::runtime_error(message), m_code(code), m_fields(std::move(fields)) {}

}  // namespace orrery::base
