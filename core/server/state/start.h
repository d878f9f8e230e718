// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "core/server/state/world.h"

namespace orrery::server {

/// Why a new run must not follow this closed one; nullopt when it may.
std::optional<ServiceError> reuseProblem(const Run& closed, enums::WorkflowIdReusePolicy policy);

}  // namespace orrery::server
