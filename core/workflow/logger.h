// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "core/base/leveled_logger.h"

namespace orrery::workflow {

/// Writes lines that name workflow type and id, and nothing while history is replayed. A cheap value.
///   workflow::logger().info("order {} is waiting for approval", order.id);
class Logger : public base::LeveledLogger<Logger> {
private:
    friend base::LeveledLogger<Logger>;
    void write(base::LogLevel level, std::string_view message) const;
};

Logger logger();

}  // namespace orrery::workflow
