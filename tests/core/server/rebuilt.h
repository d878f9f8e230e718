// SPDX-License-Identifier: MIT
// Every history tells what its run is: the run that it makes has to equal the one that wrote it.
#pragma once

#ifndef Q_MOC_RUN

#include <google/protobuf/util/message_differencer.h>

#include "core/server/state/rebuild.h"
#include "core/server/state/reset.h"

namespace orrery::test {

/// Finds what is not as the history says.
class Rebuilt {
public:
    /// Empty when all is.
    static std::string difference(const server::Run& live) {
        server::Run again;
        again.ns = live.ns;
        again.workflowId = live.workflowId;
        again.runId = live.runId;
        again.log = live.log;
        server::Rebuild rebuild(again);
        rebuild.applyLog();
        // What is in the buffer has happened to the run already.
        for (const auto& event : live.buffered) rebuild.apply(event);
        Rebuilt compared(live, again);
        compared.all();
        return compared.m_difference;
    }

private:
    Rebuilt(const server::Run& live, const server::Run& again) : m_live(live), m_again(again) {}

    template <typename Value>
    void same(const std::string& what, const Value& left, const Value& right) {
        if (left == right) return;
        m_difference += what + "; ";
    }
    void sameMessage(const std::string& what, const google::protobuf::Message& left,
                     const google::protobuf::Message& right) {
        if (google::protobuf::util::MessageDifferencer::Equals(left, right)) return;
        m_difference += what + " {" + left.ShortDebugString() + "} {" + right.ShortDebugString() + "}; ";
    }

    void all() {
        same("status", m_live.status, m_again.status);
        same("close time", m_live.closeTime, m_again.closeTime);
        same("type", m_live.type, m_again.type);
        same("queue", m_live.queue, m_again.queue);
        same("task's length", m_live.taskLength, m_again.taskLength);
        same("length", m_live.runLength, m_again.runLength);
        same("attempt", m_live.attempt, m_again.attempt);
        same("policy", m_live.hasRetryPolicy, m_again.hasRetryPolicy);
        same("priority", m_live.priority.edited(), m_again.priority.edited());
        sameMessage("priority", *m_live.priority, *m_again.priority);
        sameMessage("metadata", m_live.userMetadata, m_again.userMetadata);
        sameMessage("memo", *m_live.memo, *m_again.memo);
        // What is reported of failing tasks is in no history.
        auto attributes = *m_live.searchAttributes;
        attributes.mutable_indexed_fields()->erase("TemporalReportedProblems");
        sameMessage("attributes", attributes, *m_again.searchAttributes);
        same("first run", m_live.firstRunId, m_again.firstRunId);
        same("root", m_live.rootWorkflowId() + m_live.rootRunId(), m_again.rootWorkflowId() + m_again.rootRunId());
        same("parent", m_live.parent.has_value(), m_again.parent.has_value());
        if (m_live.parent && m_again.parent) {
            same("parent", m_live.parent->runId, m_again.parent->runId);
            same("parent's event", m_live.parent->initiatedId, m_again.parent->initiatedId);
        }
        same("original start", m_live.firstStartTime, m_again.firstStartTime);
        // A run that a reset made counts its own times from the reset.
        if (!server::isReset(m_live)) {
            same("start", m_live.startTime, m_again.startTime);
            same("execution time", m_live.executionTime, m_again.executionTime);
            same("run expiration", m_live.runExpiration, m_again.runExpiration);
            same("expiration", m_live.executionExpiration, m_again.executionExpiration);
        }
        same("last started", m_live.lastStartedId, m_again.lastStartedId);
        same("skipped", m_live.skipped, m_again.skipped);
        timeSkipping();
        same("signals", m_live.signalCount, m_again.signalCount);
        same("cancel", m_live.cancelRequested, m_again.cancelRequested);
        task();
        activities();
        timers();
        children();
        updates();
        resetPoints();
    }

    void timeSkipping() {
        same("time skipping", m_live.timeSkipping.has_value(), m_again.timeSkipping.has_value());
        if (!m_live.timeSkipping || !m_again.timeSkipping) return;
        const auto& live = *m_live.timeSkipping;
        const auto& again = *m_again.timeSkipping;
        same("skips", live.sessionSkips, again.sessionSkips);
        same("skipping's config", live.config.has_value(), again.config.has_value());
        if (live.config && again.config) sameMessage("skipping's config", *live.config, *again.config);
        same("fast-forward", live.fastForward.has_value(), again.fastForward.has_value());
        if (!live.fastForward || !again.fastForward) return;
        same("fast-forward's target", live.fastForward->target, again.fastForward->target);
        same("fast-forward's end", live.fastForward->reached, again.fastForward->reached);
    }

    void task() {
        using server::TaskKind;
        const auto kindOf = [](const server::Run& run) {
            if (!run.task || run.task->kind == TaskKind::Speculative) return std::string("none");
            return std::string(run.task->kind == TaskKind::Normal ? "normal" : "transient");
        };
        // No event tells that a worker's sticky queue was given up while it had the task, and then its end counts.
        if (kindOf(m_live) == "transient" && lastTaskWasSticky()) return;
        same("task " + kindOf(m_live) + " " + kindOf(m_again), kindOf(m_live), kindOf(m_again));
        if (kindOf(m_live) != "normal" || kindOf(m_again) != "normal") return;
        same("scheduled", m_live.task->scheduledId, m_again.task->scheduledId);
        same("started", m_live.task->startedId, m_again.task->startedId);
        same("attempt", m_live.task->attempt, m_again.task->attempt);
        same("worker", m_live.task->identity, m_again.task->identity);
        same("request", m_live.task->requestId, m_again.task->requestId);
        same("timeout", m_live.task->timeout, m_again.task->timeout);
        // No history tells whether the sticky worker took it.
        if (!m_live.task->started()) same("sticky", m_live.task->onSticky, m_again.task->onSticky);
        same("size", m_live.task->historySize, m_again.task->historySize);
        same("suggestion", m_live.task->suggestContinueAsNew, m_again.task->suggestContinueAsNew);
    }

    bool lastTaskWasSticky() const {
        for (int64_t id = m_live.log.lastId(); id > 0; --id) {
            const auto event = m_live.log.event(id);
            if (!event.has_workflow_task_scheduled_event_attributes()) continue;
            return event.workflow_task_scheduled_event_attributes().task_queue().kind() ==
                   temporal::api::enums::v1::TASK_QUEUE_KIND_STICKY;
        }
        return false;
    }

    void activities() {
        same("activities", m_live.activities.size(), m_again.activities.size());
        for (const auto& [id, event] : m_live.activityIds) {
            const auto found = m_again.activityIds.find(id);
            same("activity id", true, found != m_again.activityIds.end() && found->second == event);
        }
        for (const auto& [id, live] : m_live.activities) {
            const auto found = m_again.activities.find(id);
            if (found == m_again.activities.end()) continue;
            const auto& again = found->second;
            sameMessage("activity", live.attributes, again.attributes);
            same("activity's cancel", live.cancelRequested, again.cancelRequested);
            same("activity's cancel event", live.cancelRequestedId, again.cancelRequestedId);
            if (server::isReset(m_live)) continue;
            same("activity's time", live.scheduledTime, again.scheduledTime);
            same("activity's expiration", live.expiration, again.expiration);
        }
    }

    void timers() {
        same("timers", m_live.timers.size(), m_again.timers.size());
        same("timers by event", m_live.timersByEvent.size(), m_again.timersByEvent.size());
        for (const auto& [id, live] : m_live.timers) {
            const auto found = m_again.timers.find(id);
            if (found == m_again.timers.end()) continue;
            same("timer's event", live.startedId, found->second.startedId);
            same("timer's time", live.fireTime, found->second.fireTime);
            sameMessage("timer's summary", *live.summary, *found->second.summary);
        }
    }

    void children() {
        std::set<int64_t> ids;
        for (const auto& [id, live] : m_live.children) {
            if (live.closing) continue;
            ids.insert(id);
            const auto found = m_again.children.find(id);
            if (found == m_again.children.end()) continue;
            sameMessage("child", live.attributes, found->second.attributes);
            same("child's run", live.runId, found->second.runId);
            same("child's start", live.startedId, found->second.startedId);
        }
        same("children", ids.size(), m_again.children.size());
    }

    void updates() {
        size_t known = 0;
        for (const auto& [id, live] : m_live.updates) {
            if (live.stage < server::UpdateStage::Accepted && live.admittedId == 0) continue;
            ++known;
            const auto found = m_again.updates.find(id);
            if (found == m_again.updates.end()) continue;
            const auto& again = found->second;
            const bool accepted = live.stage >= server::UpdateStage::Accepted;
            same("update's stage", accepted ? live.stage : server::UpdateStage::Admitted, again.stage);
            sameMessage("update's request", live.request, again.request);
            same("update's admission", live.admittedId, again.admittedId);
            same("update's acceptance", live.acceptedId, again.acceptedId);
            if (accepted) same("update's place", live.sequencingId, again.sequencingId);
            same("update's outcome", live.outcome.has_value(), again.outcome.has_value());
            if (live.outcome && again.outcome) sameMessage("update's outcome", *live.outcome, *again.outcome);
        }
        same("updates", known, m_again.updates.size());
    }

    void resetPoints() {
        same("builds", *m_live.builds, *m_again.builds);
        same("reset points", m_live.resetPoints.size(), m_again.resetPoints.size());
        for (size_t i = 0; i < std::min(m_live.resetPoints.size(), m_again.resetPoints.size()); ++i) {
            const auto& live = m_live.resetPoints[i];
            const auto& again = m_again.resetPoints[i];
            same("reset point", live.checksum + live.buildId, again.checksum + again.buildId);
            same("reset point's event", live.completedId, again.completedId);
            same("reset point's time", live.time, again.time);
            same("reset point's use", live.resettable, again.resettable);
        }
    }

    const server::Run& m_live;
    const server::Run& m_again;
    std::string m_difference;
};

}  // namespace orrery::test

#endif  // Q_MOC_RUN
