// SPDX-License-Identifier: MIT
#pragma once

#include <QGridLayout>
#include <QScrollArea>
#include <QTreeView>

#include "views/panels/payload/attributes_model.h"
#include "views/panels/payload/event_facts.h"
#include "views/panels/payload/payload_view.h"
#include "views/shared/elided_label.h"
#include "views/shared/selection.h"
#include "views/shared/widgets.h"

namespace orrery::ui::payload {

/// What there is to know about the selected event: facts of its group, input, result, failure, links to the other
/// events, its attributes as a tree, and the raw JSON. Follows the selection. Owned by the page; the selection outlives
/// it.
class InspectorPanel : public QWidget {
    Q_OBJECT

public:
    explicit InspectorPanel(shared::Selection* selection, QWidget* parent = nullptr);

    void setHistory(const shared::HistoryView& view);
    void setNow(std::optional<base::Timestamp> now);

    QTreeView* tree() const { return m_tree; }
    PayloadView* json() const { return m_json; }
    shared::SegmentedButtons* tabs() const { return m_tabs; }

private:
    struct Section {
        QWidget* box;
        PayloadView* text;
    };
    void build();
    Section makeSection(const QString& title, const QString& objectName);
    void makeAttributes();
    void refresh();
    void showFacts(const EventFacts& facts);
    void showSection(const Section& section, const QString& text);
    void showAttributes();

    shared::Selection* m_selection;
    shared::HistoryView m_view;
    std::optional<base::Timestamp> m_now;
    AttributesModel* m_model;
    QWidget* m_page = nullptr;
    shared::EmptyState* m_empty = nullptr;
    QLabel* m_icon = nullptr;
    shared::ElidedLabel* m_title = nullptr;
    shared::ElidedLabel* m_subtitle = nullptr;
    QWidget* m_factsBox = nullptr;
    QGridLayout* m_facts = nullptr;
    Section m_input{};
    Section m_result{};
    Section m_failure{};
    shared::SegmentedButtons* m_tabs = nullptr;
    QTreeView* m_tree = nullptr;
    PayloadView* m_json = nullptr;
    int64_t m_shownEvent = 0;
    size_t m_shownGroupSize = 0;
};

}  // namespace orrery::ui::payload
