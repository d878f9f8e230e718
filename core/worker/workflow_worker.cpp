// SPDX-License-Identifier: MIT
#include "core/worker/workflow_worker.h"

#include <algorithm>

#include <fmt/format.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/log.h"
#include "core/worker/history_fetch.h"

namespace orrery::worker {
namespace {

/// Before a poll that was refused for good is tried again: the namespace may appear, the server may be updated.
constexpr base::Duration kRefusedPollPause = std::chrono::seconds(5);
/// Workflow code only computes; what takes longer than this blocks or turns in a circle.
constexpr base::Duration kSlowTask = std::chrono::seconds(2);

/// Warns when its task is not over in time.
class SlowTaskWarning {
public:
    SlowTaskWarning(Timers& timers, const WorkflowTask& task) {
        timers.after(kSlowTask, [over = m_over, type = task.workflowType, id = task.workflowId] {
            if (*over) return;
            base::log(base::LogLevel::Warn, "worker",
                      fmt::format("[TMPRL1101] the code of {} '{}' has run for {} without waiting: it blocks or loops, "
                                  "and holds a thread of the worker",
                                  type, id, base::formatDuration(kSlowTask)));
        });
    }
    ~SlowTaskWarning() { *m_over = true; }
    SlowTaskWarning(const SlowTaskWarning&) = delete;
    SlowTaskWarning& operator=(const SlowTaskWarning&) = delete;

private:
    std::shared_ptr<std::atomic<bool>> m_over = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

WorkflowWorker::WorkflowWorker(Shared& shared, std::shared_ptr<const definition::WorkflowFactory> workflows,
                               std::function<void()> changed)
    : m_shared(shared), m_workflows(std::move(workflows)), m_changed(std::move(changed)) {}

Signature WorkflowWorker::signature() const {
    return {.namespaceName = m_shared.namespaceName,
            .identity = m_shared.identity,
            .taskQueue = m_shared.options.taskQueue,
            .stickyQueue = m_shared.stickyQueue,
            .instanceKey = m_shared.instanceKey,
            .stickyScheduleToStart = m_shared.options.stickyScheduleToStart,
            .sdkMetadata = m_sdkMetadata,
            .wantsNewTask = !m_shared.stickyQueue.empty() && !m_stopping};
}

void WorkflowWorker::start(bool sdkMetadata) {
    if (!m_workflows || m_stopping) return;
    m_sdkMetadata = sdkMetadata;
    const int count = std::max(1, m_shared.options.workflowPollers);
    // Most tasks of a busy worker come over its own queue; the normal one brings new runs.
    const int normal = m_shared.stickyQueue.empty() ? count : std::max(1, count / 5);
    for (int i = 0; i < normal; ++i) m_pollers.push_back({});
    if (!m_shared.stickyQueue.empty()) {
        for (int i = 0; i < std::max(1, count - normal); ++i) m_pollers.push_back({.sticky = true});
    }
    kick();
}

void WorkflowWorker::cancelPolls() {
    for (Poller& poller : m_pollers) {
        if (!poller.busy) continue;
        m_shared.calls.cancel(poller.call);
        poller.busy = false;
        --m_slotsTaken;
    }
}

void WorkflowWorker::kick() {
    if (m_stopping) return;
    // Sticky polls first: their runs are in memory.
    for (const bool sticky : {true, false}) {
        for (size_t i = 0; i < m_pollers.size(); ++i) {
            if (m_pollers[i].busy || m_pollers[i].sticky != sticky) continue;
            if (m_slotsTaken < std::max(2, m_shared.options.maxConcurrentWorkflowTasks)) poll(i);
        }
    }
}

void WorkflowWorker::poll(size_t index) {
    Poller& poller = m_pollers[index];
    poller.busy = true;
    ++m_slotsTaken;
    service::PollWorkflowTaskQueueRequest request;
    fillPoll(signature(), poller.sticky, &request);
    poller.call = m_shared.calls.call<service::PollWorkflowTaskQueueResponse>(
        "PollWorkflowTaskQueue", request, client::CallOptions::longPoll(client::RetryPolicy::forPolls()),
        [this, index](auto response, const client::RpcErrorPtr& error) { onPolled(index, response.get(), error); });
}

void WorkflowWorker::onPolled(size_t index, service::PollWorkflowTaskQueueResponse* response,
                              const client::RpcErrorPtr& error) {
    Poller& poller = m_pollers[index];
    // Cancelled, but the answer was already on its way; the task in it is real all the same.
    const bool held = poller.busy;
    poller.busy = false;
    if (held) --m_slotsTaken;
    if (response && !response->task_token().empty()) {
        ++m_slotsTaken;
        ++m_tasks;
        accept(takeTask(response));
    }
    if (!error) {
        kick();
        return;
    }
    base::log(base::LogLevel::Warn, "worker", fmt::format("polling for workflow tasks: {}", error->what()));
    m_shared.timers.after(kRefusedPollPause, [this] { m_shared.strand.post([this] { kick(); }); });
}

void WorkflowWorker::accept(ReceivedTask received) {
    const RunPtr run = m_cache.use(received.task.runId);
    if (!run->busy) {
        begin(run, std::move(received));
        return;
    }
    if (received.task.legacyQuery) {
        run->nextQueries.push_back(std::move(received));
        return;
    }
    if (run->nextTask) taskDone();
    run->nextTask = std::move(received);
}

void WorkflowWorker::begin(const RunPtr& run, ReceivedTask received) {
    run->busy = true;
    if (received.nextPageToken.empty()) {
        joinPages(run, std::move(received));
        return;
    }
    const auto waiting = std::make_shared<ReceivedTask>(std::move(received));
    fetchHistory(m_shared.calls,
                 {m_shared.namespaceName, waiting->task.workflowId, waiting->task.runId, waiting->nextPageToken},
                 std::move(waiting->task.events), [this, run, waiting](auto events, const client::RpcErrorPtr& error) {
                     if (error) {
                         giveUp(run, error->what());
                         return;
                     }
                     waiting->task.events = std::move(events);
                     joinPages(run, std::move(*waiting));
                 });
}

void WorkflowWorker::joinPages(const RunPtr& run, ReceivedTask received) {
    WorkflowTask& task = received.task;
    if (run->run && !run->run->canTake(task)) destroyLater(std::exchange(run->run, nullptr));
    if (run->run) {
        execute(run, std::move(received));
        return;
    }
    if (task.previousStartedEventId > 0) ++m_shared.counters.replays;
    run->run =
        std::make_shared<Run>(m_workflows, m_shared.namespaceName, task.workflowId, task.runId, task.workflowType);
    if (run->run->canTake(task)) {
        execute(run, std::move(received));
    } else {
        readWhole(run, std::move(received));
    }
}

void WorkflowWorker::readWhole(const RunPtr& run, ReceivedTask received) {
    const auto waiting = std::make_shared<ReceivedTask>(std::move(received));
    fetchHistory(m_shared.calls, {m_shared.namespaceName, waiting->task.workflowId, waiting->task.runId, {}}, {},
                 [this, run, waiting](std::vector<HistoryEvent> events, const client::RpcErrorPtr& error) {
                     if (error) {
                         giveUp(run, error->what());
                         return;
                     }
                     // The task may carry events that the server will only keep if the task is answered.
                     const int64_t last = events.empty() ? 0 : events.back().event_id();
                     for (HistoryEvent& event : waiting->task.events) {
                         if (event.event_id() > last) events.push_back(std::move(event));
                     }
                     waiting->task.events = std::move(events);
                     if (run->run->canTake(waiting->task)) {
                         execute(run, std::move(*waiting));
                     } else {
                         giveUp(run, "the server's history does not reach the task that it belongs to");
                     }
                 });
}

void WorkflowWorker::execute(const RunPtr& run, ReceivedTask received) {
    const auto task = std::make_shared<WorkflowTask>(std::move(received.task));
    m_shared.pool->post([this, run, task] {
        WorkflowTask facts;
        facts.token = task->token;
        facts.workflowId = task->workflowId;
        facts.workflowType = task->workflowType;
        facts.attempt = task->attempt;
        TaskReply answer = [&] {
            const SlowTaskWarning warning(m_shared.timers, *task);
            return run->run->process(std::move(*task));
        }();
        reply(run, facts, std::move(answer));
    });
}

/// On the pool: everything that is read here is constant while tasks run, except `m_stopping`, which only saves work.
void WorkflowWorker::reply(const RunPtr& run, const WorkflowTask& facts, TaskReply answer) {
    if (auto* completed = std::get_if<TaskCompleted>(&answer)) {
        const Sent sent{.evict = false, .closesRun = completed->closesRun};
        m_shared.counters.queriesAnswered += static_cast<int64_t>(completed->answers.size());
        service::RespondWorkflowTaskCompletedRequest request;
        fillReply(signature(), facts.token, std::move(*completed), &request);
        m_shared.calls.call<service::RespondWorkflowTaskCompletedResponse>(
            "RespondWorkflowTaskCompleted", request, {},
            [this, run, sent](auto response, const client::RpcErrorPtr& error) {
                if (!error) ++m_shared.counters.workflowTasksCompleted;
                onAnswered(run, sent, response.get(), error);
            });
        return;
    }
    if (const auto* answered = std::get_if<TaskAnswered>(&answer)) {
        const Sent sent{.evict = false, .closesRun = answered->runClosed};
        ++m_shared.counters.queriesAnswered;
        service::RespondQueryTaskCompletedRequest request;
        fillReply(signature(), facts.token, *answered, &request);
        m_shared.calls.call<service::RespondQueryTaskCompletedResponse>(
            "RespondQueryTaskCompleted", request, {},
            [this, run, sent](auto, const client::RpcErrorPtr& error) { onAnswered(run, sent, nullptr, error); });
        return;
    }
    const auto& failed = std::get<TaskFailed>(answer);
    ++m_shared.counters.workflowTasksFailed;
    base::log(base::LogLevel::Warn, "worker",
              fmt::format("workflow task of {} '{}' failed (attempt {}): {}", facts.workflowType, facts.workflowId,
                          facts.attempt, failed.failure.message));
    const auto forget = [this, run](auto, const client::RpcErrorPtr& error) {
        onAnswered(run, Sent{.evict = true, .closesRun = false}, nullptr, error);
    };
    if (failed.legacyQuery) {
        service::RespondQueryTaskCompletedRequest request;
        fillReply(signature(), facts.token, TaskAnswered{QueryAnswer{"legacy", failed.failure}, false}, &request);
        m_shared.calls.call<service::RespondQueryTaskCompletedResponse>("RespondQueryTaskCompleted", request, {},
                                                                        forget);
        return;
    }
    if (facts.attempt > 1) {
        // Said once; the server's time-out of the task paces the further attempts.
        m_shared.strand.post(
            [this, run] { onAnswered(run, Sent{.evict = true, .closesRun = false}, nullptr, nullptr); });
        return;
    }
    service::RespondWorkflowTaskFailedRequest request;
    fillReply(signature(), facts.token, failed, &request);
    m_shared.calls.call<service::RespondWorkflowTaskFailedResponse>("RespondWorkflowTaskFailed", request, {}, forget);
}

void WorkflowWorker::onAnswered(const RunPtr& run, Sent sent, service::RespondWorkflowTaskCompletedResponse* response,
                                const client::RpcErrorPtr& error) {
    if (error) {
        // The run went on without us (a signal came in between, the task timed out): what we hold is no longer true.
        base::log(error->code() == base::ErrorCode::NotFound || error->code() == base::ErrorCode::InvalidArgument
                      ? base::LogLevel::Debug
                      : base::LogLevel::Warn,
                  "worker", fmt::format("the answer to a task of run {} was refused: {}", run->runId, error->what()));
        sent.evict = true;
    }
    if (sent.evict || sent.closesRun || m_shared.stickyQueue.empty()) {
        destroyLater(std::exchange(run->run, nullptr));
    }
    if (run->run && response && response->reset_history_event_id() > 0) run->run->discardSpeculativeTask();
    if (response && !response->workflow_task().task_token().empty()) {
        begin(run, takeTask(response->mutable_workflow_task()));
        return;
    }
    taskDone();
    finish(run);
}

void WorkflowWorker::giveUp(const RunPtr& run, const std::string& why) {
    base::log(base::LogLevel::Warn, "worker", fmt::format("cannot take up run {}: {}", run->runId, why));
    destroyLater(std::exchange(run->run, nullptr));
    taskDone();
    finish(run);
}

void WorkflowWorker::finish(const RunPtr& run) {
    run->busy = false;
    if (run->nextTask) {
        ReceivedTask next = std::move(*run->nextTask);
        run->nextTask.reset();
        begin(run, std::move(next));
    } else if (!run->nextQueries.empty()) {
        ReceivedTask next = std::move(run->nextQueries.front());
        run->nextQueries.pop_front();
        begin(run, std::move(next));
    } else if (!run->run) {
        m_cache.erase(run->runId);
    }
    trim();
    kick();
    m_changed();
}

void WorkflowWorker::taskDone() {
    --m_slotsTaken;
    --m_tasks;
}

void WorkflowWorker::trim() {
    for (RunPtr& old : m_cache.shrink(static_cast<size_t>(std::max(0, m_shared.options.cacheSize)))) {
        destroyLater(std::exchange(old->run, nullptr));
    }
    m_shared.counters.cachedRuns = static_cast<int64_t>(m_cache.size());
}

void WorkflowWorker::destroyLater(std::shared_ptr<Run> code) {
    // Unwinding runs the code's destructors, which may take their time.
    if (code) m_shared.pool->post([code = std::move(code)]() mutable { code.reset(); });
}

void WorkflowWorker::clear() {
    m_cache.clear();
    m_shared.counters.cachedRuns = 0;
}

}  // namespace orrery::worker
