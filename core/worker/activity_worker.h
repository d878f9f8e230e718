// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "core/worker/running_activity.h"

namespace temporal::api::workflowservice::v1 {
class PollActivityTaskQueueResponse;
}

namespace orrery::worker {

/// The half of a worker that runs activities. Everything here is called on the shared strand; the activities' code runs
/// on threads of its own, one an attempt.
class ActivityWorker {
public:
    /// `changed` is called on the strand whenever it may have become idle.
    ActivityWorker(Shared& shared, std::shared_ptr<const definition::ActivityInvoker> activities,
                   std::function<void()> changed);

    void start();
    /// No new polls; those under way may still bring a task.
    void stopTaking() { m_stopping = true; }
    void cancelPolls();
    /// Asks every running attempt to stop.
    void cancelRunning(definition::ActivityCancelReason reason);
    bool idle() const { return m_attempts == 0; }
    /// From outside the strand: waits for the threads; attempts must have been asked to stop.
    void join() { m_threads.reset(); }

private:
    using RunningPtr = std::shared_ptr<RunningActivity>;
    struct Poller {
        bool busy = false;
        Calls::Id call = 0;
    };

    void kick();
    void poll(size_t index);
    void onPolled(size_t index, const temporal::api::workflowservice::v1::PollActivityTaskQueueResponse* response,
                  const client::RpcErrorPtr& error);
    void run(const temporal::api::workflowservice::v1::PollActivityTaskQueueResponse& task);
    void onDone(const RunningPtr& running, definition::ActivityOutcome outcome);
    void complete(const RunningPtr& running, const definition::ActivityCompleted& outcome);
    void fail(const RunningPtr& running, const payload::FailureData& failure,
              const std::optional<definition::Payloads>& details);
    void cancelled(const RunningPtr& running, const definition::ActivityCancelled& outcome,
                   const std::optional<definition::Payloads>& details);
    template <typename Response>
    void answer(std::string_view method, const google::protobuf::Message& request);
    void attemptDone();

    Shared& m_shared;
    std::shared_ptr<const definition::ActivityInvoker> m_activities;
    std::function<void()> m_changed;
    std::unique_ptr<base::ThreadPool> m_threads;
    std::vector<Poller> m_pollers;
    std::set<RunningPtr> m_running;
    /// Attempts and polls that hold a slot.
    int m_slotsTaken = 0;
    int m_attempts = 0;
    bool m_stopping = false;
};

}  // namespace orrery::worker
