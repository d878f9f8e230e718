// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "core/base/leveled_logger.h"

namespace orrery::activity {

/// Writes lines that name activity type, attempt and workflow id. A cheap value.
///   activity::logger().info("charging {}", amount);
class Logger : public base::LeveledLogger<Logger> {
private:
    friend base::LeveledLogger<Logger>;
    void write(base::LogLevel level, std::string_view message) const;
};

Logger logger();

}  // namespace orrery::activity
