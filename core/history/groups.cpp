// SPDX-License-Identifier: MIT
#include "core/history/groups.h"

#include <fmt/format.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/grouper.h"
#include "core/history/words.h"
#include "core/payload/proto.h"

namespace orrery::history {

std::string_view groupKindName(GroupKind kind) {
    switch (kind) {
        case GroupKind::WorkflowTask: return "workflowTask";
        case GroupKind::Activity: return "activity";
        case GroupKind::LocalActivity: return "localActivity";
        case GroupKind::Timer: return "timer";
        case GroupKind::ChildWorkflow: return "childWorkflow";
        case GroupKind::Signal: return "signal";
        case GroupKind::Update: return "update";
        case GroupKind::Nexus: return "nexus";
        case GroupKind::Marker: return "marker";
        case GroupKind::ExternalSignal: return "externalSignal";
        case GroupKind::ExternalCancel: return "externalCancel";
        case GroupKind::Workflow: return "workflow";
        case GroupKind::Other: return "other";
    }
    return "other";
}

std::string_view groupStateName(GroupState state) {
    switch (state) {
        case GroupState::Scheduled: return "Scheduled";
        case GroupState::Running: return "Running";
        case GroupState::Completed: return "Completed";
        case GroupState::Failed: return "Failed";
        case GroupState::TimedOut: return "TimedOut";
        case GroupState::Canceled: return "Canceled";
        case GroupState::Terminated: return "Terminated";
        case GroupState::Rejected: return "Rejected";
    }
    return "Completed";
}

Grouper::Grouper(const History& history) : m_history(history) {
    m_groups.ofEvent.assign(history.size(), -1);
    m_groups.list.reserve(history.size() / 3 + 1);
}

Groups Grouper::run() {
    for (m_index = 0; m_index < m_history.size(); ++m_index) {
        const Event event = m_history[m_index];
        m_event = &event.message();
        m_time = event.time();
        if (event.isKnown()) {
            workflowTasks() || activities() || timers() || children() || messages() || externals() || nexus() || rest();
        } else {
            open(GroupKind::Other, event.typeName());
            instant();
        }
    }
    return std::move(m_groups);
}

EventGroup& Grouper::open(GroupKind kind, std::string name) {
    m_groups.ofEvent[m_index] = static_cast<int32_t>(m_groups.list.size());
    EventGroup& group = m_groups.list.emplace_back();
    group.kind = kind;
    group.name = std::move(name);
    group.firstEventId = m_event->event_id();
    group.eventIds.push_back(m_event->event_id());
    group.scheduled = m_time;
    m_current = m_groups.list.size() - 1;
    return group;
}

EventGroup* Grouper::join(int64_t eventId) {
    const auto position = m_history.indexOf(eventId);
    const int32_t at = position && *position < m_index ? m_groups.ofEvent[*position] : -1;
    if (at < 0) return nullptr;
    return &joinAt(static_cast<size_t>(at));
}

EventGroup& Grouper::joinAt(size_t at) {
    m_current = at;
    m_groups.ofEvent[m_index] = static_cast<int32_t>(at);
    EventGroup& group = m_groups.list[at];
    group.eventIds.push_back(m_event->event_id());
    return group;
}

EventGroup& Grouper::joinOrOpen(int64_t eventId, GroupKind kind, std::string name) {
    if (EventGroup* group = join(eventId); group && group->kind == kind) return *group;
    // The beginning is missing, as in a cut-off export: what is there still makes a row.
    EventGroup& group = open(kind, std::move(name));
    group.state = GroupState::Running;
    group.scheduled.reset();
    return group;
}

void Grouper::begin(int attempt) {
    EventGroup& group = m_groups.list[m_current];
    group.state = GroupState::Running;
    group.started = m_time;
    group.attempts = std::max(1, attempt);
    if (m_time) group.attemptSpans.push_back({group.attempts, *m_time, std::nullopt, {}});
}

void Grouper::close(GroupState state, std::string failure) {
    EventGroup& group = m_groups.list[m_current];
    group.state = state;
    group.closed = m_time;
    if (!group.attemptSpans.empty() && !group.attemptSpans.back().closed) {
        group.attemptSpans.back().closed = m_time;
        if (state == GroupState::Failed || state == GroupState::TimedOut) group.attemptSpans.back().failure = failure;
    }
    if (!failure.empty()) group.lastFailure = std::move(failure);
}

void Grouper::instant() {
    EventGroup& group = m_groups.list[m_current];
    group.state = GroupState::Completed;
    group.started = m_time;
    group.closed = m_time;
}

Groups groups(const History& history) { return Grouper(history).run(); }

}  // namespace orrery::history
