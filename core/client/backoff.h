// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "core/client/connection.h"

namespace orrery::client {

/// Decides after each failed try whether there is another one, and when. Plain value, one a call.
class Backoff {
public:
    explicit Backoff(const RetryPolicy& policy) : m_policy(policy) {}

    /// How long to pause before the next try; nullopt: give up. `now` comes from one monotonic clock.
    std::optional<base::Duration> next(base::ErrorCode code, base::Duration now);

    static bool isTransient(base::ErrorCode code);

private:
    RetryPolicy m_policy;
    std::optional<base::Duration> m_failingSince;
    int m_retries = 0;
};

}  // namespace orrery::client
