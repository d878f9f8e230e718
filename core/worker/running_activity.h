// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/definition/activity_invoker.h"
#include "core/worker/shared.h"

namespace orrery::worker {

/// One attempt under way, and its heartbeats: the newest details are sent at once or, when the last were sent only just
/// now, after a pause. State lives on the shared strand; heartbeat() may come from any thread.
class RunningActivity final : public definition::HeartbeatSink, public std::enable_shared_from_this<RunningActivity> {
public:
    RunningActivity(Shared& shared, std::string token, base::Duration throttle);

    void heartbeat(definition::Payloads details) override;

    /// On the strand. No heartbeat is sent any more; gives the details that are not known to have arrived.
    std::optional<definition::Payloads> finish();
    bool finished() const { return m_finished; }
    const std::string& token() const { return m_token; }
    const std::shared_ptr<definition::ActivityCancellation>& cancellation() const { return m_cancellation; }

private:
    void send();

    Shared& m_shared;
    std::string m_token;
    base::Duration m_throttle;
    std::shared_ptr<definition::ActivityCancellation> m_cancellation =
        std::make_shared<definition::ActivityCancellation>();
    std::optional<definition::Payloads> m_unsent;
    /// Sent, but not known to have arrived.
    std::optional<definition::Payloads> m_underway;
    bool m_sending = false;
    bool m_pausing = false;
    bool m_finished = false;
};

/// How often heartbeats are sent: well within the time-out, and never a flood.
base::Duration heartbeatThrottle(const std::optional<base::Duration>& heartbeatTimeout, const WorkerOptions& options);

}  // namespace orrery::worker
