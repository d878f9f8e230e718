// SPDX-License-Identifier: MIT
// Task queues: work that waits for a worker, and workers that wait for work, each in order of arrival. Work of a higher
// priority comes first.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include <temporal/api/taskqueue/v1/message.pb.h>

#include "core/server/state/priority.h"
#include "core/server/state/run.h"
#include "core/server/state/task_rate.h"
#include "core/server/state/waits.h"

namespace orrery::server {

enum class QueueType : uint8_t { Workflow, Activity, Nexus };

/// A piece of work by reference: what it stands for may be gone by the time a worker asks.
struct TaskRef {
    enum class Kind : uint8_t { Workflow, Activity, Query };
    Kind kind = Kind::Workflow;
    PriorityLevel priority = kNormalPriority;
    Run* run = nullptr;
    int64_t activityId = 0;  ///< scheduled event id
    std::string queryId;
    uint64_t stamp = 0;
};

struct Poller {
    uint64_t waitId = 0;
    std::string identity;
    std::string workerKey;
    std::function<void(const TaskRef&, const CallPtr&)> give;
};

/// The tasks of one priority.
struct TaskLevel {
    std::deque<TaskRef> backlog;
    TaskRate added;
    TaskRate handedOut;
};

/// Somebody who polled.
struct SeenPoller {
    base::Timestamp last;  ///< wall time
    /// What it says of itself, for those that say more than their name.
    base::Lazy<temporal::api::taskqueue::v1::PollerInfo> details;
};

/// What is known of a name for which there is work, or was lately. Not kept by a store: it is made of the runs again.
struct TaskQueue {
    TaskLevel normal;
    std::map<PriorityLevel, TaskLevel> others;  ///< by priority; most queues have none
    std::map<uint64_t, Poller> pollers;
    base::Timestamp lastUse;  ///< wall time of the last poll or task that came
    base::Timestamp lastPoll;
    std::map<std::string, SeenPoller> seen;  ///< by identity

    TaskLevel& level(PriorityLevel priority) { return priority == kNormalPriority ? normal : others[priority]; }
    /// Those of the highest priority first.
    void visitLevels(const std::function<void(PriorityLevel, const TaskLevel&)>& visitor) const;
};

class Matching {
public:
    /// Tells whether a task is still wanted.
    using Wanted = std::function<bool(const TaskRef&)>;
    /// `wall` is the time of the current input.
    Matching(Waits& waits, const base::Timestamp& wall, Wanted wanted)
        : m_waits(waits), m_wall(wall), m_wanted(std::move(wanted)) {}

    /// The queue, which is used now; a name that nobody knows yet has one from now on.
    TaskQueue& queue(const std::string& ns, QueueType type, const std::string& name);
    TaskQueue* find(const std::string& ns, QueueType type, const std::string& name);

    /// Forgets queues that nobody has used for kIdle: no poller waits, no task, and nothing that is told of them has
    /// not passed; so does Temporal's server. Within twice that time. At the beginning of an input, when nobody holds a
    /// queue. Looks at few, so that it never takes long.
    void forgetIdle();
    static constexpr base::Duration kIdle = std::chrono::minutes(5);
    size_t queues() const { return m_queues.size(); }

    /// Hands the task to the longest waiting poller or keeps it.
    void offer(const std::string& ns, QueueType type, const std::string& name, TaskRef task);
    /// Forgets the tasks that nobody wants any more, in all queues.
    void dropUnwanted();
    /// The oldest wanted task of the highest priority, if any.
    std::optional<TaskRef> take(TaskQueue& queue);

    /// Ends every poll of that worker, or of that queue when `workerKey` is empty; gives their calls.
    std::vector<CallPtr> endPolls(const std::string& workerKey, TaskQueue* queue);

    /// The worker said that it goes away: a poll of it that was on its way gets no task.
    void rememberGone(const std::string& workerKey, base::Timestamp wall);
    bool isGone(const std::string& workerKey, base::Timestamp wall) const;

private:
    std::optional<TaskRef> takeFrom(TaskLevel& level);
    void dropUnwantedAtFront(TaskLevel& level);
    bool isIdle(TaskQueue& queue);

    Waits& m_waits;
    const base::Timestamp& m_wall;
    Wanted m_wanted;
    std::unordered_map<std::string, TaskQueue> m_queues;
    /// When to look at a queue again, by its key in m_queues: each has one entry, and the earliest is at the front.
    std::deque<std::pair<base::Timestamp, const std::string*>> m_looks;
    std::map<std::string, base::Timestamp> m_gone;  ///< worker key -> until when; need not be kept
};

}  // namespace orrery::server
