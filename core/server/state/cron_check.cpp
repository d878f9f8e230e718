// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "core/server/state/go_duration.h"
#include "core/server/state/start_check.h"

namespace orrery::server {
namespace {

struct Field {
    int least;
    int most;
    std::vector<std::string_view> names;  ///< of `least` and what follows
};

const std::array<Field, 5>& fields() {
    static const std::array<Field, 5> all = {
        Field{0, 59, {}}, Field{0, 23, {}}, Field{1, 31, {}},
        Field{1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
        Field{0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}};
    return all;
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    while (true) {
        const size_t at = text.find(by);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool sameWord(std::string_view left, std::string_view lower) {
    return left.size() == lower.size() && std::equal(left.begin(), left.end(), lower.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? char(a + 32) : a) == b;
           });
}

std::optional<int> wholeNumber(std::string_view text) {
    int number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 0) return {};
    return number;
}

std::optional<int> value(const Field& field, std::string_view text) {
    for (size_t i = 0; i < field.names.size(); ++i) {
        if (sameWord(text, field.names[i])) return field.least + int(i);
    }
    return wholeNumber(text);
}

/// "*", "5", "1-5", each with "/2" behind it at will.
bool isRange(const Field& field, std::string_view text) {
    const auto steps = split(text, '/');
    const auto bounds = split(steps[0], '-');
    if (steps.size() > 2 || bounds.size() > 2) return false;
    if (steps.size() == 2 && wholeNumber(steps[1]).value_or(0) == 0) return false;
    if (bounds[0] == "*" || bounds[0] == "?") return bounds.size() == 1;
    const auto from = value(field, bounds[0]);
    const auto to = bounds.size() == 2 ? value(field, bounds[1]) : from;
    return from && to && *from >= field.least && *to <= field.most && *from <= *to;
}

bool isWord(std::string_view text) {
    for (const char* word : {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}) {
        if (text == word) return true;
    }
    constexpr std::string_view kEvery = "@every ";
    return text.starts_with(kEvery) && parseGoDuration(text.substr(kEvery.size())).has_value();
}

}  // namespace

bool isCronSchedule(std::string_view text) {
    if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
        const size_t space = text.find(' ');
        if (space == std::string_view::npos) return false;
        text.remove_prefix(space);
        while (text.starts_with(' ')) text.remove_prefix(1);
    }
    if (text.starts_with('@')) return isWord(text);
    size_t number = 0;
    for (const std::string_view part : split(text, ' ')) {
        if (part.empty()) continue;
        if (number == fields().size()) return false;
        const Field& field = fields()[number++];
        for (const std::string_view range : split(part, ',')) {
            // Empty items between commas are passed over.
            if (!range.empty() && !isRange(field, range)) return false;
        }
    }
    return number == fields().size();
}

}  // namespace orrery::server
