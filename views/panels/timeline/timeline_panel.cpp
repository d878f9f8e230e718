// SPDX-License-Identifier: MIT
#include "views/panels/timeline/timeline_panel.h"

#include <QVBoxLayout>

#include "views/shared/text_format.h"

namespace orrery::ui::timeline {

using shared::makeButton;

TimelinePanel::TimelinePanel(shared::Selection* selection, QWidget* parent)
    : QWidget(parent),
      m_header(new shared::SectionHeader(tr("Timeline"), this)),
      m_timeline(new Timeline(selection, this)) {
    setObjectName(QStringLiteral("timelinePanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_timeline, 1);

    auto* out = makeButton(QStringLiteral("\u2212"), QStringLiteral("timelineZoomOut"), false, this);
    auto* fit = makeButton(tr("Fit"), QStringLiteral("timelineFit"), false, this);
    auto* in = makeButton(QStringLiteral("+"), QStringLiteral("timelineZoomIn"), false, this);
    out->setProperty("segment", "first");
    fit->setProperty("segment", "middle");
    in->setProperty("segment", "last");
    out->setAccessibleName(tr("Zoom out"));
    in->setAccessibleName(tr("Zoom in"));
    out->setToolTip(tr("Zoom out (\u2212, Ctrl+wheel)"));
    fit->setToolTip(tr("Show all of time (0)"));
    in->setToolTip(tr("Zoom in (+, Ctrl+wheel)"));
    auto* zoom = new QWidget(this);
    auto* zoomRow = new QHBoxLayout(zoom);
    zoomRow->setContentsMargins(0, 0, 0, 0);
    zoomRow->setSpacing(0);
    for (auto* button : {out, fit, in}) zoomRow->addWidget(button);
    m_header->addWidget(zoom);

    auto* fold = makeButton(tr("Fold idle"), QStringLiteral("timelineFold"), false, this);
    fold->setCheckable(true);
    fold->setChecked(m_timeline->foldsIdle());
    fold->setToolTip(tr("Fold stretches in which nothing happens; click a fold to open it"));
    auto* byName = makeButton(tr("Group by name"), QStringLiteral("timelineByName"), false, this);
    byName->setCheckable(true);
    byName->setToolTip(tr("One row for everything of the same name"));
    m_header->addWidget(fold);
    m_header->addWidget(byName);

    connect(out, &QPushButton::clicked, m_timeline, &Timeline::zoomOut);
    connect(fit, &QPushButton::clicked, m_timeline, &Timeline::fit);
    connect(in, &QPushButton::clicked, m_timeline, &Timeline::zoomIn);
    connect(fold, &QPushButton::toggled, m_timeline, &Timeline::setFoldIdle);
    connect(byName, &QPushButton::toggled, m_timeline, &Timeline::setGroupByName);
    describe({});
}

void TimelinePanel::setHistory(const shared::HistoryView& view) {
    m_timeline->setHistory(view);
    describe(view);
}

void TimelinePanel::showHistory(const shared::HistoryView& view) {
    m_timeline->showHistory(view);
    describe(view);
}

void TimelinePanel::describe(const shared::HistoryView& view) {
    if (!view) {
        m_header->setNote({});
        return;
    }
    qint64 groups = 0;
    for (const auto& group : view.groups->list) groups += group.kind != history::GroupKind::WorkflowTask;
    m_header->setNote(
        QStringLiteral("%1 \u00b7 %2")
            .arg(shared::countText(groups, tr("group"), tr("groups")),
                 shared::countText(static_cast<qint64>(view.history->size()), tr("event"), tr("events"))));
}

}  // namespace orrery::ui::timeline
