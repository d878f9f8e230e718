// SPDX-License-Identifier: MIT
#include "tests/peers/gate.h"

#include <algorithm>

namespace orrery::test {

void Gate::arriveAndWait(const std::string& activityId) {
    std::unique_lock lock(m_mutex);
    m_waiting.insert(activityId);
    m_changed.notify_all();
    m_changed.wait(lock, [&] { return m_open || m_released.contains(activityId); });
    m_released.erase(activityId);
}

std::string Gate::waitFor(size_t count) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_waiting.size() >= count; });
    // "9" before "10".
    return *std::min_element(m_waiting.begin(), m_waiting.end(), [](const auto& a, const auto& b) {
        return std::pair(a.size(), a) < std::pair(b.size(), b);
    });
}

void Gate::release(const std::string& activityId) {
    const std::lock_guard lock(m_mutex);
    m_waiting.erase(activityId);
    m_released.insert(activityId);
    m_changed.notify_all();
}

void Gate::open() {
    const std::lock_guard lock(m_mutex);
    m_open = true;
    m_changed.notify_all();
}

definition::ActivityOutcome GatedActivities::invoke(const definition::ActivityTask& task) const {
    definition::ActivityOutcome outcome = m_inner->invoke(task);
    m_gate->arriveAndWait(task.info.activityId);
    return outcome;
}

}  // namespace orrery::test
