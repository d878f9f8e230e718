// SPDX-License-Identifier: MIT
#include "tests/simulation/history_rules.h"

#include <algorithm>

#include "core/payload/proto.h"
#include "tests/simulation/event_facts.h"
#include "tests/simulation/violation.h"

namespace orrery::simulation {

using namespace temporal::api::enums::v1;

void HistoryRules::fail(const char* rule, const HistoryEvent& event, const std::string& what) const {
    throw Violation(rule, "event " + eventLine(event) + ": " + what, m_runId);
}

void HistoryRules::take(const HistoryEvent& event) {
    checkPlace(event);
    checkTime(event);
    checkCommand(event);
    opens(event);
    starts(event);
    closes(event);
    messages(event);
    properties(event);
    tasks(event);
}

void HistoryRules::checkPlace(const HistoryEvent& event) {
    const EventType type = event.event_type();
    if (event.event_id() != m_last + 1) fail("contiguous-ids", event, "follows event " + std::to_string(m_last));
    if ((type == EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) != (m_last == 0)) fail("first-event", event, "at this place");
    if (m_closing != EVENT_TYPE_UNSPECIFIED) fail("nothing-after-close", event, "follows " + eventName(m_closing));
    m_last = event.event_id();
    const bool endsTask = closeLink(type) && closeLink(type)->opener == EVENT_TYPE_WORKFLOW_TASK_SCHEDULED;
    if (m_taskStarted && !endsTask) fail("shown-inside-task", event, "while a worker has the workflow task");
    if (isClosingEvent(type)) m_closing = type;
}

/// Tasks and commands are written when they happen. What comes from outside may have waited in the buffer, but not for
/// longer than the last task ran; and an activity's start is written when it ends.
void HistoryRules::checkTime(const HistoryEvent& event) {
    const EventType type = event.event_type();
    if (type == EVENT_TYPE_ACTIVITY_TASK_STARTED) return;
    const base::Timestamp time = payload::fromProto(event.event_time());
    const bool ordered = isTaskEvent(type) || isCommandEvent(type) || isClosingEvent(type);
    if (time < (ordered ? m_lastTaskTime : m_taskStartedAt)) {
        fail("time-goes-back", event, "is earlier than an event before it");
    }
    // A retried task is written when it completes, with the times that it really had.
    if (ordered || m_last == 1) m_lastTaskTime = time;
    if (type == EVENT_TYPE_WORKFLOW_TASK_STARTED || m_last == 1) m_taskStartedAt = time;
}

void HistoryRules::checkCommand(const HistoryEvent& event) {
    const EventType type = event.event_type();
    if (type == EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
        m_completed = event.event_id();
        m_outside = false;
        return;
    }
    if (isTaskEvent(type)) m_completed = 0;
    if (!isCommandEvent(type)) {
        m_outside = true;
        return;
    }
    // What commands cause at once (an activity that nobody had is cancelled) is written before the run ends.
    if (m_completed == 0 || (m_outside && !isClosingEvent(type)))
        fail("command-out-of-place", event, "does not follow a completed workflow task");
    const int64_t said = attribute(event, "workflow_task_completed_event_id");
    if (said != 0 && said != m_completed) fail("command-out-of-place", event, "names another completed task");
}

void HistoryRules::opens(const HistoryEvent& event) {
    if (!opensThing(event.event_type())) return;
    Thing thing;
    thing.opened = event.event_type();
    thing.openedAt = payload::fromProto(event.event_time());
    if (event.has_timer_started_event_attributes()) {
        const auto& attributes = event.timer_started_event_attributes();
        thing.name = attributes.timer_id();
        thing.due = thing.openedAt + payload::fromProto(attributes.start_to_fire_timeout());
    } else if (event.has_activity_task_scheduled_event_attributes()) {
        const auto& attributes = event.activity_task_scheduled_event_attributes();
        thing.name = attributes.activity_id();
        thing.timeouts[0] = payload::fromProto(attributes.start_to_close_timeout());
        thing.timeouts[1] = payload::fromProto(attributes.schedule_to_start_timeout());
        thing.timeouts[2] = payload::fromProto(attributes.schedule_to_close_timeout());
        thing.timeouts[3] = payload::fromProto(attributes.heartbeat_timeout());
        thing.attempts = attributes.retry_policy().maximum_attempts();
        if (thing.timeouts[2].count() > 0) thing.due = thing.openedAt + thing.timeouts[2];
    } else if (event.has_workflow_task_scheduled_event_attributes()) {
        const auto& attributes = event.workflow_task_scheduled_event_attributes();
        thing.timeouts[0] = payload::fromProto(attributes.start_to_close_timeout());
        thing.attempt = attributes.attempt();
    }
    for (const auto& [id, other] : m_open) {
        if (!thing.name.empty() && other.opened == thing.opened && other.name == thing.name) {
            fail("id-taken", event, "its id is that of event " + std::to_string(id) + ", which is open");
        }
    }
    m_open.emplace(event.event_id(), std::move(thing));
}

HistoryRules::Thing& HistoryRules::openThing(const HistoryEvent& event, int64_t id, EventType type) {
    const auto found = m_open.find(id);
    if (found == m_open.end()) {
        if (m_closed.count(id) != 0) fail("closed-twice", event, "event " + std::to_string(id) + " was closed before");
        fail("never-opened", event, "refers to event " + std::to_string(id) + ", which opened nothing");
    }
    if (found->second.opened != type) fail("never-opened", event, "refers to an event of another kind");
    return found->second;
}

void HistoryRules::starts(const HistoryEvent& event) {
    const auto link = startLink(event.event_type());
    if (!link) return;
    Thing& thing = openThing(event, attribute(event, link->field), link->opener);
    if (thing.startedId != 0) fail("started-twice", event, "was started by " + std::to_string(thing.startedId));
    thing.startedId = event.event_id();
    thing.startedAt = payload::fromProto(event.event_time());
    if (thing.startedAt < thing.openedAt) fail("time-goes-back", event, "started before it was there");
    if (event.has_activity_task_started_event_attributes()) {
        thing.attempt = event.activity_task_started_event_attributes().attempt();
        if (thing.attempt < 1 || (thing.attempts > 0 && thing.attempt > thing.attempts)) {
            fail("too-many-attempts", event, "the policy allows " + std::to_string(thing.attempts));
        }
    }
}

void HistoryRules::closes(const HistoryEvent& event) {
    if (const auto note = noteLink(event.event_type())) {
        openThing(event, attribute(event, note->field), note->opener);
        return;
    }
    const auto link = closeLink(event.event_type());
    if (!link) return;
    const int64_t id = attribute(event, link->field);
    const Thing& thing = openThing(event, id, link->opener);
    checkEnd(event, thing);
    m_open.erase(id);
    m_closed.insert(id);
}

void HistoryRules::checkEnd(const HistoryEvent& event, const Thing& thing) {
    const EventType type = event.event_type();
    const base::Timestamp time = payload::fromProto(event.event_time());
    const bool mayStart = thing.opened == EVENT_TYPE_WORKFLOW_TASK_SCHEDULED ||
                          thing.opened == EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ||
                          thing.opened == EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED;
    if (mayStart) {
        const int64_t said = attribute(event, "started_event_id");
        if (said != thing.startedId) {
            fail("wrong-start", event, "it was started by event " + std::to_string(thing.startedId));
        }
    }
    const bool needsStart = type == EVENT_TYPE_WORKFLOW_TASK_COMPLETED || type == EVENT_TYPE_WORKFLOW_TASK_FAILED ||
                            type == EVENT_TYPE_ACTIVITY_TASK_COMPLETED ||
                            (thing.opened == EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED &&
                             type != EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED);
    if (needsStart && thing.startedId == 0) fail("never-started", event, "ends what nobody started");
    if (type == EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED && thing.startedId != 0) {
        fail("never-started", event, "a child that runs cannot fail to start");
    }
    if (type == EVENT_TYPE_TIMER_FIRED && time < thing.due) fail("timer-early", event, "fired before its time");
    if (event.has_workflow_task_timed_out_event_attributes() && thing.startedId != 0 &&
        time < thing.startedAt + thing.timeouts[0]) {
        fail("time-out-early", event, "the worker still had time");
    }
    if (thing.opened == EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) checkActivityEnd(event, thing);
}

void HistoryRules::checkActivityEnd(const HistoryEvent& event, const Thing& thing) {
    if (event.has_activity_task_timed_out_event_attributes()) checkActivityTimeout(event, thing);
    const RetryState state = event.has_activity_task_failed_event_attributes()
                                 ? event.activity_task_failed_event_attributes().retry_state()
                             : event.has_activity_task_timed_out_event_attributes()
                                 ? event.activity_task_timed_out_event_attributes().retry_state()
                                 : RETRY_STATE_UNSPECIFIED;
    if (state == RETRY_STATE_IN_PROGRESS) fail("retry-state", event, "it ended, but says that it goes on");
    if (state == RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED && thing.attempt != thing.attempts) {
        fail("retry-state", event, "attempts were left");
    }
    if (event.has_activity_task_completed_event_attributes()) {
        for (const auto& payload : event.activity_task_completed_event_attributes().result().payloads()) {
            m_activityResults.insert(payload.data());
        }
    }
}

namespace {

bool isGivenUp(const HistoryEvent& event) {
    const auto& failure = event.activity_task_timed_out_event_attributes().failure();
    return failure.message().starts_with("Not enough time to schedule next retry");
}

}  // namespace

void HistoryRules::checkActivityTimeout(const HistoryEvent& event, const Thing& thing) {
    const auto type = event.activity_task_timed_out_event_attributes().failure().timeout_failure_info().timeout_type();
    const base::Timestamp time = payload::fromProto(event.event_time());
    const size_t index = type == TIMEOUT_TYPE_START_TO_CLOSE      ? 0
                         : type == TIMEOUT_TYPE_SCHEDULE_TO_START ? 1
                         : type == TIMEOUT_TYPE_SCHEDULE_TO_CLOSE ? 2
                                                                  : 3;
    const base::Duration limit = thing.timeouts[index];
    const bool ofAttempt = index == 0 || index == 3;
    if (ofAttempt && thing.startedId == 0) fail("never-started", event, "an attempt timed out that nobody had");
    if (limit.count() == 0) fail("time-out-early", event, "there is no such time-out");
    // Given up before its time, for the next attempt would come after it.
    if (index == 2 && isGivenUp(event)) return;
    if (time < (ofAttempt ? thing.startedAt : thing.openedAt) + limit) {
        fail("time-out-early", event, "there was time left");
    }
}

/// Activities that nobody had begun are scheduled anew, and their time counts from here.
void HistoryRules::wasReset(const HistoryEvent& event) {
    m_reset = payload::fromProto(event.event_time());
    for (auto& [id, thing] : m_open) {
        if (thing.opened != EVENT_TYPE_ACTIVITY_TASK_SCHEDULED || thing.startedId != 0) continue;
        thing.openedAt = *m_reset;
        if (thing.timeouts[2].count() > 0) thing.due = thing.openedAt + thing.timeouts[2];
    }
}

void HistoryRules::messages(const HistoryEvent& event) {
    if (event.workflow_task_failed_event_attributes().cause() == enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) {
        wasReset(event);
    }
    if (event.has_workflow_execution_signaled_event_attributes()) {
        const auto& attributes = event.workflow_execution_signaled_event_attributes();
        const std::string key = signalKey(attributes.input());
        // A run that a reset made does not know the requests whose signals it has: one that comes again is taken again.
        if (!key.empty() && !m_signalKeys.insert(key).second && !m_reset) {
            fail("signal-twice", event, "the same signal is in the history already");
        }
        if (attributes.signal_name() == "note" && attributes.input().payloads_size() == 1) {
            m_notes.emplace(event.event_id(), attributes.input().payloads(0).data());
        }
    } else if (event.has_workflow_execution_cancel_requested_event_attributes()) {
        if (std::exchange(m_cancelRequested, true)) fail("cancel-twice", event, "it was asked for before");
    } else if (event.has_workflow_execution_update_accepted_event_attributes()) {
        const auto& attributes = event.workflow_execution_update_accepted_event_attributes();
        if (!m_accepted.emplace(attributes.protocol_instance_id(), event.event_id()).second) {
            fail("update-twice", event, "the update was accepted before");
        }
    } else if (event.has_workflow_execution_update_completed_event_attributes()) {
        const auto& attributes = event.workflow_execution_update_completed_event_attributes();
        m_outcomes.emplace(attributes.accepted_event_id(), attributes.outcome().ShortDebugString());
    }
}

void HistoryRules::properties(const HistoryEvent& event) {
    const auto take = [this](const auto& fields) {
        for (const auto& [name, value] : fields) {
            const bool gone = value.data().empty() || value.data() == "null" || value.data() == "[]";
            if (gone) {
                m_attributes.erase(name);
            } else {
                m_attributes[name] = value.data();
            }
        }
    };
    if (event.has_workflow_execution_started_event_attributes()) {
        const auto& started = event.workflow_execution_started_event_attributes();
        m_type = started.workflow_type().name();
        m_cron = started.cron_schedule();
        m_startedAt = payload::fromProto(event.event_time());
        take(started.search_attributes().indexed_fields());
    } else if (event.has_upsert_workflow_search_attributes_event_attributes()) {
        take(event.upsert_workflow_search_attributes_event_attributes().search_attributes().indexed_fields());
    }
}

void HistoryRules::tasks(const HistoryEvent& event) {
    switch (event.event_type()) {
        case EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
            if (m_task != 0) fail("single-task", event, "task " + std::to_string(m_task) + " is pending");
            m_task = event.event_id();
            m_news = false;
            return;
        case EVENT_TYPE_WORKFLOW_TASK_STARTED:
            m_taskStarted = true;
            m_news = false;
            m_startOfCompleted = event.event_id();
            return;
        case EVENT_TYPE_WORKFLOW_TASK_COMPLETED: m_lastCompletedStart = m_startOfCompleted; break;
        case EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        case EVENT_TYPE_WORKFLOW_TASK_FAILED: m_news = true; break;
        default:
            if (!isCommandEvent(event.event_type())) m_news = true;
            return;
    }
    m_task = 0;
    m_taskStarted = false;
}

}  // namespace orrery::simulation
