// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "core/definition/activity_invoker.h"

namespace orrery::test {

/// Lets activities finish in an order that the script decides: the same on every server. Thread safe.
class Gate {
public:
    /// Activity attempts that have done their work and wait to hand it over: their activity ids.
    void arriveAndWait(const std::string& activityId);
    /// Waits until so many stand at the gate, and gives the one with the smallest id, by number.
    std::string waitFor(size_t count);
    void release(const std::string& activityId);
    /// From now on nobody waits.
    void open();

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::set<std::string> m_waiting;
    std::set<std::string> m_released;
    bool m_open = false;
};

/// Every attempt goes through the gate once it is done.
class GatedActivities final : public definition::ActivityInvoker {
public:
    GatedActivities(std::shared_ptr<const definition::ActivityInvoker> inner, std::shared_ptr<Gate> gate)
        : m_inner(std::move(inner)), m_gate(std::move(gate)) {}

    std::vector<std::string> activityTypes() const override { return m_inner->activityTypes(); }
    definition::ActivityOutcome invoke(const definition::ActivityTask& task) const override;

private:
    std::shared_ptr<const definition::ActivityInvoker> m_inner;
    std::shared_ptr<Gate> m_gate;
};

}  // namespace orrery::test
