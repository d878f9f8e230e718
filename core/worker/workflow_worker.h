// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/worker/run_cache.h"
#include "core/worker/shared.h"

namespace temporal::api::workflowservice::v1 {
class RespondWorkflowTaskCompletedResponse;
}

namespace orrery::worker {

/// The half of a worker that runs workflow tasks. Everything here is called on the shared strand; workflow code and the
/// encoding of replies run on the pool, one task of a run at a time.
class WorkflowWorker {
public:
    /// `changed` is called on the strand whenever it may have become idle.
    WorkflowWorker(Shared& shared, std::shared_ptr<const definition::WorkflowFactory> workflows,
                   std::function<void()> changed);

    void start(bool sdkMetadata);
    /// No new polls; those under way may still bring a task.
    void stopTaking() { m_stopping = true; }
    void cancelPolls();
    bool idle() const { return m_tasks == 0; }
    /// Gives up all cached code; only when idle.
    void clear();

private:
    using RunPtr = std::shared_ptr<CachedRun>;
    struct Poller {
        bool sticky = false;
        bool busy = false;
        Calls::Id call = 0;
    };
    /// What is left to know of a task once the engine has it.
    struct Sent {
        bool evict = false;
        bool closesRun = false;
    };

    void kick();
    void poll(size_t index);
    void onPolled(size_t index, service::PollWorkflowTaskQueueResponse* response, const client::RpcErrorPtr& error);
    void accept(ReceivedTask task);
    void begin(const RunPtr& run, ReceivedTask task);
    void joinPages(const RunPtr& run, ReceivedTask task);
    void readWhole(const RunPtr& run, ReceivedTask task);
    void execute(const RunPtr& run, ReceivedTask task);
    void reply(const RunPtr& run, const WorkflowTask& facts, TaskReply reply);
    void onAnswered(const RunPtr& run, Sent sent, service::RespondWorkflowTaskCompletedResponse* response,
                    const client::RpcErrorPtr& error);
    void giveUp(const RunPtr& run, const std::string& why);
    void finish(const RunPtr& run);
    void taskDone();
    void destroyLater(std::shared_ptr<Run> code);
    void trim();
    Signature signature() const;

    Shared& m_shared;
    std::shared_ptr<const definition::WorkflowFactory> m_workflows;
    std::function<void()> m_changed;
    std::vector<Poller> m_pollers;
    RunCache m_cache;
    /// Tasks and polls that hold a slot.
    int m_slotsTaken = 0;
    int m_tasks = 0;
    /// Read on the pool too.
    std::atomic<bool> m_stopping = false;
    bool m_sdkMetadata = false;
};

}  // namespace orrery::worker
