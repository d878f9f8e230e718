// SPDX-License-Identifier: MIT
#include "views/shared/selection.h"

namespace orrery::ui::shared {

void Selection::select(int64_t event, int64_t group) {
    if (m_event != event || m_group != group) {
        m_event = event;
        m_group = group;
        Q_EMIT changed();
    }
    if (event != 0) Q_EMIT revealed(event);
}

void Selection::hover(int64_t group) {
    if (m_hovered == group) return;
    m_hovered = group;
    Q_EMIT hoverChanged();
}

void Selection::setRange(std::optional<TimeRange> range) {
    if (m_range == range) return;
    m_range = range;
    Q_EMIT rangeChanged();
}

}  // namespace orrery::ui::shared
