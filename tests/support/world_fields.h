// SPDX-License-Identifier: MIT
// Compares two worlds field by field. A field that is added to any of these structs breaks the build here: say whether
// a store has to keep it, and if so add it to core/server/store and to the list. Header only.
#pragma once

#ifndef Q_MOC_RUN

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <google/protobuf/util/message_differencer.h>

#include "core/server/state/world.h"

namespace orrery::test {

/// A tuple of what is given, and its names.
#define ORRERY_FIELDS(...) std::pair(std::tie(__VA_ARGS__), #__VA_ARGS__)

inline auto fieldsOf(const server::DueKey& key) {
    const auto& [time, number] = key;
    return ORRERY_FIELDS(time, number);
}

inline auto fieldsOf(const server::WorkflowTask& task) {
    const auto& [kind, scheduledId, startedId, attempt, stamp, scheduledTime, originalScheduledTime, startedTime,
                 timeout, queue, onSticky, identity, requestId, historySize, suggestContinueAsNew, suggestBySize,
                 suggestByCount, suggestByUpdates, queryIds, scheduleToStart, startToClose] = task;
    // Queries are gone with their callers.
    (void)queryIds;
    return ORRERY_FIELDS(kind, scheduledId, startedId, attempt, stamp, scheduledTime, originalScheduledTime,
                         startedTime, timeout, queue, onSticky, identity, requestId, historySize, suggestContinueAsNew,
                         suggestBySize, suggestByCount, suggestByUpdates, scheduleToStart, startToClose);
}

inline auto fieldsOf(const server::PendingActivity& activity) {
    const auto& [scheduledId, startedId, attributes, phase, attempt, stamp, scheduledTime, attemptScheduledTime,
                 startedTime, lastHeartbeatTime, lastAttemptCompleteTime, nextAttemptTime, retryInterval, expiration,
                 identity, lastIdentity, requestId, cancelRequested, cancelRequestedId, heartbeat, lastFailure,
                 scheduleToStart, scheduleToClose, startToClose, heartbeatDue, retryDue] = activity;
    return ORRERY_FIELDS(scheduledId, startedId, attributes, phase, attempt, stamp, scheduledTime, attemptScheduledTime,
                         startedTime, lastHeartbeatTime, lastAttemptCompleteTime, nextAttemptTime, retryInterval,
                         expiration, identity, lastIdentity, requestId, cancelRequested, cancelRequestedId, heartbeat,
                         lastFailure, scheduleToStart, scheduleToClose, startToClose, heartbeatDue, retryDue);
}

inline auto fieldsOf(const server::PendingTimer& timer) {
    const auto& [id, summary, startedId, fireTime, due] = timer;
    return ORRERY_FIELDS(id, summary, startedId, fireTime, due);
}

inline auto fieldsOf(const server::PendingChild& child) {
    const auto& [initiatedId, startedId, attributes, runId, closing] = child;
    return ORRERY_FIELDS(initiatedId, startedId, attributes, runId, closing);
}

inline auto fieldsOf(const server::Update& update) {
    const auto& [id, stage, request, admittedId, acceptedId, sequencingId, outcome, waits] = update;
    (void)waits;
    return ORRERY_FIELDS(id, stage, request, admittedId, acceptedId, sequencingId, outcome);
}

inline auto fieldsOf(const server::ParentLink& link) {
    const auto& [ns, workflowId, runId, initiatedId] = link;
    return ORRERY_FIELDS(ns, workflowId, runId, initiatedId);
}

inline auto fieldsOf(const server::Root& root) {
    const auto& [workflowId, runId] = root;
    return ORRERY_FIELDS(workflowId, runId);
}

inline auto fieldsOf(const server::ResetNotes& notes) {
    const auto& [resetRunId, requestId, originalRunId, copiedEvents] = notes;
    return ORRERY_FIELDS(resetRunId, requestId, originalRunId, copiedEvents);
}

inline auto fieldsOf(const server::TimeSkipping::FastForward& forward) {
    const auto& [target, reached] = forward;
    return ORRERY_FIELDS(target, reached);
}

inline auto fieldsOf(const server::TimeSkipping& skipping) {
    const auto& [config, sessionSkips, fastForward] = skipping;
    return ORRERY_FIELDS(config, sessionSkips, fastForward);
}

inline auto fieldsOf(const server::ActivityAttempt& attempt) {
    const auto& [number, scheduled, started, ended, identity, outcome, failure, lastHeartbeat, heartbeat,
                 bytesLeftOut] = attempt;
    return ORRERY_FIELDS(number, scheduled, started, ended, identity, outcome, failure, lastHeartbeat, heartbeat,
                         bytesLeftOut);
}

inline auto fieldsOf(const server::AttemptPage& page) {
    const auto& [activityId, typeName, ended] = page;
    return ORRERY_FIELDS(activityId, typeName, ended);
}

inline auto fieldsOf(const server::AttemptLog& log) {
    const auto& [pages, bytes] = log;
    return ORRERY_FIELDS(pages, bytes);
}

inline auto fieldsOf(const server::Run& run) {
    const auto& [ns, workflowId, runId, firstRunId, number, type, queue, taskLength, runLength, attempt, hasRetryPolicy,
                 cron, priority, userMetadata, memo, searchAttributes, parent, root, startTime, executionTime,
                 closeTime, firstStartTime, status, nextRunId, skipped, timeSkipping, fastForwardDue, log, lastWork,
                 buffered, bufferedBytes, transitions, task, holdTask, doingCommands, nextAttempt, taskProblems,
                 lastStartedId, closeRefused, stickyQueue, stickyTimeout, heartbeatSince, activities, activityIds,
                 activeActivities, attempts, timers, timersByEvent, children, queries, updates, updateOrder,
                 openUpdates, signalRequests, signalCount, startRequestId, attachedRequests, cancelRequested,
                 resetPoints, builds, resets, keptUntil, superseded, place, listedAs, runTimeout, executionTimeout,
                 firstTask, runExpiration, executionExpiration, historyQuestions, touched, kept, measuredAt] = run;
    // Queries and questions are gone with their callers.
    (void)queries, (void)historyQuestions, (void)kept, (void)lastWork, (void)place, (void)listedAs, (void)measuredAt;
    return ORRERY_FIELDS(ns, workflowId, runId, firstRunId, number, type, queue, taskLength, runLength, attempt,
                         hasRetryPolicy, cron, priority, userMetadata, memo, searchAttributes, parent, root, startTime,
                         executionTime, closeTime, firstStartTime, status, nextRunId, skipped, timeSkipping,
                         fastForwardDue, log, buffered, bufferedBytes, transitions, task, holdTask, doingCommands,
                         nextAttempt, taskProblems, lastStartedId, closeRefused, stickyQueue, stickyTimeout,
                         heartbeatSince, activities, activityIds, activeActivities, attempts, timers, timersByEvent,
                         children, updates, updateOrder, openUpdates, signalRequests, signalCount, startRequestId,
                         attachedRequests, cancelRequested, resetPoints, builds, resets, keptUntil, superseded,
                         runTimeout, executionTimeout, firstTask, runExpiration, executionExpiration, touched);
}

inline auto fieldsOf(const server::Namespace& known) {
    const auto& [name, id, description, ownerEmail, data, retention, searchAttributes] = known;
    return ORRERY_FIELDS(name, id, description, ownerEmail, data, retention, searchAttributes);
}

inline auto fieldsOf(const server::EventTarget& target) {
    const auto& [workflowId, runId, eventType, eventId] = target;
    return ORRERY_FIELDS(workflowId, runId, eventType, eventId);
}

inline auto fieldsOf(const server::VirtualClock::Memory& clock) {
    const auto& [mode, resting, offset, frozen, target, event, goOn, jumps, note] = clock;
    return ORRERY_FIELDS(mode, resting, offset, frozen, target, event, goOn, jumps, note);
}

inline auto fieldsOf(const server::World::Sleeper& sleeper) {
    const auto& [waitId, relock, due] = sleeper;
    // Its caller is gone.
    (void)waitId;
    return ORRERY_FIELDS(relock, due);
}

inline auto fieldsOf(const server::World::Counters& counters) {
    const auto& [stamp, taskId, random, lastRun] = counters;
    return ORRERY_FIELDS(stamp, taskId, random, lastRun);
}

/// Says where two values differ.
class FieldComparison {
public:
    std::vector<std::string> differences;

    template <typename Value>
    void compare(const std::string& where, const Value& left, const Value& right) {
        if constexpr (std::is_base_of_v<google::protobuf::Message, Value>) {
            if (!google::protobuf::util::MessageDifferencer::Equals(left, right)) {
                differ(where, left.ShortDebugString(), right.ShortDebugString());
            }
        } else if constexpr (requires { fieldsOf(left); }) {
            compareFields(where, fieldsOf(left), fieldsOf(right));
        } else if constexpr (requires { left.edited(); }) {
            compare(where, *left, *right);
        } else if constexpr (requires { left.has_value(); }) {
            if (left.has_value() != right.has_value()) {
                differ(where, left ? "something" : "nothing", right ? "something" : "nothing");
            } else if (left) {
                compare(where, *left, *right);
            }
        } else if constexpr (requires { left.begin()->second; }) {
            compareMaps(where, left, right);
        } else if constexpr (std::is_pointer_v<Value>) {
            compare(where, *left, *right);
        } else {
            compareLeaf(where, left, right);
        }
    }

private:
    void differ(const std::string& where, const std::string& left, const std::string& right) {
        differences.push_back(where + ": " + left + " became " + right);
    }

    template <typename Fields>
    void compareFields(const std::string& where, const Fields& left, const Fields& right) {
        std::string names = left.second;
        const auto next = [&names] {
            const size_t end = std::min(names.find(','), names.size());
            std::string name = names.substr(0, end);
            names.erase(0, std::min(names.find_first_not_of(", \n", end), names.size()));
            return name;
        };
        std::apply(
            [&](const auto&... lefts) {
                std::apply([&](const auto&... rights) { (compare(where + '.' + next(), lefts, rights), ...); },
                           right.first);
            },
            left.first);
    }

    template <typename Map>
    void compareMaps(const std::string& where, const Map& left, const Map& right) {
        if (left.size() != right.size()) return differ(where, sizeOf(left), sizeOf(right));
        for (const auto& [key, value] : left) {
            const auto other = right.find(key);
            const std::string place = where + '[' + nameOf(key) + ']';
            if (other == right.end()) {
                differ(place, "something", "nothing");
            } else {
                compare(place, value, other->second);
            }
        }
    }

    template <typename Value>
    void compareLeaf(const std::string& where, const Value& left, const Value& right) {
        if constexpr (std::is_same_v<Value, server::EventLog>) {
            if (left.range(1, left.lastId()) != right.range(1, right.lastId())) differ(where, "a log", "another");
        } else if constexpr (std::is_same_v<Value, server::WallTimers::Key>) {
            if (left.first != right.first) differ(where, nameOf(left.first), nameOf(right.first));
        } else if constexpr (std::is_same_v<Value, std::vector<server::HistoryEvent>> ||
                             std::is_same_v<Value, std::vector<server::ActivityAttempt>>) {
            if (left.size() != right.size()) return differ(where, sizeOf(left), sizeOf(right));
            for (size_t i = 0; i < left.size(); ++i) compare(where + '[' + nameOf(i) + ']', left[i], right[i]);
        } else if constexpr (std::is_same_v<Value, base::LazyContainer<std::set<int64_t>>> ||
                             std::is_same_v<Value, server::KeptSet<std::string>>) {
            if (std::set(left.begin(), left.end()) != std::set(right.begin(), right.end())) {
                differ(where, sizeOf(left), sizeOf(right));
            }
        } else if (!(left == right)) {
            differ(where, nameOf(left), nameOf(right));
        }
    }

    template <typename Collection>
    static std::string sizeOf(const Collection& collection) {
        return std::to_string(collection.size()) + " things";
    }
    template <typename Value>
    static std::string nameOf(const Value& value) {
        if constexpr (std::is_convertible_v<Value, std::string>) {
            return std::string(value);
        } else if constexpr (std::is_arithmetic_v<Value>) {
            return std::to_string(value);
        } else if constexpr (std::is_enum_v<Value>) {
            return std::to_string(int(value));
        } else if constexpr (std::is_same_v<Value, base::Timestamp>) {
            return base::formatTimestamp(value);
        } else {
            return "something else";
        }
    }
};

/// World is no plain struct, so that only its size tells that there is something new in it.
inline constexpr size_t kWorldSize = 1664;

/// What is kept of a world, in its own words: "run w.task.attempt: 2 became 1". Empty when the two are the same.
inline std::vector<std::string> differencesOf(const server::World& left, const server::World& right) {
    static_assert(!(sizeof(void*) == 8) || sizeof(server::World) - sizeof(server::WorldOptions) == kWorldSize,
                  "World has a new member: keep it in store/keeper.cpp or say why not, and compare it here");
    FieldComparison all;
    all.compare("now", left.now, right.now);
    all.compare("clock", left.clock.memory(), right.clock.memory());
    all.compare("counters", left.counters(), right.counters());
    all.compare("nextDue", left.due.nextNumber(), right.due.nextNumber());
    all.compare("clientLocks", left.clientLocks, right.clientLocks);
    all.compare("sleepers", left.sleepers, right.sleepers);
    all.compare("namespaces", left.namespaces(), right.namespaces());
    const auto dueOf = [](const server::World& world) {
        std::vector<std::tuple<server::DueKey, server::DueWhat, uint64_t, int64_t>> result;
        for (const auto& [key, entry] : world.due.soonest(world.due.size())) {
            result.emplace_back(key, entry.what, entry.run == nullptr ? 0 : entry.run->number, entry.id);
        }
        return result;
    };
    all.compare("due", dueOf(left), dueOf(right));
    const auto busyOf = [](const server::World& world) {
        std::set<uint64_t> result;
        for (const auto& [number, run] : world.busyRuns()) result.insert(number);
        return result;
    };
    all.compare("busyRuns", busyOf(left), busyOf(right));
    const auto runsOf = [](const server::World& world) {
        std::map<uint64_t, const server::Run*> result;
        for (const auto& run : world.runs) result.emplace(run->number, run.get());
        return result;
    };
    all.compare("run", runsOf(left), runsOf(right));
    return all.differences;
}

}  // namespace orrery::test

#endif  // Q_MOC_RUN
