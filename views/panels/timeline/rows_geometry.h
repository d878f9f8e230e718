// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/history/groups.h"
#include "views/panels/timeline/time_scale_geometry.h"

namespace orrery::ui::timeline {

inline constexpr Offset kOpen = std::numeric_limits<Offset>::max();

/// What is drawn of one group. Times are offsets from the first event.
struct Bar {
    Offset begin = 0;
    /// First moment of the solid part; kOpen when it was never started. Between begin and start it waits.
    Offset start = 0;
    /// kOpen while it runs.
    Offset end = 0;
    /// The latest end of this and all earlier bars of the row.
    Offset latestEnd = 0;
    uint32_t group = 0;
    history::GroupKind kind = history::GroupKind::Other;
    history::GroupState state = history::GroupState::Completed;

    bool isOpen() const { return end == kOpen; }
    bool isMark() const { return begin == end; }
};

/// A workflow task on the lane at the top.
struct TaskTick {
    Offset at = 0;
    uint32_t group = 0;
    bool failed = false;
};

/// Rows of bars in the order of their first events; one group a row, or all of one name in one row. Built once per
/// snapshot, linear but for sorting; holds no strings.
class Rows {
public:
    Rows() = default;
    Rows(const history::History& history, const history::Groups& groups, bool byName);

    base::Timestamp origin() const { return m_origin; }
    /// Offset of the last moment that the history itself knows.
    Offset lastMoment() const { return m_last; }
    Offset offset(base::Timestamp time) const { return (time - m_origin).count(); }
    base::Timestamp time(Offset offset) const { return m_origin + base::Duration(offset); }

    int count() const { return m_rowBegin.empty() ? 0 : static_cast<int>(m_rowBegin.size()) - 1; }
    bool byName() const { return m_byName; }
    const std::vector<Bar>& bars() const { return m_bars; }
    const std::vector<TaskTick>& tasks() const { return m_tasks; }
    /// Positions in bars() of a row: [first, second).
    std::pair<uint32_t, uint32_t> barsOf(int row) const {
        return {m_rowBegin[static_cast<size_t>(row)], m_rowBegin[static_cast<size_t>(row) + 1]};
    }
    /// Those of the row that may be seen between two moments.
    std::pair<uint32_t, uint32_t> visible(int row, Offset from, Offset until) const;
    /// Row of a group, -1 when it has none (workflow tasks, unknown).
    int rowOf(uint32_t group) const { return group < m_rowOf.size() ? m_rowOf[group] : -1; }
    const Bar* barOf(uint32_t group) const;

    /// The bar of the row nearest to a moment, within the tolerance; in a row of a single bar always that bar.
    const Bar* hit(int row, Offset at, Offset tolerance, Offset now) const;
    const TaskTick* hitTask(Offset at, Offset tolerance) const;

    /// Idle stretches worth folding: longer than ten times the median busy span, when no activity and no workflow task
    /// is under way. `now` bounds what is open. Sorted and disjoint; at most the 64 longest.
    std::vector<Gap> idleGaps(Offset now) const;

private:
    void addBar(const history::EventGroup& group, uint32_t index, Offset fallback);
    void sortByName(const history::Groups& groups);

    base::Timestamp m_origin;
    Offset m_last = 0;
    bool m_byName = false;
    std::vector<Bar> m_bars;
    std::vector<uint32_t> m_rowBegin;
    std::vector<int32_t> m_rowOf;
    std::vector<uint32_t> m_barOf;
    std::vector<TaskTick> m_tasks;
    std::vector<Gap> m_taskSpans;
    std::vector<Offset> m_moments;  // of all events, ascending
};

}  // namespace orrery::ui::timeline
