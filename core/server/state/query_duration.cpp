// SPDX-License-Identifier: MIT
#include "core/server/state/query_duration.h"

#include <charconv>
#include <regex>

#include <fmt/format.h>

#include "core/server/state/go_duration.h"

namespace orrery::server {
namespace {

/// Days become hours, which is the longest unit of Go's durations.
std::string withoutDays(const std::string& text) {
    static const std::regex days(R"((\d+(?:\.\d*)?|\.\d+)d)");
    std::string result;
    auto rest = text.begin();
    for (std::sregex_iterator found(text.begin(), text.end(), days), end; found != end; ++found) {
        result.append(rest, text.begin() + found->position());
        result += fmt::format("{:f}h", 24 * std::stod(found->str(1)));
        rest = text.begin() + found->position() + found->length();
    }
    return result.append(rest, text.end());
}

std::optional<base::Duration> clockDuration(const std::string& text) {
    static const std::regex shape(R"(\s*\+?(\d{1,7}):\s*\+?(\d{1,2}):\s*\+?(\d{1,2}).*)");
    std::smatch match;
    if (!std::regex_match(text, match, shape)) return std::nullopt;
    const int minutes = std::stoi(match.str(2));
    const int seconds = std::stoi(match.str(3));
    constexpr int kLast = 59;
    if (minutes > kLast || seconds > kLast) return std::nullopt;
    return std::chrono::hours(std::stoi(match.str(1))) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
}

}  // namespace

std::optional<base::Duration> parseQueryDuration(const std::string& text) {
    constexpr size_t kLongest = 100;
    if (text.size() > kLongest) return std::nullopt;
    int64_t nanoseconds = 0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto read = std::from_chars(begin, text.data() + text.size(), nanoseconds);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return base::Duration(nanoseconds);
    if (const auto duration = parseGoDuration(withoutDays(text))) return duration;
    return clockDuration(text);
}

}  // namespace orrery::server
