// SPDX-License-Identifier: MIT
#include "core/definition/activity_invoker.h"

namespace orrery::definition {

std::string_view activityCancelReasonName(ActivityCancelReason reason) {
    switch (reason) {
        case ActivityCancelReason::CancelRequested: return "cancel requested";
        case ActivityCancelReason::TimedOut: return "timed out";
        case ActivityCancelReason::NotFound: return "not found";
        case ActivityCancelReason::Paused: return "paused";
        case ActivityCancelReason::Reset: return "reset";
        case ActivityCancelReason::WorkerShutdown: return "worker shutdown";
    }
    return "unknown";
}

void ActivityCancellation::request(ActivityCancelReason reason) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_reason) return;
        m_reason = reason;
    }
    m_source.request_stop();
}

std::optional<ActivityCancelReason> ActivityCancellation::reason() const {
    const std::lock_guard lock(m_mutex);
    return m_reason;
}

}  // namespace orrery::definition
