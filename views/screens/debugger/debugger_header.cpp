// SPDX-License-Identifier: MIT
#include "views/screens/debugger/debugger_header.h"

#include <QBoxLayout>
#include <QComboBox>

#include "views/screens/debugger/task_rail.h"
#include "views/shared/elided_label.h"
#include "views/shared/widgets.h"

namespace orrery::ui::debugger {

using namespace shared;

DebuggerHeader::DebuggerHeader(const QString& name, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("debugHeader"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4 * kGrid, 2 * kGrid, kPadding, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(makeTitle(name));
    m_rail = new TaskRail(this);
    column->addWidget(m_rail);
    setPlace(0, 0);
}

QWidget* DebuggerHeader::makeTitle(const QString& name) {
    auto* title = new QWidget(this);
    auto* row = new QHBoxLayout(title);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * kGrid);
    m_badge = new StatusChip(title);
    m_badge->setObjectName(QStringLiteral("debugPlace"));
    auto* id = new ElidedLabel(name, title);
    id->setObjectName(QStringLiteral("debugName"));
    id->setFont(uiFont(TextSize::Title, Weight::Strong));
    id->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_code = new QComboBox(title);
    m_code->setObjectName(QStringLiteral("debugCode"));
    m_code->setAccessibleName(tr("Code that replays the run"));
    m_code->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_code->setMaximumWidth(kFieldWidth);
    connect(m_code, &QComboBox::activated, this,
            [this](int index) { Q_EMIT codeChosen(m_code->itemData(index).toString()); });
    row->addWidget(m_badge);
    row->addWidget(id);
    row->addWidget(makeLabel(tr("with code"), "secondary", title));
    row->addWidget(m_code);
    row->addStretch(1);
    m_first = addButton(QStringLiteral("|◀"), "debugFirst", tr("First task  Alt+Home"), &DebuggerHeader::firstWanted);
    m_back = addButton(tr("◀ back"), "debugBack", tr("One task back  Shift+F10"), &DebuggerHeader::backWanted);
    m_step = addButton(tr("step ▶"), "debugStep", tr("One task forward  F10"), &DebuggerHeader::stepWanted);
    m_last = addButton(QStringLiteral("▶|"), "debugLast", tr("Last task  Alt+End"), &DebuggerHeader::lastWanted);
    m_step->setProperty("primary", true);
    for (QPushButton* button : {m_first, m_back, m_step, m_last}) row->addWidget(button);
    return title;
}

QPushButton* DebuggerHeader::addButton(const QString& label, const char* name, const QString& tip,
                                       void (DebuggerHeader::*signal)()) {
    QPushButton* button = makeButton(label, QLatin1String(name), false, this);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    connect(button, &QPushButton::clicked, this, signal);
    return button;
}

void DebuggerHeader::setCodes(const QStringList& registered, const QString& recorded, const QString& shown) {
    m_code->clear();
    if (!registered.contains(recorded)) {
        m_code->addItem(recorded.isEmpty() ? tr("unknown type") : tr("%1 (no code)").arg(recorded), recorded);
    }
    for (const QString& type : registered) m_code->addItem(type, type);
    m_code->setCurrentIndex(std::max(0, m_code->findData(shown)));
    m_code->setToolTip(tr("Which registered workflow replays the run: %1").arg(m_code->currentText()));
}

void DebuggerHeader::setPlace(int task, int count) {
    m_badge->setVisible(task > 0);
    m_rail->setVisible(count > 0);
    m_badge->setStatus(task > 0 ? tr("Past: task %1 of %2").arg(task).arg(count) : tr("Past"), Role::Brass);
    m_first->setEnabled(task > 1);
    m_back->setEnabled(task > 1);
    m_step->setEnabled(task > 0 && task < count);
    m_last->setEnabled(task > 0 && task < count);
    m_rail->setCurrent(task - 1);
}

}  // namespace orrery::ui::debugger
