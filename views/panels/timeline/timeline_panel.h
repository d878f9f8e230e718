// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

#include "views/panels/timeline/timeline.h"
#include "views/shared/widgets.h"

namespace orrery::ui::timeline {

/// The timeline under its head: counts, zoom, fold and group switches. Owned by the page.
class TimelinePanel : public QWidget {
    Q_OBJECT

public:
    explicit TimelinePanel(shared::Selection* selection, QWidget* parent = nullptr);

    /// See Timeline.
    void setHistory(const shared::HistoryView& view);
    void showHistory(const shared::HistoryView& view);
    void setNow(std::optional<base::Timestamp> now) { m_timeline->setNow(now); }
    Timeline* timeline() const { return m_timeline; }

private:
    void describe(const shared::HistoryView& view);

    shared::SectionHeader* m_header;
    Timeline* m_timeline;
};

}  // namespace orrery::ui::timeline
