// SPDX-License-Identifier: MIT
#include "core/server/state/go_duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace orrery::server {

using namespace std::chrono_literals;

std::optional<base::Duration> parseGoDuration(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, base::Duration>, 8> kUnits = {
        {{"ns", 1ns}, {"us", 1us}, {"µs", 1us}, {"μs", 1us}, {"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}}};
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text == "0") return base::Duration::zero();
    if (text.empty()) return std::nullopt;
    double total = 0;
    while (!text.empty()) {
        const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + digits, number);
        if (digits == 0 || read.ec != std::errc() || read.ptr != text.data() + digits) return std::nullopt;
        text.remove_prefix(digits);
        const size_t letters = std::min(text.find_first_of("0123456789."), text.size());
        const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                       [&](const auto& known) { return known.first == text.substr(0, letters); });
        if (unit == kUnits.end()) return std::nullopt;
        total += number * double(unit->second.count());
        text.remove_prefix(letters);
    }
    constexpr double kMost = 9.2e18;
    if (total > kMost) return std::nullopt;
    return base::Duration(int64_t(negative ? -total : total));
}

}  // namespace orrery::server
