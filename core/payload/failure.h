// SPDX-License-Identifier: MIT
// One exception family for everything that fails across the wire. Inside a workflow, a Failure that nobody catches
// fails the run; any other exception fails the workflow task, which is tried again.
#pragma once

#include <exception>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/payload/converter.h"
#include "core/payload/failure_data.h"

namespace orrery::payload {

/// Root of the family. Thrown as itself only for kinds this version does not know.
class Failure : public base::Error {
public:
    explicit Failure(FailureData data);

    const std::string& message() const { return m_data.message; }
    const std::string& source() const { return m_data.source; }
    const std::string& stackTrace() const { return m_data.stackTrace; }
    /// What caused this one, typed; null at the end of the chain. Lives as long as any copy of this failure.
    const Failure* cause() const { return m_cause.get(); }
    /// The first of this failure and its causes that is a T; null when there is none.
    template <class T>
    const T* find() const {
        for (const Failure* failure = this; failure; failure = failure->cause()) {
            if (const auto* found = dynamic_cast<const T*>(failure)) return found;
        }
        return nullptr;
    }
    const FailureData& data() const { return m_data; }

protected:
    template <class Kind>
    const Kind& kind() const {
        return std::get<Kind>(m_data.kind);
    }
    template <class Kind>
    Kind& kind() {
        return std::get<Kind>(m_data.kind);
    }
    void setCause(const Failure& cause);

private:
    FailureData m_data;
    std::shared_ptr<const Failure> m_cause;
};

/// Thrown by workflow and activity code:
///   throw ApplicationFailure("The card was declined").type("CardDeclined").nonRetryable().withDetails(order.id);
class ApplicationFailure : public Failure {
public:
    explicit ApplicationFailure(const std::string& message, const std::string& type = {});
    explicit ApplicationFailure(FailureData data);

    ApplicationFailure& type(std::string value);
    ApplicationFailure& nonRetryable(bool value);
    ApplicationFailure& nonRetryable() { return nonRetryable(true); }
    /// Wins over the retry policy's interval, once.
    ApplicationFailure& nextRetryDelay(base::Duration value);
    /// Benign failures are expected: they are not logged as errors.
    ApplicationFailure& category(FailureCategory value);
    ApplicationFailure& causedBy(const Failure& cause);
    template <class... T>
    ApplicationFailure& withDetails(const T&... values) {
        kind<ApplicationFailureData>().details = defaultConverter().toPayloads(values...);
        return *this;
    }

    const std::string& type() const { return kind<ApplicationFailureData>().type; }
    bool isNonRetryable() const { return kind<ApplicationFailureData>().nonRetryable; }
    std::optional<base::Duration> nextRetryDelay() const { return kind<ApplicationFailureData>().nextRetryDelay; }
    FailureCategory category() const { return kind<ApplicationFailureData>().category; }
    const Payloads& details() const { return kind<ApplicationFailureData>().details; }
    /// The details, typed: `auto [orderId, amount] = failure.details<std::string, double>()`.
    template <class... T>
        requires(sizeof...(T) > 0)
    std::tuple<T...> details() const {
        return defaultConverter().fromPayloads<T...>(details());
    }
};

/// Somebody asked for an end. In workflow code it comes out of whatever the code was waiting for.
class CancelledFailure : public Failure {
public:
    explicit CancelledFailure(const std::string& message = "Cancelled", Payloads details = {});
    explicit CancelledFailure(FailureData data) : Failure(std::move(data)) {}
    const Payloads& details() const { return kind<CancelledFailureData>().details; }
};

class TimeoutFailure : public Failure {
public:
    TimeoutFailure(const std::string& message, TimeoutType type);
    explicit TimeoutFailure(FailureData data) : Failure(std::move(data)) {}
    TimeoutType type() const { return kind<TimeoutFailureData>().type; }
    const Payloads& lastHeartbeatDetails() const { return kind<TimeoutFailureData>().lastHeartbeatDetails; }
};

class TerminatedFailure : public Failure {
public:
    explicit TerminatedFailure(const std::string& message);
    explicit TerminatedFailure(FailureData data) : Failure(std::move(data)) {}
};

class ServerFailure : public Failure {
public:
    explicit ServerFailure(const std::string& message, bool nonRetryable = false);
    explicit ServerFailure(FailureData data) : Failure(std::move(data)) {}
    bool isNonRetryable() const { return kind<ServerFailureData>().nonRetryable; }
};

/// An activity has failed for good; cause() says why (ApplicationFailure, TimeoutFailure, CancelledFailure).
class ActivityFailure : public Failure {
public:
    explicit ActivityFailure(FailureData data) : Failure(std::move(data)) {}
    const std::string& activityType() const { return kind<ActivityFailureData>().activityType; }
    const std::string& activityId() const { return kind<ActivityFailureData>().activityId; }
    RetryState retryState() const { return kind<ActivityFailureData>().retryState; }
};

/// A child workflow has failed; cause() says why.
class ChildWorkflowFailure : public Failure {
public:
    explicit ChildWorkflowFailure(FailureData data) : Failure(std::move(data)) {}
    const std::string& workflowId() const { return kind<ChildWorkflowFailureData>().workflowId; }
    const std::string& runId() const { return kind<ChildWorkflowFailureData>().runId; }
    const std::string& workflowType() const { return kind<ChildWorkflowFailureData>().workflowType; }
    RetryState retryState() const { return kind<ChildWorkflowFailureData>().retryState; }
};

/// The typed failure of these values, with its chain of causes.
std::shared_ptr<const Failure> makeFailure(const FailureData& data);
/// The same, as an exception_ptr or thrown.
std::exception_ptr failureException(const FailureData& data);
[[noreturn]] void throwFailure(const FailureData& data);

/// Values of any exception: a Failure keeps what it is; all else becomes an ApplicationFailure whose type is the name
/// of the C++ type and whose causes are its nested exceptions.
FailureData failureData(const std::exception_ptr& exception);

/// True for a CancelledFailure and for an activity or child failure caused by one.
bool isCancellation(const Failure& failure);

}  // namespace orrery::payload
