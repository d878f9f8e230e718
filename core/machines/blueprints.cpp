// SPDX-License-Identifier: MIT
#include "core/machines/activity.h"
#include "core/machines/child_workflow.h"
#include "core/machines/closing.h"
#include "core/machines/external.h"
#include "core/machines/patch.h"
#include "core/machines/properties.h"
#include "core/machines/timer.h"
#include "core/machines/update.h"
#include "core/machines/workflow_task.h"

namespace orrery::machines {

std::vector<const Blueprint*> allBlueprints() {
    return {
        &ActivityMachine::blueprint(), &ChildWorkflowMachine::blueprint(),  &ChildWorkflowMachine::cancelBlueprint(),
        &ClosingMachine::blueprint(),  &ExternalCancelMachine::blueprint(), &ExternalSignalMachine::blueprint(),
        &PatchMachine::blueprint(),    &PropertiesMachine::blueprint(),     &TimerMachine::blueprint(),
        &UpdateMachine::blueprint(),   &WorkflowTaskMachine::blueprint()};
}

}  // namespace orrery::machines
