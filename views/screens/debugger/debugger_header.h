// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace orrery::ui::shared {
class ElidedLabel;
class StatusChip;
}  // namespace orrery::ui::shared

namespace orrery::ui::debugger {

class TaskRail;

/// Where in the past, of which run, with which code; the steps, and the run's tasks on a line. UI thread.
class DebuggerHeader : public QWidget {
    Q_OBJECT

public:
    explicit DebuggerHeader(const QString& name, QWidget* parent = nullptr);

    TaskRail* rail() const { return m_rail; }
    QComboBox* code() const { return m_code; }

    /// The registered types; `recorded` is added with a word when it is not among them. Shows `shown`.
    void setCodes(const QStringList& registered, const QString& recorded, const QString& shown);
    /// 0 for none yet.
    void setPlace(int task, int count);

Q_SIGNALS:
    void codeChosen(const QString& workflowType);
    void firstWanted();
    void backWanted();
    void stepWanted();
    void lastWanted();

private:
    QWidget* makeTitle(const QString& name);
    QPushButton* addButton(const QString& label, const char* name, const QString& tip,
                           void (DebuggerHeader::*signal)());

    shared::StatusChip* m_badge = nullptr;
    QComboBox* m_code = nullptr;
    QPushButton* m_first = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_step = nullptr;
    QPushButton* m_last = nullptr;
    TaskRail* m_rail = nullptr;
};

}  // namespace orrery::ui::debugger
