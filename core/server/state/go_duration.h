// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "core/base/time.h"

namespace orrery::server {

/// "1h30m", "1.5s", "-2us": a duration as Go writes it, which is how cron schedules and queries have it.
std::optional<base::Duration> parseGoDuration(std::string_view text);

}  // namespace orrery::server
