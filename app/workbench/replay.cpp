// SPDX-License-Identifier: MIT
#include "app/workbench/replay.h"

#include "app/samples/samples.h"

namespace orrery::workbench {

std::shared_ptr<gateway::Replay> sampleReplay() {
    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    activity::ActivityRegistry activities;  // a replay runs none
    samples::registerSamples(*workflows, activities);
    return gateway::makeReplay(workflows);
}

}  // namespace orrery::workbench
