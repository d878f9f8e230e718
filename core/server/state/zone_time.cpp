// SPDX-License-Identifier: MIT
#include "core/server/state/zone_time.h"

#include <chrono>

#include <date/tz.h>

namespace orrery::server {
namespace {

using std::chrono::seconds;

struct Offset {
    int64_t seconds = 0;
    int64_t from = 0;
    int64_t until = 0;
};

bool isUtc(const std::string& zone) { return zone.empty() || zone == "UTC"; }

Offset offsetAt(const std::string& zone, int64_t at) {
    const date::sys_info info = date::locate_zone(zone)->get_info(date::sys_seconds(seconds(at)));
    return {info.offset.count(), info.begin.time_since_epoch().count(), info.end.time_since_epoch().count()};
}

int64_t floorOf(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

bool knowsZone(const std::string& name) {
    if (isUtc(name)) return true;
    try {
        return date::locate_zone(name) != nullptr;
    } catch (const std::exception&) {
        return false;  // the library's way to say that there is no such zone, or no database
    }
}

CivilTime civilTime(const std::string& zone, int64_t at) {
    constexpr int64_t kDay = 86'400;
    const int64_t local = isUtc(zone) ? at : at + offsetAt(zone, at).seconds;
    const int64_t days = floorOf(local, kDay);
    const int64_t rest = local - days * kDay;
    const std::chrono::sys_days day{std::chrono::days(days)};
    const std::chrono::year_month_day ymd(day);
    CivilTime civil;
    civil.year = int(ymd.year());
    civil.month = int(unsigned(ymd.month()));
    civil.day = int(unsigned(ymd.day()));
    civil.hour = int(rest / 3600);
    civil.minute = int(rest / 60 % 60);
    civil.second = int(rest % 60);
    civil.weekday = int(std::chrono::weekday(day).c_encoding());
    return civil;
}

int64_t secondsOf(const std::string& zone, const CivilTime& civil) {
    const int64_t months = civil.month - 1;
    const std::chrono::year year(int(civil.year + floorOf(months, 12)));
    const std::chrono::month month(unsigned(months - floorOf(months, 12) * 12 + 1));
    const std::chrono::sys_days first(year / month / std::chrono::day(1));
    const int64_t days = first.time_since_epoch().count() + civil.day - 1;
    const int64_t local = days * 86'400 + civil.hour * 3600 + civil.minute * 60 + civil.second;
    if (isUtc(zone)) return local;
    // As if the local time were in UTC: near a change that picks the wrong side, which the second look mends.
    const Offset guess = offsetAt(zone, local);
    const int64_t at = local - guess.seconds;
    if (guess.seconds == 0 || (at >= guess.from && at < guess.until)) return at;
    return local - offsetAt(zone, at).seconds;
}

}  // namespace orrery::server
