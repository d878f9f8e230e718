// SPDX-License-Identifier: MIT
#include "core/client/backoff.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace orrery::client {
namespace {

/// Even the first pause after RESOURCE_EXHAUSTED is long: the server has just said that it has too much to do.
constexpr base::Duration kExhaustedPause = std::chrono::seconds(1);

double randomFactor(double jitter) {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(1.0 - jitter, 1.0 + jitter)(engine);
}

}  // namespace

RetryPolicy RetryPolicy::none() {
    RetryPolicy policy;
    policy.maximumRetries = 0;
    return policy;
}

RetryPolicy RetryPolicy::forPolls() {
    RetryPolicy policy;
    policy.initialInterval = std::chrono::milliseconds(200);
    policy.coefficient = 2;
    policy.maximumInterval = std::chrono::seconds(10);
    policy.maximumElapsed = std::nullopt;
    policy.maximumRetries = std::nullopt;
    policy.retryDeadline = true;
    return policy;
}

RetryPolicy RetryPolicy::forWaiting() {
    RetryPolicy policy;
    policy.retryDeadline = true;
    return policy;
}

CallOptions CallOptions::longPoll(RetryPolicy retry) {
    CallOptions options;
    options.timeout = std::chrono::seconds(70);
    options.retry = retry;
    return options;
}

bool Backoff::isTransient(base::ErrorCode code) {
    using base::ErrorCode;
    switch (code) {
        case ErrorCode::DataLoss:
        case ErrorCode::Internal:
        case ErrorCode::Unknown:
        case ErrorCode::ResourceExhausted:
        case ErrorCode::Aborted:
        case ErrorCode::OutOfRange:
        case ErrorCode::Unavailable: return true;
        default: return false;
    }
}

std::optional<base::Duration> Backoff::next(base::ErrorCode code, base::Duration now) {
    if (m_policy.retryDeadline && code == base::ErrorCode::DeadlineExceeded) {
        m_retries = 0;
        m_failingSince.reset();
        return base::Duration::zero();
    }
    if (!isTransient(code) || (m_policy.maximumRetries && m_retries >= *m_policy.maximumRetries)) return std::nullopt;
    double pause = static_cast<double>(m_policy.initialInterval.count()) * std::pow(m_policy.coefficient, m_retries);
    if (code == base::ErrorCode::ResourceExhausted) pause = std::max(pause, double(kExhaustedPause.count()));
    pause = std::min(pause, static_cast<double>(m_policy.maximumInterval.count()));
    const base::Duration jittered(static_cast<int64_t>(pause * randomFactor(m_policy.jitter)));
    if (!m_failingSince) m_failingSince = now;
    if (m_policy.maximumElapsed && now + jittered - *m_failingSince > *m_policy.maximumElapsed) return std::nullopt;
    ++m_retries;
    return jittered;
}

}  // namespace orrery::client
