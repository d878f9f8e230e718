// SPDX-License-Identifier: MIT
#include "core/machines/workflow_task.h"

#include "core/machines/random_seed.h"

namespace orrery::machines {
namespace {

namespace enums = temporal::api::enums::v1;

enum State : uint8_t { Idle, Scheduled, Started };
enum Input : uint8_t { TaskScheduled, TaskStarted, TaskCompleted, TaskFailed, TaskTimedOut, Discard };

constexpr std::string_view kStates[] = {"Idle", "Scheduled", "Started"};
constexpr std::string_view kInputs[] = {"TaskScheduled", "TaskStarted",  "TaskCompleted",
                                        "TaskFailed",    "TaskTimedOut", "Discard"};
constexpr Edge kEdges[] = {
    {Idle, TaskScheduled, Scheduled}, {Scheduled, TaskStarted, Started}, {Scheduled, TaskTimedOut, Idle},
    {Scheduled, TaskFailed, Idle},    {Started, TaskCompleted, Idle},    {Started, TaskFailed, Idle},
    {Started, TaskTimedOut, Idle},    {Started, Discard, Idle},
};
constexpr Blueprint kBlueprint{"WorkflowTask", kStates, kInputs, kEdges};

}  // namespace

const Blueprint& WorkflowTaskMachine::blueprint() { return kBlueprint; }

void WorkflowTaskMachine::onEvent(const HistoryEvent& event, Reactions& out) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: takeEvent(TaskScheduled, event); return;
        case enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
            takeEvent(TaskStarted, event);
            m_startedEventId = event.event_id();
            return;
        case enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED: takeEvent(TaskCompleted, event); return;
        case enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: takeEvent(TaskTimedOut, event); return;
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED: {
            takeEvent(TaskFailed, event);
            const auto& attributes = event.workflow_task_failed_event_attributes();
            if (attributes.cause() == enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) {
                out.jobs.emplace_back(definition::job::UpdateRandomSeed{randomSeed(attributes.new_run_id())});
            }
            return;
        }
        default: refuse(event);
    }
}

void WorkflowTaskMachine::discard() { take(Discard); }

std::string WorkflowTaskMachine::describe() const { return "workflow task"; }

}  // namespace orrery::machines
