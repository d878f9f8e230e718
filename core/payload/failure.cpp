// SPDX-License-Identifier: MIT
#include "core/payload/failure.h"

#include <cstdlib>
#include <type_traits>

#include <cxxabi.h>

namespace orrery::payload {
namespace {

using base::ErrorCode;

constexpr const char* kSource = "OrrerySDK";

ErrorCode codeOf(const FailureData& data) {
    if (std::holds_alternative<CancelledFailureData>(data.kind)) return ErrorCode::Cancelled;
    if (std::holds_alternative<TimeoutFailureData>(data.kind)) return ErrorCode::DeadlineExceeded;
    if (std::holds_alternative<TerminatedFailureData>(data.kind)) return ErrorCode::Aborted;
    if (std::holds_alternative<ServerFailureData>(data.kind)) return ErrorCode::Internal;
    return ErrorCode::Unknown;
}

FailureData ownData(const std::string& message, FailureData::Kind kind) {
    FailureData data;
    data.message = message;
    data.source = kSource;
    data.kind = std::move(kind);
    return data;
}

ApplicationFailureData applicationKind(const std::string& type) {
    ApplicationFailureData kind;
    kind.type = type;
    return kind;
}

TimeoutFailureData timeoutKind(TimeoutType type) {
    TimeoutFailureData kind;
    kind.type = type;
    return kind;
}

CancelledFailureData cancelledKind(Payloads details) {
    CancelledFailureData kind;
    kind.details = std::move(details);
    return kind;
}

std::string typeName(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                           &std::free);
    return status == 0 && name ? name.get() : type.name();
}

/// Calls `use` with a failure of the class that fits the kind.
template <class Use>
auto withTyped(const FailureData& data, Use use) {
    if (std::holds_alternative<ApplicationFailureData>(data.kind)) return use(ApplicationFailure(data));
    if (std::holds_alternative<TimeoutFailureData>(data.kind)) return use(TimeoutFailure(data));
    if (std::holds_alternative<CancelledFailureData>(data.kind)) return use(CancelledFailure(data));
    if (std::holds_alternative<TerminatedFailureData>(data.kind)) return use(TerminatedFailure(data));
    if (std::holds_alternative<ServerFailureData>(data.kind)) return use(ServerFailure(data));
    if (std::holds_alternative<ActivityFailureData>(data.kind)) return use(ActivityFailure(data));
    if (std::holds_alternative<ChildWorkflowFailureData>(data.kind)) return use(ChildWorkflowFailure(data));
    return use(Failure(data));
}

std::exception_ptr nestedIn(const std::exception& error) {
    const auto* nested = dynamic_cast<const std::nested_exception*>(&error);
    return nested ? nested->nested_ptr() : nullptr;
}

}  // namespace

Failure::Failure(FailureData data)
    : Error(codeOf(data), data.message),
      m_data(std::move(data)),
      m_cause(m_data.cause ? makeFailure(*m_data.cause) : nullptr) {}

void Failure::setCause(const Failure& cause) {
    m_data.cause = std::make_shared<const FailureData>(cause.data());
    m_cause = makeFailure(*m_data.cause);
}

ApplicationFailure::ApplicationFailure(const std::string& message, const std::string& type)
    : Failure(ownData(message, applicationKind(type))) {}

ApplicationFailure::ApplicationFailure(FailureData data) : Failure(std::move(data)) {}

ApplicationFailure& ApplicationFailure::type(std::string value) {
    kind<ApplicationFailureData>().type = std::move(value);
    return *this;
}

ApplicationFailure& ApplicationFailure::nonRetryable(bool value) {
    kind<ApplicationFailureData>().nonRetryable = value;
    return *this;
}

ApplicationFailure& ApplicationFailure::nextRetryDelay(base::Duration value) {
    kind<ApplicationFailureData>().nextRetryDelay = value;
    return *this;
}

ApplicationFailure& ApplicationFailure::category(FailureCategory value) {
    kind<ApplicationFailureData>().category = value;
    return *this;
}

ApplicationFailure& ApplicationFailure::causedBy(const Failure& cause) {
    setCause(cause);
    return *this;
}

CancelledFailure::CancelledFailure(const std::string& message, Payloads details)
    : Failure(ownData(message, cancelledKind(std::move(details)))) {}

TimeoutFailure::TimeoutFailure(const std::string& message, TimeoutType type)
    : Failure(ownData(message, timeoutKind(type))) {}

TerminatedFailure::TerminatedFailure(const std::string& message) : Failure(ownData(message, TerminatedFailureData())) {}

ServerFailure::ServerFailure(const std::string& message, bool nonRetryable)
    : Failure(ownData(message, ServerFailureData{nonRetryable})) {}

std::shared_ptr<const Failure> makeFailure(const FailureData& data) {
    return withTyped(data, [](auto failure) -> std::shared_ptr<const Failure> {
        return std::make_shared<const decltype(failure)>(std::move(failure));
    });
}

std::exception_ptr failureException(const FailureData& data) {
    return withTyped(data, [](auto failure) { return std::make_exception_ptr(std::move(failure)); });
}

void throwFailure(const FailureData& data) { std::rethrow_exception(failureException(data)); }

FailureData failureData(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const Failure& failure) {
        return failure.data();
    } catch (const std::exception& error) {
        FailureData data = ownData(error.what(), applicationKind(typeName(typeid(error))));
        if (const auto nested = nestedIn(error)) data.cause = std::make_shared<const FailureData>(failureData(nested));
        return data;
    } catch (...) {
        return ownData("The code threw something that is no std::exception.", applicationKind("unknown"));
    }
}

bool isCancellation(const Failure& failure) {
    if (dynamic_cast<const CancelledFailure*>(&failure)) return true;
    const bool wraps =
        dynamic_cast<const ActivityFailure*>(&failure) || dynamic_cast<const ChildWorkflowFailure*>(&failure);
    return wraps && failure.cause() && isCancellation(*failure.cause());
}

}  // namespace orrery::payload
