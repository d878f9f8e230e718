// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "core/client/connection.h"

namespace orrery::client {

/// Decides after each failed try whether there is another one, and when. Plain value, one a call.
class Backoff {
public:
    Backoff(const RetryPolicy& policy, base::Duration startedAt) : m_policy(policy), m_startedAt(startedAt) {}

    /// How long to pause before the next try; nullopt: give up. `now` and `startedAt` are readings of one clock.
    std::optional<base::Duration> next(base::ErrorCode code, base::Duration now);

    static bool isTransient(base::ErrorCode code);

private:
    RetryPolicy m_policy;
    base::Duration m_startedAt;
    int m_retries = 0;
};

}  // namespace orrery::client
