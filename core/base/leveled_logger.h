// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/log.h"

namespace orrery::base {

/// What every logger with a context offers: debug() to error() with fmt's checked format strings. `Sink` derives from
/// it and has `void write(LogLevel, std::string_view) const`, which adds the context.
template <class Sink>
class LeveledLogger {
public:
    template <class... A>
    void debug(fmt::format_string<A...> format, A&&... arguments) const {
        put(LogLevel::Debug, format, std::forward<A>(arguments)...);
    }
    template <class... A>
    void info(fmt::format_string<A...> format, A&&... arguments) const {
        put(LogLevel::Info, format, std::forward<A>(arguments)...);
    }
    template <class... A>
    void warn(fmt::format_string<A...> format, A&&... arguments) const {
        put(LogLevel::Warn, format, std::forward<A>(arguments)...);
    }
    template <class... A>
    void error(fmt::format_string<A...> format, A&&... arguments) const {
        put(LogLevel::Error, format, std::forward<A>(arguments)...);
    }

private:
    template <class... A>
    void put(LogLevel level, fmt::format_string<A...> format, A&&... arguments) const {
        static_cast<const Sink*>(this)->write(level, fmt::format(format, std::forward<A>(arguments)...));
    }
};

}  // namespace orrery::base
