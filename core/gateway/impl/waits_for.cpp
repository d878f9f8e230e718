// SPDX-License-Identifier: MIT
#include "core/gateway/impl/waits_for.h"

#include <fmt/format.h>

namespace orrery::gateway {
namespace {

std::string ofTask(const WorkflowDescription& workflow) {
    const PendingTask& task = *workflow.task;
    if (task.attempt > 1) return fmt::format("its workflow task, which has failed: attempt {}", task.attempt);
    if (task.started) return "its workflow task, which a worker has";
    return fmt::format("a worker on task queue {}", workflow.row.taskQueue);
}

std::string ofActivity(const PendingActivity& activity, const std::string& taskQueue) {
    using State = PendingActivity::State;
    switch (activity.state) {
        case State::Paused: return fmt::format("activity {}, which is paused", activity.type);
        case State::PauseRequested: return fmt::format("activity {}, which is to be paused", activity.type);
        case State::CancelRequested: return fmt::format("activity {}, which is asked to stop", activity.type);
        case State::Started:
            return activity.attempt > 1 ? fmt::format("activity {}: attempt {} runs", activity.type, activity.attempt)
                                        : fmt::format("activity {}, which runs", activity.type);
        case State::Scheduled: break;
    }
    if (activity.attempt > 1) {
        return fmt::format("activity {}: attempt {} failed, it is tried again", activity.type, activity.attempt - 1);
    }
    return fmt::format("activity {}: no worker has taken it from {} yet", activity.type, taskQueue);
}

}  // namespace

std::string waitsFor(const WorkflowDescription& workflow) {
    if (workflow.row.status != WorkflowStatus::Running) return {};
    if (workflow.task) return ofTask(workflow);
    if (!workflow.activities.empty()) {
        std::string text = ofActivity(workflow.activities.front(), workflow.row.taskQueue);
        if (workflow.activities.size() > 1) text += fmt::format(", and {} more", workflow.activities.size() - 1);
        return text;
    }
    if (!workflow.children.empty()) {
        std::string text = fmt::format("child workflow {}", workflow.children.front().key.workflowId);
        if (workflow.children.size() > 1) text += fmt::format(", and {} more", workflow.children.size() - 1);
        return text;
    }
    return "a timer or a message";
}

}  // namespace orrery::gateway
