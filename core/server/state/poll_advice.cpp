// SPDX-License-Identifier: MIT
// What workers that scale themselves are told with their tasks.
#include <algorithm>
#include <cmath>

#include "core/server/state/pollers.h"
#include "core/server/state/tasks.h"

namespace orrery::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kIdle = 1s;
constexpr base::Duration kWaitsLong = 200ms;
constexpr double kComesFaster = 1.2;
constexpr double kAdvicesPerSecond = 10;  ///< for each poller

/// The first of a level is its oldest; those in front of it that nobody wants are few, for the next poll drops them.
bool hasOldTask(World& world, const TaskLevel& level) {
    constexpr ptrdiff_t kLooked = 16;
    const auto end = level.backlog.begin() + std::min<ptrdiff_t>(ptrdiff_t(level.backlog.size()), kLooked);
    const auto first =
        std::find_if(level.backlog.begin(), end, [&world](const TaskRef& task) { return stillWanted(world, task); });
    return first != end && ageOf(world, *first) > kWaitsLong;
}

}  // namespace

int pollAdvice(World& world, const TaskQueue& queue, Met met, base::Duration pollWaited) {
    if (met == Met::TaskCame && pollWaited >= kIdle) return -1;
    bool old = false;
    double added = 0;
    double handedOut = 0;
    queue.visitLevels([&](PriorityLevel, const TaskLevel& level) {
        old = old || hasOldTask(world, level);
        added += level.added.perSecond(world.wall);
        handedOut += level.handedOut.perSecond(world.wall);
    });
    const bool fallsBehind = added > kComesFaster * handedOut;
    if (!old && !fallsBehind) return 0;
    // A busy worker is not told with each of its tasks.
    const double enough = kAdvicesPerSecond * double(std::max<size_t>(queue.seen.size(), 1));
    const auto oneOf = uint64_t(std::ceil(std::max(handedOut / enough, 1.0)));
    return world.work() % oneOf == 0 ? 1 : 0;
}

}  // namespace orrery::server
