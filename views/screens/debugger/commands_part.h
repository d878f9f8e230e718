// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>
#include <optional>

#include "core/replay/step.h"

class QLabel;
class QPushButton;
class QTableView;

namespace orrery::ui::shared {
class SectionHeader;
class StatusChip;
}  // namespace orrery::ui::shared

namespace orrery::ui::debugger {

class CommandModel;

/// The commands of the shown task, recorded beside produced, and the way to the first difference of the run. UI thread.
class CommandsPart : public QWidget {
    Q_OBJECT

public:
    explicit CommandsPart(QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }
    void setStep(const replay::Step& step);
    /// What the walk through the whole run found: nothing known, no difference, or the first one.
    void setWalk(bool complete, const std::optional<replay::Divergence>& first);
    void clear();
    /// Height at which a few rows and the sentence are seen, at this width.
    int wantedHeight(int width) const;

Q_SIGNALS:
    void differenceWanted();
    /// A person went to a row: the event that records it (0 for none), and where the code asks for it.
    void chosen(qint64 event, const replay::SourceLine& source);

private:
    void makeTable();

    shared::SectionHeader* m_header;
    shared::StatusChip* m_verdict;
    QPushButton* m_badge;
    CommandModel* m_model;
    QTableView* m_table;
    QLabel* m_empty;
    QLabel* m_sentence;
};

}  // namespace orrery::ui::debugger
