// SPDX-License-Identifier: MIT
#include "core/server/state/waits.h"

namespace orrery::server {

uint64_t Waits::add(Wait wait) {
    const uint64_t id = m_nextId++;
    wait.call->waitId = id;
    if (wait.deadline) m_deadlines.emplace(std::pair(*wait.deadline, id), id);
    m_waits.emplace(id, std::move(wait));
    return id;
}

Waits::Wait Waits::remove(uint64_t id) {
    const auto found = m_waits.find(id);
    if (found == m_waits.end()) return {};
    Wait wait = std::move(found->second);
    m_waits.erase(found);
    if (wait.deadline) m_deadlines.erase({*wait.deadline, id});
    wait.call->waitId = 0;
    return wait;
}

CallPtr Waits::take(uint64_t id) { return remove(id).call; }

void Waits::cancel(const CallPtr& call) {
    call->cancelled = true;
    if (call->waitId == 0) return;
    const Wait wait = remove(call->waitId);
    if (wait.dropped) wait.dropped();
}

void Waits::expire(base::Timestamp wall) {
    while (!m_deadlines.empty() && m_deadlines.begin()->first.first <= wall) {
        const Wait wait = remove(m_deadlines.begin()->second);
        if (wait.dropped) wait.dropped();
        wait.expired(wait.call);
    }
}

std::optional<base::Timestamp> Waits::nextDeadline() const {
    if (m_deadlines.empty()) return std::nullopt;
    return m_deadlines.begin()->first.first;
}

CallPtr Waits::takeAny() {
    if (m_waits.empty()) return nullptr;
    const Wait wait = remove(m_waits.begin()->first);
    if (wait.dropped) wait.dropped();
    return wait.call;
}

}  // namespace orrery::server
