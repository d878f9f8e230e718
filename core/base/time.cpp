// SPDX-License-Identifier: MIT
#include "core/base/time.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace orrery::base {
namespace {

using namespace std::chrono;

struct Unit {
    std::string_view name;
    Duration length;
};

constexpr std::array<Unit, 7> kUnits{{{"ns", nanoseconds(1)},
                                      {"us", microseconds(1)},
                                      {"ms", milliseconds(1)},
                                      {"s", seconds(1)},
                                      {"m", minutes(1)},
                                      {"h", hours(1)},
                                      {"d", hours(24)}}};

std::string fractionOf(int64_t nanos) {
    if (nanos == 0) return {};
    if (nanos % 1'000'000 == 0) return fmt::format(".{:03}", nanos / 1'000'000);
    if (nanos % 1'000 == 0) return fmt::format(".{:06}", nanos / 1'000);
    return fmt::format(".{:09}", nanos);
}

/// A reader over fixed-width digits; every step fails softly and the end result is checked once.
class Cursor {
public:
    explicit Cursor(std::string_view text) : m_rest(text) {}

    int digits(size_t width) {
        int value = 0;
        if (m_rest.size() < width) return fail();
        for (char c : m_rest.substr(0, width)) {
            if (std::isdigit(static_cast<unsigned char>(c)) == 0) return fail();
            value = value * 10 + (c - '0');
        }
        m_rest.remove_prefix(width);
        return value;
    }
    void expect(std::string_view any) {
        if (m_rest.empty() || any.find(m_rest.front()) == std::string_view::npos) {
            fail();
            return;
        }
        m_rest.remove_prefix(1);
    }
    bool next(char c) const { return !m_rest.empty() && m_rest.front() == c; }
    char take() {
        if (m_rest.empty()) return static_cast<char>(fail());
        char c = m_rest.front();
        m_rest.remove_prefix(1);
        return c;
    }
    int64_t fraction() {
        int64_t value = 0;
        int count = 0;
        while (!m_rest.empty() && std::isdigit(static_cast<unsigned char>(m_rest.front())) != 0) {
            if (++count <= 9) value = value * 10 + (m_rest.front() - '0');
            m_rest.remove_prefix(1);
        }
        if (count == 0) fail();
        for (int i = count; i < 9; ++i) value *= 10;
        return value;
    }
    bool good() const { return m_good && m_rest.empty(); }

private:
    int fail() {
        m_good = false;
        return 0;
    }
    std::string_view m_rest;
    bool m_good = true;
};

std::string twoUnits(int64_t big, std::string_view bigName, int64_t small, std::string_view smallName) {
    return fmt::format("{} {} {:02} {}", big, bigName, small, smallName);
}

}  // namespace

std::string formatTimestamp(Timestamp time) {
    // In whole seconds, for the day of the first instant that nanoseconds can tell begins before it.
    constexpr int64_t kBillion = 1'000'000'000;
    const int64_t count = time.time_since_epoch().count();
    const int64_t rest = count % kBillion;
    const sys_seconds whole{seconds(count / kBillion - (rest < 0 ? 1 : 0))};
    const auto day = floor<days>(whole);
    const year_month_day date(day);
    const hh_mm_ss<seconds> clock(whole - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), fractionOf(rest < 0 ? rest + kBillion : rest));
}

std::optional<Timestamp> parseTimestamp(std::string_view text) {
    Cursor in(text);
    const int y = in.digits(4);
    in.expect("-");
    const int mo = in.digits(2);
    in.expect("-");
    const int d = in.digits(2);
    in.expect("Tt ");
    const int h = in.digits(2);
    in.expect(":");
    const int mi = in.digits(2);
    in.expect(":");
    const int s = in.digits(2);
    int64_t nanos = 0;
    if (in.next('.')) {
        in.take();
        nanos = in.fraction();
    }
    minutes offset{0};
    const char zone = in.take();
    if (zone == '+' || zone == '-') {
        const int oh = in.digits(2);
        in.expect(":");
        const int om = in.digits(2);
        offset = minutes((oh * 60 + om) * (zone == '-' ? -1 : 1));
    } else if (zone != 'Z' && zone != 'z') {
        return std::nullopt;
    }
    const year_month_day date(year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d)));
    if (!in.good() || !date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
    // What 64 bits of nanoseconds cannot tell: before September 1677 and after April 2262.
    if (y < 1678 || y > 2261) return std::nullopt;
    return Timestamp(sys_days(date)) + hours(h) + minutes(mi) + seconds(s) + nanoseconds(nanos) - offset;
}

std::string formatDuration(Duration duration) {
    if (duration < Duration::zero()) return "-" + formatDuration(-duration);
    const auto count = [&](Duration unit) { return duration / unit; };
    if (duration == Duration::zero()) return "0 s";
    if (duration < microseconds(1)) return fmt::format("{} ns", duration.count());
    if (duration < milliseconds(1)) return fmt::format("{} µs", count(microseconds(1)));
    if (duration < seconds(1)) return fmt::format("{} ms", count(milliseconds(1)));
    if (duration < minutes(1)) {
        const auto hundredths = count(milliseconds(10));
        if (hundredths % 100 == 0) return fmt::format("{} s", hundredths / 100);
        return fmt::format("{}.{:02} s", hundredths / 100, hundredths % 100);
    }
    if (duration < hours(1)) return twoUnits(count(minutes(1)), "m", count(seconds(1)) % 60, "s");
    if (duration < hours(24)) return twoUnits(count(hours(1)), "h", count(minutes(1)) % 60, "m");
    return twoUnits(count(hours(24)), "d", count(hours(1)) % 24, "h");
}

std::optional<Duration> parseDuration(std::string_view text) {
    double total = 0;
    bool any = false;
    while (true) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        if (text.empty()) break;
        double value = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (problem != std::errc() || value < 0) return std::nullopt;
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        size_t length = 0;
        while (length < text.size() && std::isalpha(static_cast<unsigned char>(text[length])) != 0) ++length;
        const Unit* unit = nullptr;
        for (const Unit& candidate : kUnits) {
            if (candidate.name == text.substr(0, length)) unit = &candidate;
        }
        if (unit == nullptr) return std::nullopt;
        total += value * static_cast<double>(unit->length.count());
        text.remove_prefix(length);
        any = true;
    }
    if (!any || total > 9.2e18) return std::nullopt;
    return Duration(static_cast<int64_t>(std::llround(total)));
}

}  // namespace orrery::base
