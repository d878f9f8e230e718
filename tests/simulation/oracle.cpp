// SPDX-License-Identifier: MIT
#include "tests/simulation/oracle.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/payload/proto.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {

using namespace std::chrono_literals;
using server::ActivityPhase;
using server::Run;

namespace {

base::Duration durationOf(const google::protobuf::Duration& wire) { return payload::fromProto(wire); }

/// The back-off before the attempt after `attempt`, by the book.
base::Duration backoff(const temporal::api::common::v1::RetryPolicy& policy, int attempt) {
    const double initial = double(durationOf(policy.initial_interval()).count());
    const double most = double(durationOf(policy.maximum_interval()).count());
    return base::Duration(int64_t(std::min(most, initial * std::pow(policy.backoff_coefficient(), attempt - 1))));
}

}  // namespace

Oracle::Oracle(server::World& world)
    : m_world(world),
      m_seen{.ledger = Ledger(world, [this](const Run& run) -> const HistoryRules& { return rules(run); })},
      m_remembered(m_seen) {}

void Oracle::note(const std::string& line) {
    if (m_keepsStory) m_story.push_back("    " + line);
}

void Oracle::arriving(const Request& request) {
    // A run may have been made by the time that passed just now.
    readHistories();
    m_seen.ledger.arriving(request);
    constexpr size_t kMost = 200;
    if (m_keepsStory)
        note(request.who + ": " + request.method + " " + request.message->ShortDebugString().substr(0, kMost));
}

void Oracle::answered(const Request& request, const Answer& answer) {
    readHistories();
    m_seen.ledger.answered(request, answer);
    m_digest.add(uint64_t(answer.code()));
    m_digest.addText(request.method);
    if (m_keepsStory && answer.failed()) note("  " + request.method + " is refused: " + answer.text());
}

void Oracle::settled() {
    readHistories();
    m_seen.ledger.check();
    checkRetention();
    checkClock();
    checkHolders();
    for (const auto& run : m_world.runs) checkRun(*run);
}

void Oracle::readHistories() {
    for (const auto& run : m_world.runs) {
        HistoryRules& known = m_seen.histories.try_emplace(run->number, run->runId).first->second;
        while (known.lastId() < run->log.lastId()) {
            const HistoryEvent event = run->log.event(known.lastId() + 1);
            ++m_events;
            m_met.insert(event.event_type());
            const auto bytes = run->log.range(event.event_id(), event.event_id());
            m_digest.addText(bytes);
            m_seen.sums[run->number].addText(bytes);
            if (m_keepsStory) m_story.push_back("      " + run->workflowId + " " + eventLine(event));
            known.take(event);
        }
    }
}

void Oracle::afterRestart(const std::string& difference) const {
    std::map<uint64_t, const Run*> runs;
    for (const auto& run : m_world.runs) runs[run->number] = run.get();
    for (const auto& [number, known] : m_seen.histories) {
        const auto found = runs.find(number);
        const bool wanted = m_seen.gone.count(number) == 0;
        if (wanted != (found != runs.end())) {
            throw Violation("kept", wanted ? "the run is gone after a restart" : "a deleted run is there again",
                            known.runId());
        }
        if (!wanted) continue;
        const auto& log = found->second->log;
        Digest sum;
        for (int64_t id = 1; id <= log.lastId(); ++id) sum.addText(log.range(id, id));
        if (log.lastId() != known.lastId() || sum.value() != m_seen.sums.at(number).value()) {
            throw Violation("kept", "the history is another one after a restart", known.runId());
        }
    }
    if (m_world.now < m_seen.lastNow && m_world.now != base::Timestamp()) {
        throw Violation("clock-goes-back", "virtual time went back with a restart");
    }
    if (!difference.empty()) throw Violation("kept-as-it-was", difference);
}

/// A run goes when somebody deletes it, or when its namespace's retention is over; then it goes indeed.
void Oracle::checkRetention() {
    std::set<uint64_t> there;
    for (const auto& run : m_world.runs) {
        there.insert(run->number);
        const auto expiry = m_seen.expiries.find(run->number);
        // Later ones are looked for when the next input begins.
        if (expiry != m_seen.expiries.end() && expiry->second <= m_seen.lastNow) {
            throw Violation("retention", "the run has ended so long ago and is still there", run->runId);
        }
    }
    for (const auto& [number, known] : m_seen.histories) {
        if (there.count(number) != 0 || !m_seen.gone.insert(number).second) continue;
        if (m_seen.ledger.wasDeleted(known.runId())) continue;
        const auto expiry = m_seen.expiries.find(number);
        if (expiry == m_seen.expiries.end() || m_world.now < expiry->second) {
            throw Violation("retention", "the run is gone, and nobody deleted it", known.runId());
        }
        m_seen.ledger.expired(known.runId());
    }
    const auto& namespaces = m_world.namespaces();
    if (const auto known = namespaces.find(kNamespace); known != namespaces.end()) {
        m_seen.retention = known->second.retention;
    }
}

/// What the namespace said when it ended, which may have been before the input that changed it or after.
void Oracle::checkExpiry(const Run& run) {
    if (m_world.options.testService) return;
    const base::Timestamp ended = run.closeTime - run.skipped;
    const auto& namespaces = m_world.namespaces();
    const auto known = namespaces.find(run.ns);
    const base::Duration told = known == namespaces.end() ? m_seen.retention : known->second.retention;
    if (!run.keptUntil || (*run.keptUntil != ended + told && *run.keptUntil != ended + m_seen.retention)) {
        throw Violation("retention", "the run is kept for another time than its namespace says", run.runId);
    }
    m_seen.expiries[run.number] = *run.keptUntil;
}

void Oracle::checkClock() {
    if (m_world.now < m_seen.lastNow) throw Violation("clock-goes-back", "virtual time went back");
    m_seen.lastNow = m_world.now;
    m_digest.add(uint64_t(m_world.now.time_since_epoch().count()));
    const auto due = m_world.due.firstTime();
    if (due && *due <= m_world.now) throw Violation("missed-due", "something was due and did not happen");
    // So many that the next input goes on.
    constexpr uint64_t kManyJumps = 900;
    const bool many = m_world.clock.jumps() - std::exchange(m_seen.lastJumps, m_world.clock.jumps()) >= kManyJumps;
    const bool automatic = m_world.clock.mode() == server::ClockMode::Automatic;
    if (automatic && !many && !m_world.held() && m_world.due.firstJumpTime()) {
        throw Violation("automatic-stands", "nothing runs, something is due, and automatic time stands");
    }
}

/// What holds the clock, found by looking at every run. A sleeper of the test service takes one hold away.
void Oracle::checkHolders() const {
    auto holds = int64_t(m_world.directQueries.size());
    for (const auto& run : m_world.runs) {
        int64_t busy = run->open() && run->task.has_value() ? 1 : 0;
        for (const auto& [id, activity] : run->activities) busy += activity.phase != ActivityPhase::Backoff ? 1 : 0;
        holds += busy;
        if ((busy > 0) != (m_world.busyRuns().count(run->number) != 0)) {
            throw Violation("holders", "the clock " + std::string(busy > 0 ? "does not see" : "sees") + " it at work",
                            run->runId);
        }
    }
    if (m_world.held() != (holds + m_world.clientLocks > 0)) {
        throw Violation("holders", "the clock is wrong about being held");
    }
    for (const auto& [stamp, query] : m_world.directQueries) {
        if (query.run->queries.count(query.queryId) == 0) {
            throw Violation("holders", "the clock is held by a query that is gone", query.run->runId);
        }
    }
}

void Oracle::checkRun(const Run& run) {
    const HistoryRules& history = rules(run);
    const bool closed = history.closing() != enums::EVENT_TYPE_UNSPECIFIED;
    if (closed == run.open()) throw Violation("status-as-history", "status and history disagree", run.runId);
    if (closed) {
        checkKeepsNothing(run);
        if (m_seen.closedSeen.insert(run.number).second) checkClosed(run);
        return;
    }
    checkTask(run);
    checkThings(run);
    checkRunTimeouts(run);
    for (const auto& [id, activity] : run.activities) checkActivity(run, activity);
}

void Oracle::checkTask(const Run& run) const {
    const HistoryRules& history = rules(run);
    const auto fail = [&run](const char* rule, const std::string& what) { throw Violation(rule, what, run.runId); };
    if (history.pendingTask() != 0) {
        if (!run.task || run.task->scheduledId != history.pendingTask()) {
            fail("task-as-history", "the workflow task of the history is not that of the server");
        }
    } else if (run.task && run.task->kind == server::TaskKind::Normal) {
        fail("task-as-history", "the server has a workflow task that the history does not know");
    }
    if (history.hasNews() && !run.task && !run.firstTask) fail("news-untold", "nobody will tell the worker the news");
    if (!run.buffered.empty() && !run.taskStarted()) fail("buffer-kept", "events wait although no worker has a task");
    if (run.taskStarted() && run.task->startedTime + run.task->timeout <= m_world.now) {
        fail("missed-time-out", "a workflow task should have timed out");
    }
    const bool admitted = std::any_of(run.updates.begin(), run.updates.end(), [](const auto& entry) {
        return entry.second.stage < server::UpdateStage::Accepted;
    });
    if (admitted && !run.task && !run.firstTask) fail("news-untold", "nobody will tell the worker of an update");
    if (run.lastStartedId != history.lastCompletedStart()) fail("task-as-history", "the last completed task differs");
}

/// Every timer and activity of the history is known to the server, or its end is in the buffer; and none is late.
void Oracle::checkThings(const Run& run) const {
    std::set<int64_t> ended;
    for (const HistoryEvent& event : run.buffered) {
        ended.insert(event.timer_fired_event_attributes().started_event_id());
        if (!event.has_activity_task_started_event_attributes()) ended.insert(attribute(event, "scheduled_event_id"));
    }
    for (const auto& [id, thing] : rules(run).open()) {
        const bool timer = thing.opened == enums::EVENT_TYPE_TIMER_STARTED;
        if (!timer && thing.opened != enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) continue;
        const bool known = timer ? run.timersByEvent.count(id) != 0 : run.activities.count(id) != 0;
        if (known == (ended.count(id) != 0)) {
            throw Violation("pending-as-history", "event " + std::to_string(id) + " is pending in one place only",
                            run.runId);
        }
        if (known && thing.due != base::Timestamp() && thing.due <= m_world.now) {
            throw Violation(timer ? "missed-timer" : "missed-time-out",
                            "what event " + std::to_string(id) + " began should be over", run.runId);
        }
    }
}

void Oracle::checkActivity(const Run& run, const server::PendingActivity& activity) {
    const auto& attributes = activity.attributes;
    const auto late = [&](base::Timestamp from, const google::protobuf::Duration& wire) {
        const base::Duration limit = durationOf(wire);
        return limit > 0s && from + limit <= m_world.now;
    };
    bool missed = false;
    if (activity.phase == ActivityPhase::Scheduled) {
        missed = late(activity.attemptScheduledTime, attributes.schedule_to_start_timeout());
    } else if (activity.phase == ActivityPhase::Started) {
        missed = late(activity.startedTime, attributes.start_to_close_timeout()) ||
                 late(std::max(activity.startedTime, activity.lastHeartbeatTime), attributes.heartbeat_timeout());
    } else {
        base::Duration wanted = backoff(attributes.retry_policy(), activity.attempt - 1);
        const auto& info = activity.lastFailure->application_failure_info();
        if (info.has_next_retry_delay()) wanted = durationOf(info.next_retry_delay());
        if (activity.nextAttemptTime != activity.lastAttemptCompleteTime + wanted) {
            throw Violation("retry-interval", "activity " + attributes.activity_id() + " backs off for another time",
                            run.runId);
        }
        m_seen.ledger.retryNotBefore(run.runId, activity.scheduledId, activity.attempt, activity.nextAttemptTime);
        missed = activity.nextAttemptTime <= m_world.now;
    }
    if (missed) {
        throw Violation("missed-time-out", "activity " + attributes.activity_id() + " is late for its next step",
                        run.runId);
    }
}

void Oracle::checkRunTimeouts(const Run& run) const {
    const base::Duration limit = run.runLength;
    if (limit > 0s && rules(run).resetAt().value_or(run.executionTime) + limit <= m_world.now) {
        throw Violation("missed-time-out", "the run should have timed out", run.runId);
    }
    if (run.executionExpiration && *run.executionExpiration <= m_world.now) {
        throw Violation("missed-time-out", "the execution should have timed out", run.runId);
    }
}

/// A run that has ended waits for nothing, and keeps no more than its history, what describes it and which signals
/// came.
void Oracle::checkKeepsNothing(const Run& run) const {
    const bool empty = !run.task && run.activities.empty() && run.activityIds.empty() && run.activeActivities.empty() &&
                       run.timers.empty() && run.timersByEvent.empty() && run.children.empty() &&
                       run.buffered.empty() && !run.runTimeout && !run.executionTimeout && !run.firstTask &&
                       run.openUpdates == 0;
    if (!empty) throw Violation("closed-keeps", "the run has ended and still keeps what it waited for", run.runId);
}

void Oracle::checkClosed(const Run& run) {
    checkExpiry(run);
    const HistoryEvent last = run.log.event(run.log.lastId());
    using namespace temporal::api::enums::v1;
    const std::map<EventType, WorkflowExecutionStatus> statuses = {
        {EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, WORKFLOW_EXECUTION_STATUS_COMPLETED},
        {EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, WORKFLOW_EXECUTION_STATUS_FAILED},
        {EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, WORKFLOW_EXECUTION_STATUS_CANCELED},
        {EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, WORKFLOW_EXECUTION_STATUS_TERMINATED},
        {EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW},
        {EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, WORKFLOW_EXECUTION_STATUS_TIMED_OUT}};
    if (statuses.at(last.event_type()) != run.status) {
        throw Violation("status-as-history", "status and closing event disagree", run.runId);
    }
    checkChain(run);
    checkResult(run);
    if (last.has_workflow_execution_timed_out_event_attributes()) {
        const base::Timestamp time = payload::fromProto(last.event_time());
        const base::Duration limit = run.runLength;
        const bool late = limit > 0s && time >= rules(run).resetAt().value_or(run.executionTime) + limit;
        if (!late && !(run.executionExpiration && time >= *run.executionExpiration)) {
            throw Violation("time-out-early", "the run timed out before its time", run.runId);
        }
    }
}

void Oracle::checkChain(const Run& run) const {
    const HistoryEvent last = run.log.event(run.log.lastId());
    std::string nextId;
    if (last.has_workflow_execution_continued_as_new_event_attributes()) {
        nextId = last.workflow_execution_continued_as_new_event_attributes().new_execution_run_id();
        if (nextId.empty()) throw Violation("chain", "it continues as nothing", run.runId);
    }
    if (last.has_workflow_execution_failed_event_attributes()) {
        nextId = last.workflow_execution_failed_event_attributes().new_execution_run_id();
    }
    if (last.has_workflow_execution_timed_out_event_attributes()) {
        nextId = last.workflow_execution_timed_out_event_attributes().new_execution_run_id();
    }
    if (last.has_workflow_execution_completed_event_attributes()) {
        nextId = last.workflow_execution_completed_event_attributes().new_execution_run_id();
    }
    if (nextId.empty()) return;
    const Run* next = runIn(m_world, nextId);
    if (next == nullptr) throw Violation("chain", "the run that follows does not exist", run.runId);
    const auto begun = next->startedEvent();
    const bool joined = begun.continued_execution_run_id() == run.runId && next->firstRunId == run.firstRunId &&
                        next->workflowId == run.workflowId && begun.first_execution_run_id() == run.firstRunId;
    if (!joined) throw Violation("chain", "the run that follows does not say where it comes from", nextId);
    if (begun.initiator() == enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE) return checkCron(run, *next);
    if (!last.has_workflow_execution_continued_as_new_event_attributes()) checkRetry(run, *next);
}

namespace {

/// The first slot after `scheduled`, which was one, that is not before `now`. Slots of the schedules that the
/// simulation knows lie a fixed time apart: those of the calendar on whole minutes, the others counted from the one
/// before.
base::Timestamp cronSlot(const std::string& schedule, base::Timestamp scheduled, base::Timestamp now) {
    // Whoever ends before his turn leaves it to the next one.
    if (now < scheduled) return scheduled;
    const base::Duration every = schedule == "@every 5s" ? 5s : 60s;
    const bool calendar = schedule.front() == '*';
    base::Timestamp slot = calendar ? base::Timestamp(std::chrono::floor<std::chrono::minutes>(scheduled))
                                    : base::Timestamp(std::chrono::floor<std::chrono::seconds>(scheduled));
    do slot += every;
    while (slot < now);
    return slot;
}

}  // namespace

void Oracle::checkCron(const Run& run, const Run& next) const {
    const auto begun = next.startedEvent();
    const std::string& schedule = begun.cron_schedule();
    if (schedule.empty() || schedule != run.startedEvent().cron_schedule() || next.attempt != 1) {
        throw Violation("cron-in-time", "it goes on by another schedule", next.runId);
    }
    const base::Timestamp slot = cronSlot(schedule, run.executionTime, run.closeTime);
    const base::Duration rest = 1s - (run.closeTime - run.executionTime);
    const base::Duration wanted =
        std::max<base::Duration>(std::chrono::ceil<std::chrono::seconds>(slot - run.closeTime), rest);
    const base::Duration wait = durationOf(begun.first_workflow_task_backoff());
    if (wait != wanted) {
        throw Violation("cron-in-time",
                        "its back-off is " + base::formatDuration(wait) + ", but " + schedule + " says " +
                            base::formatDuration(wanted),
                        next.runId);
    }
}

void Oracle::checkRetry(const Run& run, const Run& next) const {
    const auto policy = run.startedEvent().retry_policy();
    const int attempt = next.attempt;
    const bool allowed = policy.maximum_attempts() == 0 || attempt <= policy.maximum_attempts();
    if (attempt != run.attempt + 1 || !allowed) {
        throw Violation("workflow-retry", "attempt " + std::to_string(attempt) + " is not what the policy says",
                        next.runId);
    }
    // A chain whose runs fail at once does not spin: each lasts a second, the next one's back-off counted in.
    const base::Duration lasted = run.closeTime - run.executionTime;
    const base::Duration wanted = std::max<base::Duration>(backoff(policy, run.attempt), 1s - lasted);
    if (durationOf(next.startedEvent().first_workflow_task_backoff()) != wanted) {
        throw Violation("workflow-retry", "the back-off is not what the policy says", next.runId);
    }
}

}  // namespace orrery::simulation
