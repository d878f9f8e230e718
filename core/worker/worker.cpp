// SPDX-License-Identifier: MIT
#include "core/worker/worker.h"

#include <algorithm>
#include <condition_variable>
#include <thread>

#include <fmt/format.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/error.h"
#include "core/base/uuid.h"
#include "core/worker/activity_worker.h"
#include "core/worker/workflow_worker.h"

namespace orrery::worker {
namespace {

namespace service = temporal::api::workflowservice::v1;

void check(const WorkerOptions& options) {
    const auto refuse = [](const std::string& what) {
        throw base::Error(base::ErrorCode::InvalidArgument, "worker options: " + what);
    };
    if (options.taskQueue.empty()) refuse("taskQueue is empty; say which queue to work on");
    if (options.maxConcurrentWorkflowTasks < 1) refuse("maxConcurrentWorkflowTasks must be at least 1");
    if (options.maxConcurrentActivities < 1) refuse("maxConcurrentActivities must be at least 1");
    if (options.workflowPollers < 1 || options.activityPollers < 1) refuse("there must be at least one poller");
    if (options.cacheSize < 0) refuse("cacheSize must not be negative");
}

unsigned workflowThreads(const WorkerOptions& options) {
    const unsigned cores = std::max(2U, std::thread::hardware_concurrency());
    return std::min(cores, static_cast<unsigned>(std::max(2, options.maxConcurrentWorkflowTasks)));
}

/// Of the answers a shutdown waits for, this one matters least.
client::CallOptions briefly() {
    client::CallOptions options;
    options.timeout = std::chrono::seconds(2);
    options.retry = client::RetryPolicy::none();
    return options;
}

}  // namespace

Shared::Shared(std::shared_ptr<client::Connection> connection, WorkerOptions workerOptions)
    : options(std::move(workerOptions)),
      namespaceName(connection->namespaceName()),
      identity(options.identity.empty() ? connection->identity() : options.identity),
      instanceKey(base::randomUuid()),
      stickyQueue(options.cacheSize > 0 ? identity + ":" + base::randomUuid() : std::string()),
      pool(std::make_unique<base::ThreadPool>("workflow", workflowThreads(options))),
      strand(*pool),
      calls(std::move(connection), strand) {}

class Worker::Impl {
public:
    Impl(std::shared_ptr<client::Connection> connection, std::shared_ptr<const definition::WorkflowFactory> workflows,
         std::shared_ptr<const definition::ActivityInvoker> activities, WorkerOptions options)
        : m_shared(std::move(connection), std::move(options)),
          m_workflows(m_shared, std::move(workflows), [this] { noteIdle(); }),
          m_activities(m_shared, std::move(activities), [this] { noteIdle(); }) {}

    void start() {
        m_shared.strand.post([this] {
            if (m_stopping) return;
            m_shared.calls.call<service::GetSystemInfoResponse>(
                "GetSystemInfo", service::GetSystemInfoRequest(), systemInfoOptions(),
                [this](auto response, const client::RpcErrorPtr&) {
                    if (m_stopping) return;
                    m_workflows.start(response && response->capabilities().sdk_metadata());
                    m_activities.start();
                });
        });
    }

    void shutdown() {
        const std::lock_guard once(m_shutdownMutex);
        if (m_down) return;
        m_shared.strand.post([this] { beginShutdown(); });
        std::unique_lock lock(m_idleMutex);
        m_idleChanged.wait(lock, [this] { return m_idle; });
        lock.unlock();
        takeDown();
    }

    void abandon() {
        const std::lock_guard once(m_shutdownMutex);
        if (m_down) return;
        m_shared.calls.cancelAll();
        m_shared.strand.post([this] {
            m_stopping = true;
            m_workflows.stopTaking();
            m_activities.stopTaking();
            m_activities.cancelRunning(definition::ActivityCancelReason::WorkerShutdown);
            m_forced = true;
            noteIdle();
        });
        std::unique_lock lock(m_idleMutex);
        m_idleChanged.wait(lock, [this] { return m_idle; });
        lock.unlock();
        takeDown();
    }

    const Shared& shared() const { return m_shared; }

private:
    static client::CallOptions systemInfoOptions() {
        client::CallOptions options;
        options.retry = client::RetryPolicy::forPolls();
        return options;
    }

    void beginShutdown() {
        m_stopping = true;
        m_workflows.stopTaking();
        m_activities.stopTaking();
        sayGoodbye();
        const auto stopActivities = [this] {
            m_activities.cancelRunning(definition::ActivityCancelReason::WorkerShutdown);
        };
        if (m_shared.options.gracefulShutdown > base::Duration::zero()) {
            m_shared.timers.after(m_shared.options.gracefulShutdown,
                                  [this, stopActivities] { m_shared.strand.post(stopActivities); });
        } else {
            stopActivities();
        }
    }

    /// Tells the server that this worker goes: it ends the polls itself, where a cancelled poll might swallow a task
    /// that was just given to it, and the sticky queue's tasks need not wait there.
    void sayGoodbye() {
        service::ShutdownWorkerRequest request;
        request.set_namespace_(m_shared.namespaceName);
        request.set_sticky_task_queue(m_shared.stickyQueue);
        request.set_identity(m_shared.identity);
        request.set_reason("graceful shutdown");
        request.set_worker_instance_key(m_shared.instanceKey);
        request.set_task_queue(m_shared.options.taskQueue);
        m_shared.calls.call<service::ShutdownWorkerResponse>("ShutdownWorker", request, briefly(),
                                                             [this](auto, const client::RpcErrorPtr&) { endPolls(); });
    }

    void endPolls() {
        m_workflows.cancelPolls();
        m_activities.cancelPolls();
        // Behind the replies that were on their way when polling stopped: their tasks are still done.
        m_shared.strand.post([this] {
            m_pollsEnded = true;
            noteIdle();
        });
    }

    void noteIdle() {
        if (!m_stopping) return;
        if (!m_forced && !(m_pollsEnded && m_workflows.idle() && m_activities.idle())) return;
        const std::lock_guard lock(m_idleMutex);
        m_idle = true;
        m_idleChanged.notify_all();
    }

    /// In this order nothing can be reached any more by the time that it is destroyed.
    void takeDown() {
        m_activities.join();
        m_shared.calls.cancelAll();
        m_shared.timers.stop();
        m_shared.pool.reset();
        m_workflows.clear();
        m_down = true;
    }

    Shared m_shared;
    WorkflowWorker m_workflows;
    ActivityWorker m_activities;
    // On the strand.
    bool m_stopping = false;
    bool m_pollsEnded = false;
    bool m_forced = false;

    std::mutex m_shutdownMutex;
    bool m_down = false;
    std::mutex m_idleMutex;
    std::condition_variable m_idleChanged;
    bool m_idle = false;
};

Worker::Worker(std::shared_ptr<client::Connection> connection,
               std::shared_ptr<const definition::WorkflowFactory> workflows,
               std::shared_ptr<const definition::ActivityInvoker> activities, WorkerOptions options) {
    check(options);
    m_impl =
        std::make_shared<Impl>(std::move(connection), std::move(workflows), std::move(activities), std::move(options));
}

Worker::~Worker() {
    if (m_impl) m_impl->shutdown();
}

void Worker::start() { m_impl->start(); }

void Worker::shutdown() { m_impl->shutdown(); }

void Worker::abandon() { m_impl->abandon(); }

const std::string& Worker::identity() const { return m_impl->shared().identity; }

Worker::Counters Worker::counters() const {
    const AtomicCounters& from = m_impl->shared().counters;
    return {.workflowTasksCompleted = from.workflowTasksCompleted,
            .workflowTasksFailed = from.workflowTasksFailed,
            .queriesAnswered = from.queriesAnswered,
            .replays = from.replays,
            .activitiesStarted = from.activitiesStarted,
            .activitiesCompleted = from.activitiesCompleted,
            .activitiesFailed = from.activitiesFailed,
            .activitiesCancelled = from.activitiesCancelled,
            .heartbeatsSent = from.heartbeatsSent,
            .cachedRuns = from.cachedRuns};
}

}  // namespace orrery::worker
