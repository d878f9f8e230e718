// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::base {

using Duration = std::chrono::nanoseconds;
/// An instant in UTC. The epoch itself never occurs in a history, but absence is still std::optional.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// RFC 3339 in UTC, with as many of 0, 3, 6 or 9 fraction digits as needed: "2026-03-12T09:14:03.250Z".
std::string formatTimestamp(Timestamp time);

/// Reads RFC 3339 with any offset and up to nine fraction digits; nullopt when the text is not one.
std::optional<Timestamp> parseTimestamp(std::string_view text);

/// Short and for people, two units at most: "38 ms", "2 m 05 s", "23 h 59 m", "1 d 00 h".
std::string formatDuration(Duration duration);

/// Reads "90s", "1h30m", "2 d 4 h", "250ms", "1.5h"; a bare number is refused, for its unit is unknown.
std::optional<Duration> parseDuration(std::string_view text);

}  // namespace orrery::base
