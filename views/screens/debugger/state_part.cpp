// SPDX-License-Identifier: MIT
#include "views/screens/debugger/state_part.h"

#include <QTextBlock>
#include <QVBoxLayout>

#include "views/panels/payload/payload_view.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

namespace orrery::ui::debugger {
namespace {

using namespace shared;

/// Beyond this a comparison is no longer read line by line.
constexpr qsizetype kMostCompared = 200'000;
constexpr int kMostLines = 18;

void markChanged(payload::PayloadView* view, const StateText& state) {
    QList<QTextEdit::ExtraSelection> selections;
    for (size_t i = 0; i < state.lines.size(); ++i) {
        const QTextBlock block = view->document()->findBlockByNumber(static_cast<int>(i));
        if (!state.lines[i].changed || !block.isValid()) continue;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(block);
        selection.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        selection.format.setForeground(Theme::instance().colour(Role::Brass));
        selections.append(selection);
    }
    view->setExtraSelections(selections);
}

}  // namespace

StatePart::StatePart(QWidget* parent)
    : QWidget(parent),
      m_title(makeLabel({}, "strong", this)),
      m_details(makeLabel({}, "secondary", this)),
      m_column(new QVBoxLayout(this)),
      m_note(makeLabel({}, "secondary", this)) {
    setObjectName(QStringLiteral("debugState"));
    m_title->setObjectName(QStringLiteral("debugStateTitle"));
    m_note->setObjectName(QStringLiteral("debugStateNote"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(kGrid);
    for (QLabel* label : {m_details, m_note}) label->setWordWrap(true);
    m_column->addWidget(m_title);
    m_column->addWidget(m_details);
    m_column->addWidget(m_note);
    m_details->hide();
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        for (const Box& box : m_boxes) markChanged(box.view, box.state);
    });
}

StatePart::Box& StatePart::box(size_t index) {
    while (m_boxes.size() <= index) {
        Box made{makeLabel({}, "secondary", this), new payload::PayloadView(this), {}};
        made.view->setObjectName(QStringLiteral("debugAnswer%1").arg(m_boxes.size()));
        made.view->setMaxLines(kMostLines);
        made.view->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        m_column->insertWidget(m_column->count() - 1, made.name);
        m_column->insertWidget(m_column->count() - 1, made.view);
        m_boxes.push_back(made);
    }
    return m_boxes[index];
}

int StatePart::showAnswer(Box& box, const Answer& now, const Answer* before) {
    box.name->setText(tr("query %1").arg(now.name));
    box.view->setAccessibleName(tr("Answer of query %1").arg(now.name));
    const bool compared = before != nullptr && !before->failed && !now.failed && now.text.size() < kMostCompared &&
                          before->text.size() < kMostCompared;
    StateText& state = box.state;
    state = {};
    if (now.failed || now.text.size() >= kMostCompared) {
        state.lines.push_back({now.text, false});
    } else {
        state = stateText(compared ? before->text : QString(), now.text);
        if (state.changed == 0) {
            // Room for the mark only where there is one.
            for (StateLine& line : state.lines) line.text.remove(0, 2);
        }
    }
    box.view->setContent(state.plain());
    markChanged(box.view, state);
    box.name->show();
    box.view->show();
    return state.changed;
}

void StatePart::setWaiting(int task) {
    m_title->setText(tr("State at task %1").arg(task));
    m_note->setText(tr("asking…"));
}

void StatePart::setNothing(const QString& why) {
    m_title->setText(tr("State"));
    m_note->setText(why);
    m_details->hide();
    hideBoxes(0);
}

void StatePart::hideBoxes(size_t from) {
    for (size_t i = from; i < m_boxes.size(); ++i) {
        m_boxes[i].name->hide();
        m_boxes[i].view->hide();
    }
}

void StatePart::setState(int task, const Answers* before, const Answers& now, const QString& details) {
    m_title->setText(tr("State at task %1").arg(task));
    m_details->setText(details);
    m_details->setVisible(!details.isEmpty());
    int changed = 0;
    for (size_t i = 0; i < now.list.size(); ++i) {
        const Answer* was = nullptr;
        if (before != nullptr && i < before->list.size() && before->list[i].name == now.list[i].name) {
            was = &before->list[i];
        }
        changed += showAnswer(box(i), now.list[i], was);
    }
    hideBoxes(now.list.size());
    if (!now.problem.isEmpty()) {
        m_note->setText(now.problem);
    } else if (now.list.empty()) {
        m_note->setText(
            tr("This workflow answers no queries, so there is no state to show. Add one that tells what it "
               "knows."));
    } else if (before == nullptr || before->list.empty()) {
        m_note->setText(task > 1 ? tr("Nothing to compare with: there was no state at task %1.").arg(task - 1)
                                 : tr("The first task: nothing to compare with."));
    } else {
        m_note->setText(
            changed == 0
                ? tr("Nothing changed since task %1").arg(task - 1)
                : tr("%1 changed since task %2").arg(countText(changed, tr("value"), tr("values"))).arg(task - 1));
    }
}

}  // namespace orrery::ui::debugger
