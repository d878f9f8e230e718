// SPDX-License-Identifier: MIT
#include "core/base/spell_duration.h"

#include <fmt/format.h>

namespace orrery::base {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string spellDuration(Duration duration) {
    if (duration < Duration::zero()) return "-" + spellDuration(-duration);
    if (duration == Duration::zero()) return "0 s";
    std::string text;
    const auto add = [&text](const std::string& number, const char* unit) {
        text += (text.empty() ? "" : " ") + number + " " + unit;
    };
    // A day is spelled 24 h, as people write it in code.
    const Duration day = hours(24);
    if (duration >= 2 * day || (duration > day && duration % hours(1) != Duration::zero())) {
        add(std::to_string(duration / day), "d");
        duration %= day;
    }
    if (duration >= hours(1)) add(std::to_string(duration / hours(1)), "h");
    duration %= hours(1);
    if (duration >= minutes(1)) add(std::to_string(duration / minutes(1)), "m");
    duration %= minutes(1);
    if (duration > Duration::zero()) {
        std::string number = fmt::format("{}.{:09}", duration / seconds(1), (duration % seconds(1)).count());
        number.erase(number.find_last_not_of('0') + 1);
        if (number.back() == '.') number.pop_back();
        add(number, "s");
    }
    return text;
}

}  // namespace orrery::base
