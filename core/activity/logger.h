// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <fmt/format.h>

#include "core/base/log.h"

namespace orrery::activity {

/// Writes lines that name activity type, attempt and workflow id. A cheap value.
///   activity::logger().info("charging {}", amount);
class Logger {
public:
    template <class... A>
    void debug(fmt::format_string<A...> format, A&&... arguments) const {
        write(base::LogLevel::Debug, fmt::format(format, std::forward<A>(arguments)...));
    }
    template <class... A>
    void info(fmt::format_string<A...> format, A&&... arguments) const {
        write(base::LogLevel::Info, fmt::format(format, std::forward<A>(arguments)...));
    }
    template <class... A>
    void warn(fmt::format_string<A...> format, A&&... arguments) const {
        write(base::LogLevel::Warn, fmt::format(format, std::forward<A>(arguments)...));
    }
    template <class... A>
    void error(fmt::format_string<A...> format, A&&... arguments) const {
        write(base::LogLevel::Error, fmt::format(format, std::forward<A>(arguments)...));
    }

private:
    void write(base::LogLevel level, std::string_view message) const;
};

Logger logger();

}  // namespace orrery::activity
