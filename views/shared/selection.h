// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace orrery::ui::shared {

/// A span of history time; begin is never after end.
struct TimeRange {
    base::Timestamp begin;
    base::Timestamp end;

    base::Duration length() const { return end - begin; }
    bool contains(base::Timestamp time) const { return begin <= time && time <= end; }
    bool operator==(const TimeRange&) const = default;
};

/// What is chosen and pointed at in one open history, shared by its timeline, table and inspector. A group is named by
/// the id of its first event, which stays true while the history grows; 0 means none. Owned by the page; UI thread.
class Selection : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    int64_t eventId() const { return m_event; }
    int64_t groupId() const { return m_group; }
    int64_t hoveredGroup() const { return m_hovered; }
    std::optional<TimeRange> range() const { return m_range; }

    void select(int64_t event, int64_t group);
    void clear() { select(0, 0); }
    void hover(int64_t group);
    /// The span the timeline shows; absent when it shows all of time.
    void setRange(std::optional<TimeRange> range);

Q_SIGNALS:
    void changed();
    void hoverChanged();
    void rangeChanged();
    /// Somebody asked to be brought to the event: views scroll to it even when it was selected before.
    void revealed(qint64 event);

private:
    int64_t m_event = 0;
    int64_t m_group = 0;
    int64_t m_hovered = 0;
    std::optional<TimeRange> m_range;
};

}  // namespace orrery::ui::shared
