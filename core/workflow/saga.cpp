// SPDX-License-Identifier: MIT
#include "core/workflow/saga.h"

namespace orrery::workflow {

void Saga::add(std::string step, Undo undo) { m_steps.push_back({std::move(step), std::move(undo)}); }

Task<std::vector<Saga::Compensation>> Saga::compensate() { return shielded(undoAll()); }

Task<std::vector<Saga::Compensation>> Saga::undoAll() {
    std::vector<Compensation> done;
    while (!m_steps.empty()) {
        Step last = std::move(m_steps.back());
        m_steps.pop_back();
        done.push_back(co_await undo(std::move(last)));
    }
    co_return done;
}

Task<Saga::Compensation> Saga::undo(Step step) {
    Compensation done;
    done.step = step.name;
    try {
        co_await step.undo();
    } catch (const Failure& failure) {
        done.failure = payload::makeFailure(failure.data());
        const Failure* reason = &failure;
        while (reason->cause()) reason = reason->cause();
        logger().warn("{} could not be undone: {}", step.name, reason->message());
    }
    co_return done;
}

}  // namespace orrery::workflow
