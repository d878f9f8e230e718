// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/gateway/replay.h"

namespace orrery::workbench {

/// Replays runs with the samples' workflows (app/samples).
std::shared_ptr<gateway::Replay> sampleReplay();

}  // namespace orrery::workbench
