// SPDX-License-Identifier: MIT
#include "core/server/state/matching.h"

#include <algorithm>

namespace orrery::server {
namespace {

constexpr base::Duration kGoneRemembered = std::chrono::seconds(30);

std::string keyOf(const std::string& ns, QueueType type, const std::string& name) {
    std::string key;
    key.reserve(ns.size() + name.size() + 2);
    key.append(ns).push_back('\x1f');
    key.append(name).push_back(char('0' + int(type)));
    return key;
}

}  // namespace

void TaskQueue::visitLevels(const std::function<void(PriorityLevel, const TaskLevel&)>& visitor) const {
    auto other = others.begin();
    for (; other != others.end() && other->first < kNormalPriority; ++other) visitor(other->first, other->second);
    visitor(kNormalPriority, normal);
    for (; other != others.end(); ++other) visitor(other->first, other->second);
}

TaskQueue& Matching::queue(const std::string& ns, QueueType type, const std::string& name) {
    const auto [entry, added] = m_queues.try_emplace(keyOf(ns, type, name));
    if (added) m_looks.emplace_back(m_wall + kIdle, &entry->first);
    entry->second.lastUse = m_wall;
    return entry->second;
}

TaskQueue* Matching::find(const std::string& ns, QueueType type, const std::string& name) {
    const auto found = m_queues.find(keyOf(ns, type, name));
    return found == m_queues.end() ? nullptr : &found->second;
}

void Matching::offer(const std::string& ns, QueueType type, const std::string& name, TaskRef task) {
    TaskQueue& target = queue(ns, type, name);
    TaskLevel& level = target.level(task.priority);
    level.added.count(m_wall);
    level.handedOut.begin(m_wall);
    while (!target.pollers.empty()) {
        auto node = target.pollers.extract(target.pollers.begin());
        const CallPtr call = m_waits.take(node.mapped().waitId);
        if (!call) continue;
        level.handedOut.count(m_wall);
        node.mapped().give(task, call);
        return;
    }
    if (task.kind != TaskRef::Kind::Query) {
        level.backlog.push_back(std::move(task));
        return;
    }
    // A caller waits for it on the line: behind other queries only.
    const auto isQuery = [](const TaskRef& other) { return other.kind == TaskRef::Kind::Query; };
    level.backlog.insert(std::find_if_not(level.backlog.begin(), level.backlog.end(), isQuery), std::move(task));
}

void Matching::dropUnwanted() {
    const auto dropIn = [this](TaskLevel& level) {
        std::erase_if(level.backlog, [this](const TaskRef& task) { return !m_wanted(task); });
    };
    for (auto& [key, queue] : m_queues) {
        dropIn(queue.normal);
        for (auto& [priority, level] : queue.others) dropIn(level);
    }
}

void Matching::dropUnwantedAtFront(TaskLevel& level) {
    while (!level.backlog.empty() && !m_wanted(level.backlog.front())) level.backlog.pop_front();
}

bool Matching::isIdle(TaskQueue& queue) {
    if (!queue.pollers.empty() || m_wall - std::max(queue.lastUse, queue.lastPoll) <= kIdle) return false;
    dropUnwantedAtFront(queue.normal);
    for (auto& [priority, level] : queue.others) dropUnwantedAtFront(level);
    return queue.normal.backlog.empty() && std::all_of(queue.others.begin(), queue.others.end(),
                                                       [](const auto& other) { return other.second.backlog.empty(); });
}

void Matching::forgetIdle() {
    constexpr int kMost = 64;
    for (int i = 0; i < kMost && !m_looks.empty() && m_looks.front().first < m_wall; ++i) {
        const std::string* key = m_looks.front().second;
        m_looks.pop_front();
        const auto found = m_queues.find(*key);
        if (isIdle(found->second)) {
            m_queues.erase(found);
        } else {
            m_looks.emplace_back(m_wall + kIdle, key);
        }
    }
}

std::optional<TaskRef> Matching::takeFrom(TaskLevel& level) {
    while (!level.backlog.empty()) {
        TaskRef task = std::move(level.backlog.front());
        level.backlog.pop_front();
        if (!m_wanted(task)) continue;
        level.handedOut.count(m_wall);
        return task;
    }
    return std::nullopt;
}

std::optional<TaskRef> Matching::take(TaskQueue& queue) {
    auto other = queue.others.begin();
    for (; other != queue.others.end() && other->first < kNormalPriority; ++other) {
        if (auto task = takeFrom(other->second)) return task;
    }
    if (auto task = takeFrom(queue.normal)) return task;
    for (; other != queue.others.end(); ++other) {
        if (auto task = takeFrom(other->second)) return task;
    }
    return std::nullopt;
}

std::vector<CallPtr> Matching::endPolls(const std::string& workerKey, TaskQueue* queue) {
    std::vector<CallPtr> calls;
    const auto endIn = [&](TaskQueue& each, bool all) {
        for (auto poller = each.pollers.begin(); poller != each.pollers.end();) {
            if (!all && (workerKey.empty() || poller->second.workerKey != workerKey)) {
                ++poller;
                continue;
            }
            if (CallPtr call = m_waits.take(poller->second.waitId)) calls.push_back(std::move(call));
            poller = each.pollers.erase(poller);
        }
    };
    if (queue != nullptr) {
        endIn(*queue, true);
    } else {
        for (auto& [key, each] : m_queues) endIn(each, false);
    }
    return calls;
}

void Matching::rememberGone(const std::string& workerKey, base::Timestamp wall) {
    if (workerKey.empty()) return;
    std::erase_if(m_gone, [wall](const auto& entry) { return entry.second <= wall; });
    m_gone[workerKey] = wall + kGoneRemembered;
}

bool Matching::isGone(const std::string& workerKey, base::Timestamp wall) const {
    const auto found = m_gone.find(workerKey);
    return found != m_gone.end() && wall < found->second;
}

}  // namespace orrery::server
