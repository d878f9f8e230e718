// SPDX-License-Identifier: MIT
#include "views/panels/timeline/rows_geometry.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

namespace orrery::ui::timeline {

using history::EventGroup;
using history::GroupKind;
using history::GroupState;

namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
constexpr size_t kMostGaps = 64;
constexpr Offset kGapTimes = 10;
constexpr Offset kShortestBusy = 1'000'000;

bool marksAnInstant(GroupKind kind) {
    switch (kind) {
        case GroupKind::Signal:
        case GroupKind::Marker:
        case GroupKind::Workflow:
        case GroupKind::Other: return true;
        default: return false;
    }
}

bool keepsBusy(GroupKind kind) { return kind == GroupKind::Activity || kind == GroupKind::LocalActivity; }

}  // namespace

Rows::Rows(const history::History& events, const history::Groups& groups, bool byName) : m_byName(byName) {
    bool first = true;
    m_moments.reserve(events.size());
    for (size_t i = 0; i < events.size(); ++i) {
        const auto at = events[i].time();
        if (!at) continue;
        if (first) m_origin = *at;
        first = false;
        m_moments.push_back(offset(*at));
    }
    // Clocks of several hosts wrote them: a later event may bear an earlier time.
    std::sort(m_moments.begin(), m_moments.end());
    if (!m_moments.empty()) m_last = m_moments.back();
    m_rowOf.assign(groups.list.size(), -1);
    m_barOf.assign(groups.list.size(), kNone);
    Offset fallback = 0;
    for (uint32_t i = 0; i < groups.list.size(); ++i) {
        const EventGroup& group = groups.list[i];
        if (group.scheduled) fallback = offset(*group.scheduled);
        if (group.kind == GroupKind::WorkflowTask) {
            const Offset at = group.started ? offset(*group.started) : fallback;
            if (group.closed) m_taskSpans.push_back({at, std::max(at, offset(*group.closed))});
            m_tasks.push_back({at, i, group.state == GroupState::Failed || group.state == GroupState::TimedOut});
        } else {
            addBar(group, i, fallback);
        }
    }
    std::sort(m_tasks.begin(), m_tasks.end(),
              [](const auto& a, const auto& b) { return std::tie(a.at, a.group) < std::tie(b.at, b.group); });
    if (m_byName) sortByName(groups);
    if (!m_byName) {
        for (uint32_t i = 0; i <= m_bars.size(); ++i) m_rowBegin.push_back(i);
    }
    for (int row = 0; row < count(); ++row) {
        const auto [begin, end] = barsOf(row);
        Offset latest = std::numeric_limits<Offset>::min();
        for (uint32_t i = begin; i < end; ++i) {
            latest = std::max(latest, m_bars[i].end);
            m_bars[i].latestEnd = latest;
            m_rowOf[m_bars[i].group] = row;
            m_barOf[m_bars[i].group] = i;
        }
    }
}

void Rows::addBar(const EventGroup& group, uint32_t index, Offset fallback) {
    Bar bar;
    bar.group = index;
    bar.kind = group.kind;
    bar.state = group.state;
    const auto begin = group.scheduled ? group.scheduled : group.started ? group.started : group.closed;
    bar.begin = begin ? offset(*begin) : fallback;
    if (marksAnInstant(group.kind)) {
        bar.start = bar.end = bar.begin;
    } else {
        const bool open = history::isOpen(group.state);
        // What ended without ever having started (cancelled, timed out in the queue) only waited.
        bar.start = group.started ? std::max(offset(*group.started), bar.begin) : kOpen;
        if (group.kind == GroupKind::Timer || group.kind == GroupKind::Update) bar.start = bar.begin;
        bar.end = group.closed ? std::max(offset(*group.closed), bar.begin) : open ? kOpen : bar.begin;
        if (bar.start != kOpen) bar.start = std::min(bar.start, bar.end);
    }
    m_bars.push_back(bar);
}

void Rows::sortByName(const history::Groups& groups) {
    std::map<std::pair<GroupKind, std::string_view>, uint32_t> rows;
    std::vector<uint32_t> rowOfBar;
    rowOfBar.reserve(m_bars.size());
    for (const Bar& bar : m_bars) {
        const std::string_view name = groups.list[bar.group].name;
        rowOfBar.push_back(rows.try_emplace({bar.kind, name}, static_cast<uint32_t>(rows.size())).first->second);
    }
    std::vector<uint32_t> order(m_bars.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return std::tuple(rowOfBar[a], m_bars[a].begin, a) < std::tuple(rowOfBar[b], m_bars[b].begin, b);
    });
    std::vector<Bar> sorted;
    sorted.reserve(m_bars.size());
    for (uint32_t i = 0; i < order.size(); ++i) {
        if (rowOfBar[order[i]] == m_rowBegin.size()) m_rowBegin.push_back(i);
        sorted.push_back(m_bars[order[i]]);
    }
    m_rowBegin.push_back(static_cast<uint32_t>(sorted.size()));
    m_bars = std::move(sorted);
}

const Bar* Rows::barOf(uint32_t group) const {
    return group < m_barOf.size() && m_barOf[group] != kNone ? &m_bars[m_barOf[group]] : nullptr;
}

std::pair<uint32_t, uint32_t> Rows::visible(int row, Offset from, Offset until) const {
    const auto [begin, end] = barsOf(row);
    const auto first = m_bars.begin() + begin;
    const auto last = m_bars.begin() + end;
    const auto low = std::lower_bound(first, last, from, [](const Bar& bar, Offset t) { return bar.latestEnd < t; });
    const auto high = std::upper_bound(low, last, until, [](Offset t, const Bar& bar) { return t < bar.begin; });
    return {static_cast<uint32_t>(low - m_bars.begin()), static_cast<uint32_t>(high - m_bars.begin())};
}

const Bar* Rows::hit(int row, Offset at, Offset tolerance, Offset now) const {
    if (row < 0 || row >= count()) return nullptr;
    const auto [begin, end] = barsOf(row);
    if (end - begin == 1) return &m_bars[begin];
    const auto [from, until] = visible(row, at - tolerance, at + tolerance);
    const Bar* best = nullptr;
    Offset bestDistance = tolerance;
    for (uint32_t i = from; i < until; ++i) {
        const Bar& bar = m_bars[i];
        const Offset close = bar.isOpen() ? now : bar.end;
        const Offset distance = at < bar.begin ? bar.begin - at : at > close ? at - close : 0;
        if (distance <= bestDistance) {
            best = &bar;
            bestDistance = distance;
        }
    }
    return best;
}

const TaskTick* Rows::hitTask(Offset at, Offset tolerance) const {
    const auto after = std::lower_bound(m_tasks.begin(), m_tasks.end(), at - tolerance,
                                        [](const TaskTick& task, Offset t) { return task.at < t; });
    const TaskTick* best = nullptr;
    for (auto task = after; task != m_tasks.end() && task->at <= at + tolerance; ++task) {
        if (!best || std::abs(task->at - at) < std::abs(best->at - at)) best = &*task;
    }
    return best;
}

std::vector<Gap> Rows::idleGaps(Offset now) const {
    std::vector<Gap> busy;
    for (const Bar& bar : m_bars) {
        if (keepsBusy(bar.kind)) busy.push_back({bar.begin, bar.isOpen() ? std::max(now, bar.begin) : bar.end});
    }
    busy.insert(busy.end(), m_taskSpans.begin(), m_taskSpans.end());
    for (const Offset moment : m_moments) busy.push_back({moment, moment});
    if (now > m_last) busy.push_back({now, now});
    // Time begins with the first event, even if the clock of another host says that something came before it.
    for (Gap& span : busy) span = {std::max<Offset>(span.begin, 0), std::max<Offset>(span.end, 0)};
    std::sort(busy.begin(), busy.end(), [](const Gap& a, const Gap& b) { return a.begin < b.begin; });
    std::vector<Offset> spans;
    std::vector<Gap> idle;
    Offset busyTotal = 0;
    for (size_t i = 0; i < busy.size();) {
        Gap span = busy[i];
        // Events a few milliseconds apart belong to one burst.
        for (++i; i < busy.size() && busy[i].begin <= span.end + kShortestBusy; ++i) {
            span.end = std::max(span.end, busy[i].end);
        }
        if (span.length() >= kShortestBusy) spans.push_back(span.length());
        busyTotal += span.length();
        if (i < busy.size()) idle.push_back({span.end, busy[i].begin});
    }
    Offset median = kShortestBusy;
    if (!spans.empty()) {
        const auto middle = spans.begin() + static_cast<std::ptrdiff_t>(spans.size() / 2);
        std::nth_element(spans.begin(), middle, spans.end());
        median = std::max(median, *middle);
    }
    // A fold takes room itself: one that would hide less than a fiftieth of the busy time saves nothing.
    const Offset least = std::max(kGapTimes * median, busyTotal / 50);
    std::erase_if(idle, [least](const Gap& gap) { return gap.length() <= least; });
    if (idle.size() > kMostGaps) {
        std::nth_element(idle.begin(), idle.begin() + kMostGaps, idle.end(),
                         [](const Gap& a, const Gap& b) { return a.length() > b.length(); });
        idle.resize(kMostGaps);
        std::sort(idle.begin(), idle.end(), [](const Gap& a, const Gap& b) { return a.begin < b.begin; });
    }
    return idle;
}

}  // namespace orrery::ui::timeline
