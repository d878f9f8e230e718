// SPDX-License-Identifier: MIT
#include "core/server/state/due_queue.h"

namespace orrery::server {

DueKind dueKindOf(DueWhat what) {
    switch (what) {
        case DueWhat::UserTimer: return DueKind::UserTimer;
        case DueWhat::ActivityRetry: return DueKind::ActivityRetry;
        case DueWhat::ActivityScheduleToStart:
        case DueWhat::ActivityScheduleToClose:
        case DueWhat::ActivityStartToClose:
        case DueWhat::ActivityHeartbeat: return DueKind::ActivityTimeout;
        case DueWhat::TaskStartToClose: return DueKind::WorkflowTaskTimeout;
        case DueWhat::FirstTask: return DueKind::WorkflowBackoff;
        case DueWhat::RunTimeout: return DueKind::RunTimeout;
        case DueWhat::ExecutionTimeout: return DueKind::ExecutionTimeout;
        case DueWhat::FastForward:
        case DueWhat::Sleep: return DueKind::Sleep;
    }
    return DueKind::UserTimer;
}

bool DueQueue::jumpable(DueWhat what) const {
    switch (dueKindOf(what)) {
        case DueKind::UserTimer:
        case DueKind::ActivityRetry:
        case DueKind::WorkflowBackoff:
        case DueKind::Sleep: return true;
        case DueKind::RunTimeout:
        case DueKind::ExecutionTimeout: return m_jumpToRunTimeouts;
        default: return false;
    }
}

DueKey DueQueue::add(base::Timestamp time, DueEntry entry) {
    const DueKey key{time, m_nextNumber++};
    restore(key, entry);
    return key;
}

void DueQueue::restore(const DueKey& key, DueEntry entry) {
    (jumpable(entry.what) ? m_jumpable : m_timeouts).emplace(key, entry);
    ++m_version;
}

void DueQueue::advance(std::optional<DueKey>& key, base::Duration by) {
    if (!key) return;
    for (Entries* entries : {&m_jumpable, &m_timeouts}) {
        auto entry = entries->extract(*key);
        if (entry.empty()) continue;
        key->time -= by;
        entry.key() = *key;
        entries->insert(std::move(entry));
    }
    ++m_version;
}

void DueQueue::cancel(std::optional<DueKey>& key) {
    if (!key) return;
    if (m_jumpable.erase(*key) == 0) m_timeouts.erase(*key);
    key.reset();
    ++m_version;
}

DueQueue::Entries* DueQueue::soonestOf() {
    if (m_jumpable.empty()) return m_timeouts.empty() ? nullptr : &m_timeouts;
    if (m_timeouts.empty()) return &m_jumpable;
    return m_jumpable.begin()->first < m_timeouts.begin()->first ? &m_jumpable : &m_timeouts;
}

std::optional<base::Timestamp> DueQueue::firstTime() const {
    const Entries* entries = const_cast<DueQueue*>(this)->soonestOf();
    if (entries == nullptr) return std::nullopt;
    return entries->begin()->first.time;
}

std::optional<base::Timestamp> DueQueue::firstJumpTime() const {
    if (m_jumpable.empty()) return std::nullopt;
    return m_jumpable.begin()->first.time;
}

std::optional<std::pair<DueKey, DueEntry>> DueQueue::takeDue(base::Timestamp now) {
    Entries* entries = soonestOf();
    if (entries == nullptr || entries->begin()->first.time > now) return std::nullopt;
    const std::pair<DueKey, DueEntry> taken = *entries->begin();
    entries->erase(entries->begin());
    ++m_version;
    return taken;
}

std::vector<std::pair<DueKey, DueEntry>> DueQueue::soonest(size_t count) const {
    std::vector<std::pair<DueKey, DueEntry>> result;
    auto left = m_jumpable.begin();
    auto right = m_timeouts.begin();
    while (result.size() < count) {
        const bool leftEnds = left == m_jumpable.end();
        const bool rightEnds = right == m_timeouts.end();
        if (leftEnds && rightEnds) break;
        if (rightEnds || (!leftEnds && left->first < right->first)) {
            result.push_back(*left++);
        } else {
            result.push_back(*right++);
        }
    }
    return result;
}

}  // namespace orrery::server
