// SPDX-License-Identifier: MIT
#include "views/panels/payload/inspector_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "views/shared/json_format.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"

namespace orrery::ui::payload {

using shared::kGrid;
using shared::kPadding;
using shared::makeLabel;

namespace {

constexpr int kFactNameWidth = 80;
constexpr size_t kMostLinks = 12;

}  // namespace

InspectorPanel::InspectorPanel(shared::Selection* selection, QWidget* parent)
    : QWidget(parent), m_selection(selection), m_model(new AttributesModel(this)) {
    setObjectName(QStringLiteral("inspectorPanel"));
    build();
    connect(m_selection, &shared::Selection::changed, this, &InspectorPanel::refresh);
    connect(&shared::Theme::instance(), &shared::Theme::changed, this, [this] {
        m_shownEvent = 0;
        refresh();
    });
    refresh();
}

void InspectorPanel::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    m_empty = new shared::EmptyState(tr("Nothing selected"),
                                     tr("Choose a bar of the timeline or a row of the history to see what it carries."),
                                     {}, this);
    outer->addWidget(m_empty);

    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("inspectorScroll"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_page = scroll;
    auto* content = new QWidget(scroll);
    content->setProperty("surface", true);
    scroll->setWidget(content);
    outer->addWidget(scroll);

    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, kPadding, 0, kPadding);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(kPadding, 0, kPadding, 2 * kGrid);
    head->setSpacing(2 * kGrid);
    m_icon = new QLabel(content);
    m_title = new shared::ElidedLabel({}, content);
    m_title->setProperty("role", "strong");
    m_title->setObjectName(QStringLiteral("inspectorTitle"));
    m_subtitle = new shared::ElidedLabel({}, content);
    m_subtitle->setRole(shared::Role::Secondary);
    m_title->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    head->addWidget(m_icon);
    head->addWidget(m_title);
    head->addWidget(m_subtitle);
    head->setStretch(2, 1);
    column->addLayout(head);
    m_factsBox = new QWidget(content);
    m_facts = new QGridLayout(m_factsBox);
    m_facts->setContentsMargins(kPadding, 0, kPadding, kPadding);
    m_facts->setHorizontalSpacing(kPadding);
    m_facts->setVerticalSpacing(kGrid);
    m_facts->setColumnMinimumWidth(0, kFactNameWidth);
    m_facts->setColumnStretch(1, 1);
    column->addWidget(m_factsBox);
    m_failure = makeSection(tr("Failure"), QStringLiteral("inspectorFailure"));
    m_input = makeSection(tr("Input"), QStringLiteral("inspectorInput"));
    m_result = makeSection(tr("Result"), QStringLiteral("inspectorResult"));
    for (const Section* section : {&m_failure, &m_input, &m_result}) column->addWidget(section->box);
    makeAttributes();
    column->addStretch(1);
}

InspectorPanel::Section InspectorPanel::makeSection(const QString& title, const QString& objectName) {
    auto* box = new QWidget(m_page);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, kPadding);
    column->setSpacing(2 * kGrid);
    column->addWidget(new shared::Hairline(Qt::Horizontal, box));
    auto* inner = new QVBoxLayout;
    inner->setContentsMargins(kPadding, 0, kPadding, 0);
    inner->setSpacing(2 * kGrid);
    inner->addWidget(makeLabel(title, "strong", box));
    auto* text = new PayloadView(box);
    text->setObjectName(objectName);
    text->setAccessibleName(title);
    inner->addWidget(text);
    column->addLayout(inner);
    return {box, text};
}

void InspectorPanel::makeAttributes() {
    auto* content = qobject_cast<QScrollArea*>(m_page)->widget();
    auto* column = qobject_cast<QVBoxLayout*>(content->layout());
    column->addWidget(new shared::Hairline(Qt::Horizontal, content));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(kPadding, 2 * kGrid, kPadding, 2 * kGrid);
    head->addWidget(makeLabel(tr("Event"), "strong", content));
    head->addStretch(1);
    m_tabs = new shared::SegmentedButtons({tr("Attributes"), tr("JSON")}, content);
    m_tabs->setObjectName(QStringLiteral("inspectorTabs"));
    head->addWidget(m_tabs);
    column->addLayout(head);

    m_tree = new QTreeView(content);
    m_tree->setObjectName(QStringLiteral("inspectorTree"));
    m_tree->setAccessibleName(tr("Attributes of the event"));
    m_tree->setModel(m_model);
    m_tree->setUniformRowHeights(true);
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(3 * kGrid);
    m_tree->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->header()->setStretchLastSection(true);
    m_tree->header()->resizeSection(AttributesModel::Key, kFactNameWidth * 2 - 2 * kGrid);
    const auto fit = [this] {
        int rows = 0;
        for (QModelIndex at = m_model->index(0, 0); at.isValid(); at = m_tree->indexBelow(at)) ++rows;
        m_tree->setFixedHeight((rows + 1) * shared::kRow);
    };
    connect(m_tree, &QTreeView::expanded, this, fit);
    connect(m_tree, &QTreeView::collapsed, this, fit);
    connect(m_model, &QAbstractItemModel::modelReset, this, fit);
    column->addWidget(m_tree);

    m_json = new PayloadView(content);
    m_json->setObjectName(QStringLiteral("inspectorJson"));
    m_json->setAccessibleName(tr("The event as JSON"));
    m_json->setMaxLines(40);
    auto* jsonRow = new QHBoxLayout;
    jsonRow->setContentsMargins(kPadding, 0, kPadding, 0);
    jsonRow->addWidget(m_json);
    column->addLayout(jsonRow);
    m_json->hide();
    connect(m_tabs, &shared::SegmentedButtons::chosen, this, &InspectorPanel::showAttributes);
}

void InspectorPanel::setHistory(const shared::HistoryView& view) {
    m_view = view;
    // A snapshot that changes nothing about what is shown must not disturb reading or a text selection.
    const int group = m_view ? m_view.groupIndexOf(m_selection->eventId()) : -1;
    const size_t size = group < 0 ? 0 : m_view.groups->list[static_cast<size_t>(group)].eventIds.size();
    if (m_shownEvent != m_selection->eventId() || size != m_shownGroupSize || !m_view) refresh();
}

void InspectorPanel::setNow(std::optional<base::Timestamp> now) {
    m_now = now;
    const int group = m_view ? m_view.groupIndexOf(m_selection->eventId()) : -1;
    if (group >= 0 && history::isOpen(m_view.groups->list[static_cast<size_t>(group)].state)) {
        showFacts(eventFacts(m_view, m_selection->eventId(), m_now));
    }
}

void InspectorPanel::refresh() {
    const int64_t id = m_selection->eventId();
    const auto event = m_view && id != 0 ? m_view.history->find(id) : std::nullopt;
    m_empty->setVisible(!event);
    m_page->setVisible(event.has_value());
    m_shownEvent = event ? id : 0;
    if (!event) return;
    const int group = m_view.groupIndexOf(id);
    m_shownGroupSize = group < 0 ? 0 : m_view.groups->list[static_cast<size_t>(group)].eventIds.size();
    const EventFacts facts = eventFacts(m_view, id, m_now);
    const shared::Look look = shared::look(event->category());
    m_icon->setPixmap(
        shared::icon(look.icon, look.role).pixmap(QSize(shared::kIcon, shared::kIcon), devicePixelRatioF()));
    m_title->setText(shared::oneLine(facts.title, 120));
    m_subtitle->setText(shared::oneLine(facts.subtitle, 60));
    showFacts(facts);
    showSection(m_failure, facts.failure);
    showSection(m_input, facts.input.join(QLatin1Char('\n')));
    showSection(m_result, facts.result.join(QLatin1Char('\n')));
    showAttributes();
}

void InspectorPanel::showFacts(const EventFacts& facts) {
    while (QLayoutItem* item = m_facts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const Fact& fact : facts.facts) {
        m_facts->addWidget(makeLabel(fact.name, "secondary", m_factsBox), row, 0, Qt::AlignTop);
        if (fact.isId) {
            m_facts->addWidget(new shared::CopyLabel(fact.value, m_factsBox), row, 1);
        } else {
            auto* value = makeLabel(fact.value, "value", m_factsBox);
            value->setWordWrap(true);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            m_facts->addWidget(value, row, 1);
        }
        ++row;
    }
    QStringList links;
    for (size_t i = 0; i < facts.events.size() && i < kMostLinks; ++i) {
        const bool here = facts.events[i] == m_selection->eventId();
        links += here ? QStringLiteral("<b>%1</b>").arg(facts.events[i])
                      : QStringLiteral("<a style=\"text-decoration:none\" href=\"%1\">%1</a>").arg(facts.events[i]);
    }
    if (facts.events.size() > kMostLinks) links += tr("%1 in all").arg(facts.events.size());
    m_facts->addWidget(makeLabel(tr("Events"), "secondary", m_factsBox), row, 0, Qt::AlignTop);
    auto* events = new QLabel(links.join(QStringLiteral(" \u00b7 ")), m_factsBox);
    events->setObjectName(QStringLiteral("inspectorEvents"));
    events->setWordWrap(true);
    events->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(events, &QLabel::linkActivated, this, [this](const QString& link) {
        const int64_t id = link.toLongLong();
        // The label is rebuilt by the selection: leave its signal first.
        QMetaObject::invokeMethod(
            this, [this, id] { m_selection->select(id, m_view.groupIdOf(id)); }, Qt::QueuedConnection);
    });
    m_facts->addWidget(events, row, 1);
}

void InspectorPanel::showSection(const Section& section, const QString& text) {
    section.box->setVisible(!text.isEmpty());
    if (!text.isEmpty()) section.text->setContent(text);
}

void InspectorPanel::showAttributes() {
    const auto event = m_view ? m_view.history->find(m_selection->eventId()) : std::nullopt;
    if (!event) return;
    const bool asTree = m_tabs->current() == 0;
    m_tree->setVisible(asTree);
    m_json->setVisible(!asTree);
    if (asTree) {
        m_model->setRoot(event->attributes());
        m_tree->expandToDepth(1);
    } else {
        m_json->setContent(shared::prettyJson(shared::text(event->json())));
    }
}

}  // namespace orrery::ui::payload
