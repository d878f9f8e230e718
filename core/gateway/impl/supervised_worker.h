// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/gateway/worker_process.h"

namespace orrery::gateway {

/// A WorkerProcess with a thread of its own that starts the program, watches it and reads what it writes.
/// Destroying it ends the program: with a short grace, then by force.
std::unique_ptr<WorkerProcess> superviseWorker(std::filesystem::path program, std::vector<std::string> arguments);

}  // namespace orrery::gateway
