// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "core/base/time.h"

namespace orrery::server {

/// "1500000000" (nanoseconds), "1h30m", "2d" or "01:30:00": how list filters write ExecutionDuration.
std::optional<base::Duration> parseQueryDuration(const std::string& text);

}  // namespace orrery::server
