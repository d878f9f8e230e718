// SPDX-License-Identifier: MIT
#include "core/worker/activity_worker.h"

#include <fmt/format.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/base/log.h"
#include "core/machines/wire.h"
#include "core/payload/failure_proto.h"

namespace orrery::worker {
namespace {

namespace enums = temporal::api::enums::v1;
namespace service = temporal::api::workflowservice::v1;
using definition::ActivityCancelReason;

/// The time-out is for the server to find; the worker lets go of an attempt only when that is well past.
constexpr base::Duration kTimeoutMargin = std::chrono::seconds(5);
constexpr base::Duration kRefusedPollPause = std::chrono::seconds(5);

std::optional<base::Duration> timeout(const google::protobuf::Duration& wire) {
    const base::Duration value = payload::fromProto(wire);
    return value > base::Duration::zero() ? std::optional(value) : std::nullopt;
}

definition::ActivityInfo infoOf(const service::PollActivityTaskQueueResponse& task, const Shared& shared) {
    definition::ActivityInfo info;
    info.namespaceName = task.workflow_namespace().empty() ? shared.namespaceName : task.workflow_namespace();
    info.workflowId = task.workflow_execution().workflow_id();
    info.runId = task.workflow_execution().run_id();
    info.workflowType = task.workflow_type().name();
    info.activityId = task.activity_id();
    info.activityType = task.activity_type().name();
    info.taskQueue = shared.options.taskQueue;
    info.taskToken = task.task_token();
    info.attempt = task.attempt() > 0 ? task.attempt() : 1;
    info.scheduledTime = payload::fromProto(task.scheduled_time());
    info.currentAttemptScheduledTime = payload::fromProto(task.current_attempt_scheduled_time());
    info.startedTime = payload::fromProto(task.started_time());
    info.scheduleToCloseTimeout = timeout(task.schedule_to_close_timeout());
    info.startToCloseTimeout = timeout(task.start_to_close_timeout());
    info.heartbeatTimeout = timeout(task.heartbeat_timeout());
    if (task.has_retry_policy()) info.retryPolicy = machines::fromProto(task.retry_policy());
    info.heartbeatDetails = payload::fromProto(task.heartbeat_details());
    info.headers = machines::readMap(task.header().fields());
    return info;
}

payload::FailureData retryableFailure(std::string message, std::string type) {
    payload::FailureData failure;
    failure.message = std::move(message);
    failure.source = "orrery";
    failure.kind = payload::ApplicationFailureData{.type = std::move(type), .details = {}, .nextRetryDelay = {}};
    return failure;
}

template <typename Request>
Request requestFor(const Shared& shared, const RunningActivity& running) {
    Request request;
    request.set_namespace_(shared.namespaceName);
    request.set_identity(shared.identity);
    request.set_task_token(running.token());
    return request;
}

}  // namespace

ActivityWorker::ActivityWorker(Shared& shared, std::shared_ptr<const definition::ActivityInvoker> activities,
                               std::function<void()> changed)
    : m_shared(shared), m_activities(std::move(activities)), m_changed(std::move(changed)) {}

void ActivityWorker::start() {
    if (!m_activities || m_stopping) return;
    m_threads = std::make_unique<base::ThreadPool>(
        "activity", static_cast<unsigned>(std::max(1, m_shared.options.maxConcurrentActivities)));
    m_pollers.resize(static_cast<size_t>(std::max(1, m_shared.options.activityPollers)));
    kick();
}

void ActivityWorker::cancelPolls() {
    for (Poller& poller : m_pollers) {
        if (!poller.busy) continue;
        m_shared.calls.cancel(poller.call);
        poller.busy = false;
        --m_slotsTaken;
    }
}

void ActivityWorker::cancelRunning(ActivityCancelReason reason) {
    for (const RunningPtr& running : m_running) running->cancellation()->request(reason);
}

void ActivityWorker::kick() {
    if (m_stopping) return;
    for (size_t i = 0; i < m_pollers.size(); ++i) {
        if (!m_pollers[i].busy && m_slotsTaken < m_shared.options.maxConcurrentActivities) poll(i);
    }
}

void ActivityWorker::poll(size_t index) {
    Poller& poller = m_pollers[index];
    poller.busy = true;
    ++m_slotsTaken;
    service::PollActivityTaskQueueRequest request;
    request.set_namespace_(m_shared.namespaceName);
    request.set_identity(m_shared.identity);
    request.set_worker_instance_key(m_shared.instanceKey);
    request.mutable_task_queue()->set_name(m_shared.options.taskQueue);
    request.mutable_task_queue()->set_kind(enums::TASK_QUEUE_KIND_NORMAL);
    poller.call = m_shared.calls.call<service::PollActivityTaskQueueResponse>(
        "PollActivityTaskQueue", request, client::CallOptions::longPoll(client::RetryPolicy::forPolls()),
        [this, index](auto response, const client::RpcErrorPtr& error) { onPolled(index, response.get(), error); });
}

void ActivityWorker::onPolled(size_t index, const service::PollActivityTaskQueueResponse* response,
                              const client::RpcErrorPtr& error) {
    Poller& poller = m_pollers[index];
    const bool held = poller.busy;
    poller.busy = false;
    if (held) --m_slotsTaken;
    if (response && !response->task_token().empty()) run(*response);
    if (!error) {
        kick();
        return;
    }
    base::log(base::LogLevel::Warn, "worker", fmt::format("polling for activities: {}", error->what()));
    m_shared.timers.after(kRefusedPollPause, [this] { m_shared.strand.post([this] { kick(); }); });
}

void ActivityWorker::run(const service::PollActivityTaskQueueResponse& task) {
    ++m_slotsTaken;
    ++m_attempts;
    ++m_shared.counters.activitiesStarted;
    const auto work = std::make_shared<definition::ActivityTask>();
    work->info = infoOf(task, m_shared);
    work->arguments = payload::fromProto(task.input());
    const auto running = std::make_shared<RunningActivity>(
        m_shared, task.task_token(), heartbeatThrottle(work->info.heartbeatTimeout, m_shared.options));
    work->cancellation = running->cancellation();
    work->heartbeats = running;
    m_running.insert(running);
    // The server has given it up by then and told so in the history, unless its virtual clock stands.
    if (work->info.startToCloseTimeout) {
        m_shared.timers.after(*work->info.startToCloseTimeout + kTimeoutMargin,
                              [weak = std::weak_ptr(running->cancellation())] {
                                  if (const auto alive = weak.lock()) alive->request(ActivityCancelReason::TimedOut);
                              });
    }
    m_threads->post([this, work, running] {
        // Said on the attempt's own thread: what counts is what was really begun.
        base::log(base::LogLevel::Info, "worker",
                  fmt::format("activity {} of '{}' begins, attempt {}", work->info.activityType, work->info.workflowId,
                              work->info.attempt));
        const auto outcome = std::make_shared<definition::ActivityOutcome>(m_activities->invoke(*work));
        m_shared.strand.post([this, running, outcome] { onDone(running, std::move(*outcome)); });
    });
}

void ActivityWorker::onDone(const RunningPtr& running, definition::ActivityOutcome outcome) {
    m_running.erase(running);
    const std::optional<definition::Payloads> details = running->finish();
    if (const auto* completed = std::get_if<definition::ActivityCompleted>(&outcome)) {
        complete(running, *completed);
    } else if (const auto* failed = std::get_if<definition::ActivityFailed>(&outcome)) {
        fail(running, failed->failure, details);
    } else if (const auto* stopped = std::get_if<definition::ActivityCancelled>(&outcome)) {
        cancelled(running, *stopped, details);
    } else {
        attemptDone();
    }
}

void ActivityWorker::complete(const RunningPtr& running, const definition::ActivityCompleted& outcome) {
    ++m_shared.counters.activitiesCompleted;
    auto request = requestFor<service::RespondActivityTaskCompletedRequest>(m_shared, *running);
    payload::toProto(outcome.result, request.mutable_result()->add_payloads());
    answer<service::RespondActivityTaskCompletedResponse>("RespondActivityTaskCompleted", request);
}

void ActivityWorker::fail(const RunningPtr& running, const payload::FailureData& failure,
                          const std::optional<definition::Payloads>& details) {
    ++m_shared.counters.activitiesFailed;
    auto request = requestFor<service::RespondActivityTaskFailedRequest>(m_shared, *running);
    payload::toProto(failure, request.mutable_failure());
    if (details) payload::toProto(*details, request.mutable_last_heartbeat_details());
    answer<service::RespondActivityTaskFailedResponse>("RespondActivityTaskFailed", request);
}

void ActivityWorker::cancelled(const RunningPtr& running, const definition::ActivityCancelled& outcome,
                               const std::optional<definition::Payloads>& details) {
    const auto reason = running->cancellation()->reason();
    switch (reason.value_or(ActivityCancelReason::CancelRequested)) {
        case ActivityCancelReason::CancelRequested: break;
        case ActivityCancelReason::NotFound:
            // Nobody waits for the answer.
            attemptDone();
            return;
        case ActivityCancelReason::TimedOut:
            // By the worker's clock; the server's may be behind (virtual time can stand), and then wants to know.
            fail(running, retryableFailure("the attempt ran into its start-to-close time-out", "TimedOut"), details);
            return;
        case ActivityCancelReason::WorkerShutdown:
            fail(running, retryableFailure("the worker is shutting down", "WorkerShutdown"), details);
            return;
        case ActivityCancelReason::Paused:
            fail(running, retryableFailure("the activity was paused", "ActivityPaused"), details);
            return;
        case ActivityCancelReason::Reset:
            fail(running, retryableFailure("the activity was reset", "ActivityReset"), details);
            return;
    }
    ++m_shared.counters.activitiesCancelled;
    auto request = requestFor<service::RespondActivityTaskCanceledRequest>(m_shared, *running);
    if (const auto* kind = std::get_if<payload::CancelledFailureData>(&outcome.failure.kind);
        kind && !kind->details.empty()) {
        payload::toProto(kind->details, request.mutable_details());
    }
    answer<service::RespondActivityTaskCanceledResponse>("RespondActivityTaskCanceled", request);
}

template <typename Response>
void ActivityWorker::answer(std::string_view method, const google::protobuf::Message& request) {
    m_shared.calls.call<Response>(method, request, {}, [this](auto, const client::RpcErrorPtr& error) {
        if (error) {
            // NOT_FOUND: timed out, cancelled or closed in the meantime, as the history tells.
            base::log(error->code() == base::ErrorCode::NotFound ? base::LogLevel::Debug : base::LogLevel::Warn,
                      "worker", fmt::format("the outcome of an activity was refused: {}", error->what()));
        }
        attemptDone();
    });
}

void ActivityWorker::attemptDone() {
    --m_slotsTaken;
    --m_attempts;
    kick();
    m_changed();
}

}  // namespace orrery::worker
