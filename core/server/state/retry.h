// SPDX-License-Identifier: MIT
// Retry policies, for activities and for workflows.
#pragma once

#include <optional>

#include <temporal/api/common/v1/message.pb.h>
#include <temporal/api/enums/v1/workflow.pb.h>
#include <temporal/api/failure/v1/message.pb.h>

#include "core/base/time.h"

namespace orrery::server {

struct RetryQuestion {
    base::Timestamp now;
    int attempt = 1;  ///< the one that failed
    const temporal::api::common::v1::RetryPolicy* policy = nullptr;
    std::optional<base::Timestamp> expiration;
    const temporal::api::failure::v1::Failure* failure = nullptr;
    /// A workflow's own next_retry_delay is still capped by the maximum interval; an activity's is not.
    bool capOwnDelay = false;
};

struct RetryDecision {
    /// IN_PROGRESS: try again after `interval`; anything else says why not.
    temporal::api::enums::v1::RetryState state = temporal::api::enums::v1::RETRY_STATE_IN_PROGRESS;
    base::Duration interval{};
};

RetryDecision decideRetry(const RetryQuestion& question);

/// Fills what an activity's policy leaves open: 1 s, factor 2, at most 100 times the first interval, no limit of
/// attempts.
void fillRetryPolicy(temporal::api::common::v1::RetryPolicy* policy);
/// Why the policy is not acceptable; nullopt when it is.
std::optional<std::string> retryPolicyProblem(const temporal::api::common::v1::RetryPolicy& policy);

}  // namespace orrery::server
