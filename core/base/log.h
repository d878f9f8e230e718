// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace orrery::base {

enum class LogLevel { Trace, Debug, Info, Warn, Error, Off };

/// "info" and so on; nullopt-like Off for "off". Throws Error(InvalidArgument) for any other word.
LogLevel parseLogLevel(std::string_view word);
std::string_view logLevelName(LogLevel level);

/// Takes a finished line. Called from any thread, one call at a time.
using LogSink = std::function<void(LogLevel, std::string_view component, std::string_view message)>;

/// Replaces where log lines go and from which level on; the default writes warnings and errors to stderr.
void setLogSink(LogSink sink);
void setLogLevel(LogLevel level);
bool logEnabled(LogLevel level);

/// Component is the room that speaks ("server", "worker"). Payload contents and secrets never go into a message.
void log(LogLevel level, std::string_view component, std::string_view message);

}  // namespace orrery::base
