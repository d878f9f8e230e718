// SPDX-License-Identifier: MIT
#include "core/server/state/retry.h"

#include <algorithm>
#include <cmath>

#include "core/payload/proto.h"
#include "core/server/state/checks.h"

namespace orrery::server {
namespace {

namespace enums = temporal::api::enums::v1;
using temporal::api::common::v1::RetryPolicy;
using temporal::api::failure::v1::Failure;
using namespace std::chrono_literals;

constexpr std::string_view kTimeoutType = "TemporalTimeout:";

bool listed(const RetryPolicy& policy, const std::string& type) {
    const auto& types = policy.non_retryable_error_types();
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool mayRetry(const RetryPolicy& policy, const Failure& failure) {
    if (failure.has_canceled_failure_info() || failure.has_terminated_failure_info()) return false;
    if (failure.has_server_failure_info()) return !failure.server_failure_info().non_retryable();
    if (failure.has_timeout_failure_info()) {
        switch (failure.timeout_failure_info().timeout_type()) {
            case enums::TIMEOUT_TYPE_START_TO_CLOSE: return !listed(policy, "TemporalTimeout:StartToClose");
            case enums::TIMEOUT_TYPE_HEARTBEAT: return !listed(policy, "TemporalTimeout:Heartbeat");
            default: return false;
        }
    }
    if (failure.has_application_failure_info()) {
        const auto& info = failure.application_failure_info();
        return !info.non_retryable() && !listed(policy, info.type());
    }
    return true;
}

std::optional<base::Duration> maximumInterval(const RetryPolicy& policy) {
    const base::Duration maximum = payload::fromProto(policy.maximum_interval());
    if (maximum > 0s) return maximum;
    return std::nullopt;
}

base::Duration computedInterval(const RetryPolicy& policy, int attempt) {
    const double initial = double(payload::fromProto(policy.initial_interval()).count());
    const double value = initial * std::pow(policy.backoff_coefficient(), attempt - 1);
    const auto maximum = maximumInterval(policy);
    constexpr double kMost = 9.0e18;
    if (maximum && !(value < double(maximum->count()))) return *maximum;
    return value < kMost ? base::Duration(int64_t(value)) : base::Duration(int64_t(kMost));
}

}  // namespace

RetryDecision decideRetry(const RetryQuestion& question) {
    const RetryPolicy& policy = *question.policy;
    if (question.failure != nullptr && !mayRetry(policy, *question.failure)) {
        return {enums::RETRY_STATE_NON_RETRYABLE_FAILURE, {}};
    }
    if (policy.maximum_attempts() > 0 && question.attempt >= policy.maximum_attempts()) {
        return {enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, {}};
    }
    base::Duration interval = computedInterval(policy, question.attempt);
    if (question.failure != nullptr && question.failure->application_failure_info().has_next_retry_delay()) {
        interval = payload::fromProto(question.failure->application_failure_info().next_retry_delay());
        // No delay at all reads as one that is unknown.
        const auto maximum = question.capOwnDelay ? maximumInterval(policy) : std::nullopt;
        if (interval <= 0s && !maximum) return {enums::RETRY_STATE_TIMEOUT, {}};
        if (maximum && (interval <= 0s || interval > *maximum)) interval = *maximum;
    }
    if (question.expiration && interval > *question.expiration - question.now) return {enums::RETRY_STATE_TIMEOUT, {}};
    return {enums::RETRY_STATE_IN_PROGRESS, interval};
}

void fillRetryPolicy(RetryPolicy* policy) {
    capDurations(policy);
    if (payload::fromProto(policy->initial_interval()) <= 0s) payload::toProto(1s, policy->mutable_initial_interval());
    if (policy->backoff_coefficient() == 0) policy->set_backoff_coefficient(2.0);
    if (payload::fromProto(policy->maximum_interval()) <= 0s) {
        const base::Duration initial = payload::fromProto(policy->initial_interval());
        const base::Duration maximum = initial > base::Duration::max() / 100 ? base::Duration::max() : initial * 100;
        payload::toProto(maximum, policy->mutable_maximum_interval());
    }
}

std::optional<std::string> retryPolicyProblem(const RetryPolicy& policy) {
    if (policy.maximum_attempts() == 1) return std::nullopt;
    if (payload::fromProto(policy.initial_interval()) < 0s) {
        return "invalid InitialInterval set on retry policy: negative duration";
    }
    if (policy.backoff_coefficient() != 0 && policy.backoff_coefficient() < 1) {
        return "BackoffCoefficient cannot be less than 1 on retry policy.";
    }
    const base::Duration maximum = payload::fromProto(policy.maximum_interval());
    if (maximum < 0s) return "invalid MaximumInterval set on retry policy: negative duration";
    if (maximum > 0s && maximum < payload::fromProto(policy.initial_interval())) {
        return "MaximumInterval cannot be less than InitialInterval on retry policy.";
    }
    if (policy.maximum_attempts() < 0) return "MaximumAttempts cannot be negative on retry policy.";
    for (const std::string& type : policy.non_retryable_error_types()) {
        if (!type.starts_with(kTimeoutType)) continue;
        const std::string kind = type.substr(kTimeoutType.size());
        const bool known =
            kind == "StartToClose" || kind == "ScheduleToStart" || kind == "ScheduleToClose" || kind == "Heartbeat";
        if (!known) return "Invalid timeout type value: " + kind + ".";
    }
    return std::nullopt;
}

}  // namespace orrery::server
