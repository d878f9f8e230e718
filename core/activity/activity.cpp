// SPDX-License-Identifier: MIT
#include "core/activity/activity.h"

#include <condition_variable>
#include <mutex>

#include "core/activity/context.h"

namespace orrery::activity {
namespace {

thread_local const Context* t_current = nullptr;

}  // namespace

Context::Context(const definition::ActivityTask& task, const payload::DataConverter& converter)
    : m_task(task), m_converter(converter), m_before(std::exchange(t_current, this)) {}

Context::~Context() { t_current = m_before; }

const Context& Context::current() {
    if (!t_current) {
        throw base::Error(base::ErrorCode::FailedPrecondition,
                          "Functions of orrery::activity can be called only by a running activity, on its own thread.");
    }
    return *t_current;
}

const ActivityInfo& info() { return Context::current().task().info; }

std::optional<ActivityCancelReason> cancelReason() {
    const auto& cancellation = Context::current().task().cancellation;
    return cancellation ? cancellation->reason() : std::nullopt;
}

bool isCancelRequested() { return cancelReason().has_value(); }

void checkCancelled() {
    const auto reason = cancelReason();
    if (reason) throw CancelledFailure("Activity cancelled: " + std::string(activityCancelReasonName(*reason)));
}

std::stop_token stopToken() {
    const auto& cancellation = Context::current().task().cancellation;
    return cancellation ? cancellation->token() : std::stop_token();
}

void sleep(Duration duration) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, stopToken(), duration, [] { return false; });
    checkCancelled();
}

std::string idempotencyKey() {
    const ActivityInfo& about = info();
    return about.workflowId + "/" + about.runId + "/" + about.activityId;
}

void completeLater() { throw CompletesLater(); }

Logger logger() { return {}; }

void Logger::write(base::LogLevel level, std::string_view message) const {
    if (!base::logEnabled(level)) return;
    const ActivityInfo& about = activity::info();
    base::log(level, "activity",
              fmt::format("[{} attempt {}, {}] {}", about.activityType, about.attempt, about.workflowId, message));
}

namespace detail {

const payload::DataConverter& converter() { return Context::current().converter(); }

void heartbeat(Payloads details) {
    const auto& sink = Context::current().task().heartbeats;
    if (sink) sink->heartbeat(std::move(details));
    checkCancelled();
}

const Payload* heartbeatDetail(size_t index) {
    const Payloads& details = info().heartbeatDetails;
    return index < details.size() ? &details[index] : nullptr;
}

}  // namespace detail
}  // namespace orrery::activity
