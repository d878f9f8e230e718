// SPDX-License-Identifier: MIT
#include "core/base/log.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <mutex>

#include <fmt/format.h>

#include "core/base/clock.h"
#include "core/base/error.h"

namespace orrery::base {
namespace {

constexpr std::array<std::string_view, 6> kNames{"trace", "debug", "info", "warn", "error", "off"};

void writeToStderr(LogLevel level, std::string_view component, std::string_view message) {
    fmt::print(stderr, "{} {:5} {}: {}\n", formatTimestamp(systemClock()->now()), logLevelName(level), component,
               message);
}

std::atomic<LogLevel> g_level{LogLevel::Warn};
std::mutex g_sinkMutex;
LogSink g_sink = writeToStderr;

}  // namespace

LogLevel parseLogLevel(std::string_view word) {
    for (size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == word) return static_cast<LogLevel>(i);
    }
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("'{}' is no log level; use trace, debug, info, warn, error or off.", word));
}

std::string_view logLevelName(LogLevel level) { return kNames.at(static_cast<size_t>(level)); }

void setLogSink(LogSink sink) {
    const std::lock_guard lock(g_sinkMutex);
    g_sink = sink ? std::move(sink) : LogSink(writeToStderr);
}

void setLogLevel(LogLevel level) { g_level = level; }

bool logEnabled(LogLevel level) { return level >= g_level.load(std::memory_order_relaxed) && level != LogLevel::Off; }

void log(LogLevel level, std::string_view component, std::string_view message) {
    if (!logEnabled(level)) return;
    const std::lock_guard lock(g_sinkMutex);
    g_sink(level, component, message);
}

}  // namespace orrery::base
