// SPDX-License-Identifier: MIT
// Task queues: work that waits for a worker, and workers that wait for work, each in order of arrival.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "core/server/state/run.h"
#include "core/server/state/waits.h"

namespace orrery::server {

enum class QueueType : uint8_t { Workflow, Activity, Nexus };

/// A piece of work by reference: what it stands for may be gone by the time a worker asks.
struct TaskRef {
    enum class Kind : uint8_t { Workflow, Activity, Query };
    Kind kind = Kind::Workflow;
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

struct TaskQueue {
    std::deque<TaskRef> backlog;
    std::map<uint64_t, Poller> pollers;
    base::Timestamp lastPoll;
    std::map<std::string, base::Timestamp> seen;  ///< identity -> last poll, wall time
};

class Matching {
public:
    /// Tells whether a task is still wanted.
    using Wanted = std::function<bool(const TaskRef&)>;
    explicit Matching(Waits& waits, Wanted wanted) : m_waits(waits), m_wanted(std::move(wanted)) {}

    TaskQueue& queue(const std::string& ns, QueueType type, const std::string& name);
    TaskQueue* find(const std::string& ns, QueueType type, const std::string& name);

    /// Hands the task to the longest waiting poller or keeps it.
    void offer(const std::string& ns, QueueType type, const std::string& name, TaskRef task);
    /// Forgets the tasks that nobody wants any more, in all queues.
    void dropUnwanted();
    /// The oldest wanted task, if any.
    std::optional<TaskRef> take(TaskQueue& queue);

    /// Ends every poll of that worker, or of that queue when `workerKey` is empty; gives their calls.
    std::vector<CallPtr> endPolls(const std::string& workerKey, TaskQueue* queue);

    /// The worker said that it goes away: a poll of it that was on its way gets no task.
    void rememberGone(const std::string& workerKey, base::Timestamp wall);
    bool isGone(const std::string& workerKey, base::Timestamp wall) const;

private:
    Waits& m_waits;
    Wanted m_wanted;
    std::unordered_map<std::string, TaskQueue> m_queues;
    std::map<std::string, base::Timestamp> m_gone;  ///< worker key -> until when; need not be kept
};

}  // namespace orrery::server
