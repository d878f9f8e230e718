// SPDX-License-Identifier: MIT
#include "core/worker/running_activity.h"

#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"

namespace orrery::worker {

namespace service = temporal::api::workflowservice::v1;
using definition::ActivityCancelReason;

base::Duration heartbeatThrottle(const std::optional<base::Duration>& heartbeatTimeout, const WorkerOptions& options) {
    const base::Duration wanted = heartbeatTimeout && *heartbeatTimeout > base::Duration::zero()
                                      ? *heartbeatTimeout / 10 * 8
                                      : options.defaultHeartbeatThrottle;
    return std::min(wanted, options.maximumHeartbeatThrottle);
}

RunningActivity::RunningActivity(Shared& shared, std::string token, base::Duration throttle)
    : m_shared(shared), m_token(std::move(token)), m_throttle(throttle) {}

void RunningActivity::heartbeat(definition::Payloads details) {
    m_shared.strand.post([self = shared_from_this(), details = std::move(details)]() mutable {
        self->m_unsent = std::move(details);
        self->send();
    });
}

std::optional<definition::Payloads> RunningActivity::finish() {
    m_finished = true;
    // One that is on its way may come later than the answer, and would then be lost.
    return m_unsent ? std::exchange(m_unsent, std::nullopt) : std::exchange(m_underway, std::nullopt);
}

void RunningActivity::send() {
    if (m_finished || m_sending || m_pausing || !m_unsent) return;
    service::RecordActivityTaskHeartbeatRequest request;
    request.set_namespace_(m_shared.namespaceName);
    request.set_identity(m_shared.identity);
    request.set_task_token(m_token);
    if (!m_unsent->empty()) payload::toProto(*m_unsent, request.mutable_details());
    m_underway = std::exchange(m_unsent, std::nullopt);
    m_sending = m_pausing = true;
    ++m_shared.counters.heartbeatsSent;
    m_shared.timers.after(m_throttle, [self = shared_from_this()] {
        self->m_shared.strand.post([self] {
            self->m_pausing = false;
            self->send();
        });
    });
    m_shared.calls.call<service::RecordActivityTaskHeartbeatResponse>(
        "RecordActivityTaskHeartbeat", request, {},
        [self = shared_from_this()](auto response, const client::RpcErrorPtr& error) {
            self->m_sending = false;
            self->m_underway.reset();
            if (error && error->code() == base::ErrorCode::NotFound) {
                self->m_cancellation->request(ActivityCancelReason::NotFound);
            }
            if (response && response->cancel_requested()) {
                self->m_cancellation->request(ActivityCancelReason::CancelRequested);
            }
            if (response && response->activity_paused()) self->m_cancellation->request(ActivityCancelReason::Paused);
            if (response && response->activity_reset()) self->m_cancellation->request(ActivityCancelReason::Reset);
            self->send();
        });
}

}  // namespace orrery::worker
