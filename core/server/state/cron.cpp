// SPDX-License-Identifier: MIT
#include "core/server/state/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "core/server/state/go_duration.h"
#include "core/server/state/go_text.h"
#include "core/server/state/later.h"
#include "core/server/state/zone_time.h"

namespace orrery::server {

using namespace std::chrono_literals;

namespace {

/// Set in a field of a star: a day then has to fit both its fields, else one of them.
constexpr uint64_t kStar = uint64_t(1) << 63;

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

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    size_t begin = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t space = spaceAt(text, at);
        if (space == 0) {
            ++at;
            continue;
        }
        if (at > begin) found.push_back(text.substr(begin, at - begin));
        begin = at += space;
    }
    if (begin < text.size()) found.push_back(text.substr(begin));
    return found;
}

std::string_view trimmed(std::string_view text) {
    const auto parts = words(text);
    if (parts.empty()) return {};
    const char* end = parts.back().data() + parts.back().size();
    return {parts.front().data(), size_t(end - parts.front().data())};
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

std::optional<int64_t> wholeNumber(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || text[0] == '-' || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
    return number;
}

std::optional<int64_t> value(const Field& field, std::string_view text) {
    for (size_t i = 0; i < field.names.size(); ++i) {
        if (sameWord(text, field.names[i])) return field.least + int64_t(i);
    }
    return wholeNumber(text);
}

/// "*", "5", "1-5", each with "/2" behind it at will: the bits of what it stands for.
std::optional<uint64_t> range(const Field& field, std::string_view text) {
    const auto steps = split(text, '/');
    const auto bounds = split(steps[0], '-');
    if (steps.size() > 2) return {};
    const bool star = bounds[0] == "*" || bounds[0] == "?";  // what follows a hyphen there means nothing
    if (!star && bounds.size() > 2) return {};
    const auto from = star ? field.least : value(field, bounds[0]);
    auto to = star ? field.most : bounds.size() == 2 ? value(field, bounds[1]) : from;
    const auto step = steps.size() == 2 ? wholeNumber(steps[1]) : 1;
    if (!from || !to || !step || *step == 0) return {};
    if (steps.size() == 2 && bounds.size() == 1) to = field.most;
    if (*from < field.least || *to > field.most || *from > *to) return {};
    uint64_t bits = star && *step == 1 ? kStar : 0;
    for (int64_t at = *from; at <= *to; at += std::min<int64_t>(*step, 64)) bits |= uint64_t(1) << at;
    return bits;
}

std::optional<uint64_t> bitsOf(const Field& field, std::string_view text) {
    uint64_t bits = 0;
    for (const std::string_view part : split(text, ',')) {
        if (part.empty()) continue;  // empty items between commas are passed over
        const auto more = range(field, part);
        if (!more) return {};
        bits |= *more;
    }
    return bits;
}

bool has(uint64_t bits, int number) { return (bits >> number & 1) != 0; }

}  // namespace

std::optional<CronSchedule::Fields> CronSchedule::word(std::string_view text) {
    const auto all = [](size_t field) { return *range(fields()[field], "*"); };
    Fields found{1, 1, 2, all(3), all(4)};
    if (text == "@yearly" || text == "@annually") {
        found.month = 2;
    } else if (text == "@weekly") {
        found.day = all(2);
        found.weekday = 1;
    } else if (text == "@daily" || text == "@midnight") {
        found.day = all(2);
    } else if (text == "@hourly") {
        found.hour = all(1);
        found.day = all(2);
    } else if (text != "@monthly") {
        return {};
    }
    return found;
}

std::optional<CronSchedule> CronSchedule::parse(std::string_view text) {
    CronSchedule schedule;
    if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
        const size_t space = text.find(' ');
        if (space == std::string_view::npos) return {};
        const size_t equals = text.find('=');
        schedule.m_zone = text.substr(equals + 1, space - equals - 1);
        // The zone of the machine that computes, which for a server is UTC.
        if (schedule.m_zone == "Local") schedule.m_zone.clear();
        if (!knowsZone(schedule.m_zone)) return {};
        text = trimmed(text.substr(space));
    }
    constexpr std::string_view kEvery = "@every ";
    if (text.starts_with(kEvery)) {
        const auto every = parseGoDuration(text.substr(kEvery.size()));
        if (!every) return {};
        schedule.m_every = std::chrono::floor<std::chrono::seconds>(std::max<base::Duration>(*every, 1s));
        return schedule;
    }
    if (text.starts_with('@')) {
        const auto named = word(text);
        if (!named) return {};
        schedule.m_fields = *named;
        return schedule;
    }
    const auto parts = words(text);
    if (parts.size() != fields().size()) return {};
    std::array<uint64_t, 5> bits{};
    for (size_t i = 0; i < bits.size(); ++i) {
        const auto found = bitsOf(fields()[i], parts[i]);
        if (!found) return {};
        bits[i] = *found;
    }
    schedule.m_fields = {bits[0], bits[1], bits[2], bits[3], bits[4]};
    return schedule;
}

namespace {

/// Goes forward from one second to the next that fits, field by field from the largest; going on in a small field may
/// carry into a larger one, and then all is looked at anew.
class Search {
public:
    Search(std::string zone, int64_t from) : m_zone(std::move(zone)), m_at(from) { look(); }

    int64_t at() const { return m_at; }
    int64_t year() const { return m_civil.year; }

    /// Each is false when it has gone into the next larger unit.
    bool month(uint64_t months) {
        while (!has(months, m_civil.month)) {
            cut([](CivilTime& civil) { civil.day = 1, civil.hour = civil.minute = civil.second = 0; });
            move([](CivilTime& civil) { ++civil.month; });
            if (m_civil.month == 1) return false;
        }
        return true;
    }

    bool day(uint64_t days, uint64_t weekdays) {
        while (!dayFits(days, weekdays)) {
            cut([](CivilTime& civil) { civil.hour = civil.minute = civil.second = 0; });
            const int64_t before = m_at;
            move([](CivilTime& civil) { ++civil.day; });
            // A zone that leaves out a whole day (Samoa's of 2011) may lead back to where we were.
            if (m_at <= before) go(before - m_at + 86'400);
            // Midnight may not be there where the clock is put forward at that time.
            if (m_civil.hour != 0) go(m_civil.hour > 12 ? (24 - m_civil.hour) * 3600 : -m_civil.hour * 3600);
            if (m_civil.day == 1) return false;
        }
        return true;
    }

    bool hour(uint64_t hours) {
        while (!has(hours, m_civil.hour)) {
            cut([](CivilTime& civil) { civil.minute = civil.second = 0; });
            go(3600);
            if (m_civil.hour == 0) return false;
        }
        return true;
    }

    bool minute(uint64_t minutes) {
        while (!has(minutes, m_civil.minute)) {
            if (!std::exchange(m_cut, true)) go(-(m_at % 60));
            go(60);
            if (m_civil.minute == 0) return false;
        }
        return true;
    }

    bool second() {
        while (m_civil.second != 0) {
            m_cut = true;
            go(1);
            if (m_civil.second == 0) return false;
        }
        return true;
    }

private:
    void look() { m_civil = civilTime(m_zone, m_at); }
    void go(int64_t seconds) {
        m_at += seconds;
        look();
    }
    template <typename Change>
    void move(Change&& change) {
        CivilTime to = m_civil;
        change(to);
        m_at = secondsOf(m_zone, to);
        look();
    }
    /// What is smaller than the unit that goes on begins anew, once.
    template <typename Change>
    void cut(Change&& change) {
        if (!std::exchange(m_cut, true)) move(change);
    }
    bool dayFits(uint64_t days, uint64_t weekdays) const {
        const bool day = has(days, m_civil.day);
        const bool weekday = has(weekdays, m_civil.weekday);
        return ((days | weekdays) & kStar) != 0 ? day && weekday : day || weekday;
    }

    std::string m_zone;
    int64_t m_at;
    CivilTime m_civil;
    bool m_cut = false;
};

}  // namespace

std::optional<base::Timestamp> CronSchedule::next(base::Timestamp after) const {
    const auto second = std::chrono::floor<std::chrono::seconds>(after);
    if (m_every) return later(second, *m_every);
    // No time has a month, an hour or a minute that is none of them; do not look for it.
    if (m_fields.month == 0 || m_fields.hour == 0 || m_fields.minute == 0) return {};
    constexpr int64_t kYears = 5;
    Search search(m_zone, second.time_since_epoch().count() + 1);
    const int64_t last = search.year() + kYears;
    while (search.year() <= last) {
        if (!search.month(m_fields.month) || !search.day(m_fields.day, m_fields.weekday)) continue;
        if (!search.hour(m_fields.hour) || !search.minute(m_fields.minute) || !search.second()) continue;
        const auto most = std::chrono::floor<std::chrono::seconds>(base::Timestamp::max());
        if (search.at() > most.time_since_epoch().count()) return {};
        return base::Timestamp(std::chrono::seconds(search.at()));
    }
    return {};
}

std::optional<base::Timestamp> CronSchedule::next(base::Timestamp after, base::Timestamp notBefore) const {
    auto found = next(after);
    if (!found || *found >= notBefore) return found;
    if (m_every) {
        const auto slots = (notBefore - *found + *m_every - 1ns) / *m_every;
        return later(*found, slots * *m_every);
    }
    // A time of the calendar does not depend on those before it, but for hours that a zone's clock leaves out or
    // repeats: a few days before are enough to come to it the same way.
    constexpr base::Duration kLeadIn = 48h;
    if (notBefore - *found > kLeadIn) found = next(notBefore - kLeadIn);
    while (found && *found < notBefore) found = next(*found);
    return found;
}

std::optional<std::string> cronProblem(const std::string& schedule, base::Timestamp now) {
    if (schedule.empty()) return std::nullopt;
    const auto parsed = CronSchedule::parse(schedule);
    if (!parsed) return "invalid CronSchedule.";
    if (!parsed->next(now)) return "invalid CronSchedule, no time can be found to satisfy the schedule";
    return std::nullopt;
}

std::optional<base::Duration> cronBackoff(const std::string& schedule, base::Timestamp scheduled, base::Timestamp now) {
    if (schedule.empty()) return std::nullopt;
    const auto parsed = CronSchedule::parse(schedule);
    if (!parsed) return std::nullopt;
    const auto at = now < scheduled ? std::optional(scheduled) : parsed->next(scheduled, now);
    if (!at) return std::nullopt;
    return std::chrono::ceil<std::chrono::seconds>(*at - now);
}

}  // namespace orrery::server
