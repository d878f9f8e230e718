// SPDX-License-Identifier: MIT
#include "core/server/state/matching.h"

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

TaskQueue& Matching::queue(const std::string& ns, QueueType type, const std::string& name) {
    return m_queues[keyOf(ns, type, name)];
}

TaskQueue* Matching::find(const std::string& ns, QueueType type, const std::string& name) {
    const auto found = m_queues.find(keyOf(ns, type, name));
    return found == m_queues.end() ? nullptr : &found->second;
}

void Matching::offer(const std::string& ns, QueueType type, const std::string& name, TaskRef task) {
    TaskQueue& target = queue(ns, type, name);
    while (!target.pollers.empty()) {
        auto node = target.pollers.extract(target.pollers.begin());
        const CallPtr call = m_waits.take(node.mapped().waitId);
        if (!call) continue;
        node.mapped().give(task, call);
        return;
    }
    target.backlog.push_back(std::move(task));
}

void Matching::dropUnwanted() {
    for (auto& [key, queue] : m_queues) {
        std::erase_if(queue.backlog, [this](const TaskRef& task) { return !m_wanted(task); });
    }
}

std::optional<TaskRef> Matching::take(TaskQueue& queue) {
    while (!queue.backlog.empty()) {
        TaskRef task = std::move(queue.backlog.front());
        queue.backlog.pop_front();
        if (m_wanted(task)) return task;
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
