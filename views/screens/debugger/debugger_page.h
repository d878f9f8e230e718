// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include "core/gateway/replay.h"
#include "views/shared/history_view.h"
#include "views/shared/page.h"

class QLabel;
class QListView;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTimer;

namespace orrery::ui::payload {
class InspectorPanel;
}
namespace orrery::ui::shared {
class EmptyState;
class MessageBar;
class Selection;
}  // namespace orrery::ui::shared

namespace orrery::ui::debugger {

class CommandsPart;
class DebuggerHeader;
class JobModel;
class Player;
class ShortList;
class SourcePart;
class StackModel;
class StatePart;
class TaskListModel;

/// A recorded run, replayed one workflow task at a time with code of this program. Nothing of it runs again outside.
/// UI thread.
class DebuggerPage : public shared::Page {
    Q_OBJECT

public:
    /// `name` is the workflow id, or the file's name for a history without one.
    DebuggerPage(std::shared_ptr<gateway::Replay> replay, shared::HistoryView view, QString name,
                 QWidget* parent = nullptr);
    ~DebuggerPage() override;

    /// A later snapshot of the same run, or another one: replayed anew, with the place kept where it is there.
    void setHistory(const shared::HistoryView& view);
    const shared::HistoryView& view() const { return m_view; }
    /// Where sources are looked for, besides the program itself.
    void setFolders(const QStringList& folders);

    bool canStep() const;
    bool canBack() const;
    bool hasDifference() const;
    /// The task shown, 0 for none.
    int task() const;
    bool busy() const;

    QString title() const override;
    QWidget* inspector() override;
    bool stepOut() override;
    std::optional<base::Timestamp> past() const override;
    QString statusText() const override;

public Q_SLOTS:
    void step();
    void back();
    void first();
    void last();
    void toDifference();
    /// Puts the cursor on the choice of code.
    void chooseCode();
    void goTo(int number);

Q_SIGNALS:
    /// Somebody wants to say where sources lie.
    void foldersRequested();
    /// The task asked for is on the screen, with its state.
    void shown();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    // debugger_layout.cpp
    void layOut();
    QWidget* makeProgress();
    QWidget* makeBody();
    void placeBorders();
    QWidget* makeTasks(QWidget* parent);
    void makeInspector();
    QWidget* makeEvent();
    void wire();
    void wireLists();
    // debugger_page.cpp
    void open(const QString& workflowType);
    void showOpened();
    void showProblem(const gateway::Problem& problem);
    void showWalk();
    void showStep();
    void showAnswers();
    void showBusy();
    void showProgress(int done, int total);
    void showTaskRow(int number);
    void chooseFrame(int row);
    void showPlace(const replay::SourceLine& place, int waiter);
    void selectEvent(qint64 event);
    QString sentence(int waiter) const;
    void markRail();
    void cancel();

    shared::HistoryView m_view;
    QString m_name;
    QString m_type;
    std::shared_ptr<gateway::Replay> m_replay;
    Player* m_player;
    shared::Selection* m_selection;
    TaskListModel* m_tasks;
    StackModel* m_stack;
    JobModel* m_jobs;
    int m_keep = 0;
    std::string m_waiter;
    bool m_following = false;

    DebuggerHeader* m_header = nullptr;
    shared::MessageBar* m_message = nullptr;
    QWidget* m_progress = nullptr;
    QLabel* m_progressWords = nullptr;
    QProgressBar* m_progressBar = nullptr;
    QTimer* m_progressDelay = nullptr;
    QStackedWidget* m_pages = nullptr;
    shared::EmptyState* m_empty = nullptr;
    QSplitter* m_rows = nullptr;
    QSplitter* m_columns = nullptr;
    bool m_rowsMoved = false;
    bool m_columnsMoved = false;
    QListView* m_taskList = nullptr;
    SourcePart* m_source = nullptr;
    CommandsPart* m_commands = nullptr;
    QStackedWidget* m_inspector = nullptr;
    QPushButton* m_toState = nullptr;
    StatePart* m_state = nullptr;
    QWidget* m_jobPart = nullptr;
    ShortList* m_jobList = nullptr;
    QWidget* m_stackPart = nullptr;
    ShortList* m_stackList = nullptr;
    payload::InspectorPanel* m_event = nullptr;
};

}  // namespace orrery::ui::debugger
