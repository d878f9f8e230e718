// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/workflow/workflow.h"

namespace orrery::workflow {

/// Remembers how each step that was done can be undone, and undoes them in reverse order when a later one fails. A
/// member of the workflow class; it has to outlive the task that compensate() gives.
///   co_await workflow::execute(kBookFlight, options, trip);
///   m_saga.add("flight", [this] { return workflow::execute(kCancelFlight, options, m_trip); });
/// What is not known to have failed, such as a step that timed out, is added before it is tried; undoing it must then
/// be harmless.
class Saga {
public:
    using Undo = std::function<Task<>()>;

    struct Compensation {
        std::string step;
        /// Why the step could not be undone; null when it was.
        std::shared_ptr<const Failure> failure;
    };

    void add(std::string step, Undo undo);
    bool empty() const { return m_steps.empty(); }

    /// Undoes the last step first, one after the other, whatever is cancelled around it. A compensation that fails is
    /// logged and told in the result, which is in the order of undoing; the others still run. Anything but a Failure
    /// comes out of it and fails the workflow task, as everywhere. Afterwards the saga is empty.
    Task<std::vector<Compensation>> compensate();

private:
    struct Step {
        std::string name;
        Undo undo;
    };

    static Task<Compensation> undo(Step step);
    Task<std::vector<Compensation>> undoAll();

    std::vector<Step> m_steps;
};

}  // namespace orrery::workflow
