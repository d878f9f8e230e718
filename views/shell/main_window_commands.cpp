// SPDX-License-Identifier: MIT
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QTabWidget>

#include "core/gateway/files.h"
#include "views/panels/clock/clock_bar.h"
#include "views/screens/connections/connect_strip.h"
#include "views/screens/debugger/debugger_page.h"
#include "views/screens/files/file_page.h"
#include "views/screens/workflow/workflow_page.h"
#include "views/screens/workflows/workflows_page.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"
#include "views/shell/command_field.h"
#include "views/shell/main_window.h"
#include "views/shell/navigation.h"
#include "views/shell/session.h"
#include "views/shell/settings.h"
#include "views/shell/top_bar.h"

namespace orrery::ui::shell {

using namespace shared;
using messages::MessageKind;
using WorkerKind = gateway::WorkerState::Kind;

void MainWindow::addCommands() {
    addFileCommands();
    addWorkflowCommands();
    addDebugCommands();
    addClockCommands();
    addServerCommands();
    addViewCommands();
    m_commands->add({"app.settings", tr("Settings…"), {}, QKeySequence("Ctrl+,"), [this] { openSettings(); }, {}});
    m_commands->add({"app.quit", tr("Quit Orrery"), {}, QKeySequence("Ctrl+Q"), [this] { close(); }, {}});
    for (QAction* action : m_commands->actions()) addAction(action);
}

void MainWindow::addFileCommands() {
    m_commands->add({"file.open", tr("Open history…"), {}, QKeySequence("Ctrl+O"), [this] { chooseFiles(); }, {}});
    m_commands->add({"file.save",
                     tr("Save history as…"),
                     {},
                     QKeySequence("Ctrl+S"),
                     [this] { saveHistoryAs(); },
                     [this] { return shownHistory() != nullptr; }});
    m_commands->add({"file.closeTab",
                     tr("Close tab"),
                     {},
                     QKeySequence("Ctrl+W"),
                     [this] { closePage(m_tabs->currentIndex()); },
                     [this] { return m_tabs->currentIndex() > 0; }});
}

void MainWindow::addWorkflowCommands() {
    const auto open = [this] { return workflowPage() != nullptr && workflowPage()->isOpen(); };
    const auto shown = [this] { return workflowPage() != nullptr; };
    m_commands->add({"workflow.start",
                     tr("Start workflow…"),
                     {},
                     QKeySequence("Ctrl+N"),
                     [this] { openStart(); },
                     [this] { return m_session->cluster() != nullptr; }});
    m_commands->add({"workflow.signal",
                     tr("Signal the workflow"),
                     {},
                     QKeySequence("Ctrl+Shift+S"),
                     [this] { openMessage(MessageKind::Signal); },
                     open});
    m_commands->add({"workflow.query",
                     tr("Query the workflow"),
                     {},
                     QKeySequence("Ctrl+Shift+Q"),
                     [this] { openMessage(MessageKind::Query); },
                     shown});
    m_commands->add({"workflow.update",
                     tr("Update the workflow"),
                     {},
                     QKeySequence("Ctrl+Shift+U"),
                     [this] { openMessage(MessageKind::Update); },
                     open});
    m_commands->add({"workflow.cancel",
                     tr("Cancel the workflow…"),
                     {},
                     QKeySequence("Ctrl+Shift+C"),
                     [this] { openMessage(MessageKind::Cancel); },
                     open});
    m_commands->add({"workflow.terminate",
                     tr("Terminate the workflow…"),
                     {},
                     QKeySequence("Ctrl+Shift+T"),
                     [this] { openMessage(MessageKind::Terminate); },
                     open});
}

void MainWindow::addDebugCommands() {
    using Page = debugger::DebuggerPage;
    m_commands->add({"debug.open",
                     tr("Replay in debugger"),
                     {},
                     QKeySequence("Ctrl+D"),
                     [this] { openDebugger(); },
                     [this] { return m_options.replay && !debuggerPage() && shownHistory() != nullptr; }});
    const auto add = [this](const char* id, const QString& text, const char* keys, void (Page::*call)(),
                            bool (Page::*can)() const) {
        m_commands->add({QLatin1String(id),
                         text,
                         {},
                         QKeySequence(QLatin1String(keys)),
                         [this, call] { (debuggerPage()->*call)(); },
                         [this, can] { return debuggerPage() != nullptr && (debuggerPage()->*can)(); }});
    };
    add("debug.step", tr("One workflow task forward"), "F10", &Page::step, &Page::canStep);
    add("debug.back", tr("One workflow task back"), "Shift+F10", &Page::back, &Page::canBack);
    add("debug.first", tr("To the first workflow task"), "Alt+Home", &Page::first, &Page::canBack);
    add("debug.last", tr("To the last workflow task"), "Alt+End", &Page::last, &Page::canStep);
    add("debug.difference", tr("To the first difference"), "F8", &Page::toDifference, &Page::hasDifference);
    m_commands->add({"debug.code",
                     tr("Choose the code of the replay"),
                     {},
                     QKeySequence("Ctrl+Shift+D"),
                     [this] { debuggerPage()->chooseCode(); },
                     [this] { return debuggerPage() != nullptr; }});
    m_commands->add({"debug.leave",
                     tr("Leave the past"),
                     {},
                     QKeySequence("Ctrl+Shift+P"),
                     [this] { leavePast(); },
                     [this] { return debuggerPage() != nullptr; }});
}

void MainWindow::addClockCommands() {
    const auto there = [this] { return m_session->clock() != nullptr && debuggerPage() == nullptr; };
    const auto add = [&](const char* id, const QString& text, const char* keys, void (clock::ClockBar::*call)()) {
        m_commands->add({QLatin1String(id),
                         text,
                         {},
                         QKeySequence(QLatin1String(keys)),
                         [this, call] { (m_clock->*call)(); },
                         there});
    };
    add("clock.pause", tr("Pause the clock"), "Ctrl+Alt+P", &clock::ClockBar::pause);
    add("clock.real", tr("Run the clock in real time"), "Ctrl+Alt+R", &clock::ClockBar::resume);
    add("clock.step", tr("Step to the next due thing"), "Ctrl+Alt+N", &clock::ClockBar::step);
    add("clock.automatic", tr("Skip time whenever nothing runs"), "Ctrl+Alt+A", &clock::ClockBar::automatic);
    add("clock.skip", tr("Skip time"), "Ctrl+Alt+D", &clock::ClockBar::skip);
    add("clock.skipBy", tr("Skip time by…"), "Ctrl+Alt+B", &clock::ClockBar::openSkipForm);
    add("clock.runTo", tr("Run the clock to…"), "Ctrl+Alt+T", &clock::ClockBar::openRunToForm);
}

void MainWindow::addServerCommands() {
    const auto add = [this](const char* id, const QString& text, const char* keys,
                            std::function<void(gateway::WorkerProcess&)> run, std::initializer_list<WorkerKind> when) {
        m_commands->add({QLatin1String(id),
                         text,
                         {},
                         QKeySequence(QLatin1String(keys)),
                         [this, run] { run(m_session->local()->worker()); },
                         [this, kinds = std::vector<WorkerKind>(when)] {
                             if (m_session->local() == nullptr) return false;
                             return std::find(kinds.begin(), kinds.end(), m_session->worker().kind) != kinds.end();
                         }});
    };
    using Worker = gateway::WorkerProcess;
    add("worker.start", tr("Start the sample worker"), "Ctrl+Alt+W", [](Worker& worker) { worker.start(); },
        {WorkerKind::Stopped, WorkerKind::Killed, WorkerKind::Exited, WorkerKind::Failed});
    add("worker.stop", tr("Stop the sample worker"), "Ctrl+Alt+S", [](Worker& worker) { worker.stop(); },
        {WorkerKind::Running});
    add("worker.kill", tr("Kill the sample worker"), "Ctrl+Alt+K", [](Worker& worker) { worker.kill(); },
        {WorkerKind::Running, WorkerKind::Stopping});
    add("worker.restart", tr("Restart the sample worker"), "Ctrl+Alt+E", [](Worker& worker) { worker.restart(); },
        {WorkerKind::Running});
    m_commands->add({"server.connect",
                     tr("Connect to a server…"),
                     {},
                     QKeySequence("Ctrl+Shift+N"),
                     [this] { m_connect->open(m_options.settings->recentAddresses()); },
                     {}});
    m_commands->add({"server.embedded",
                     tr("Show the embedded server"),
                     {},
                     QKeySequence("Ctrl+Shift+E"),
                     [this] { m_session->showLocal(); },
                     [this] { return m_session->local() != nullptr && !m_session->showsLocal(); }});
    m_commands->add({"server.copyAddress",
                     tr("Copy the server's address"),
                     {},
                     QKeySequence("Ctrl+Shift+A"),
                     [this] { QApplication::clipboard()->setText(m_session->address()); },
                     [this] { return !m_session->address().isEmpty(); }});
}

void MainWindow::addViewCommands() {
    m_commands->add({"view.theme",
                     tr("Switch between light and dark"),
                     {},
                     QKeySequence("Ctrl+Shift+L"),
                     [this] { toggleTheme(); },
                     {}});
    m_commands->add({"view.inspector",
                     tr("Show or hide the inspector"),
                     {},
                     QKeySequence("Ctrl+I"),
                     [this] { setInspectorWanted(!m_inspectorWanted); },
                     {}});
    m_commands->add({"view.navigation",
                     tr("Show or hide the navigation"),
                     {},
                     QKeySequence("Ctrl+B"),
                     [this] { m_navigationDock->setVisible(m_navigationDock->isHidden()); },
                     {}});
    m_commands->add(
        {"go.palette", tr("Search or type a command"), {}, QKeySequence("Ctrl+K"), [this] { m_field->open(); }, {}});
    m_commands->add(
        {"go.menu", tr("Open the menu"), {}, QKeySequence("Alt+M"), [this] { m_topBar->markButton()->click(); }, {}});
    m_commands->add({"go.find", tr("Find on this page"), {}, QKeySequence("Ctrl+F"), [this] { page()->find(); }, {}});
    m_commands->add(
        {"go.workflows", tr("Go to the workflows"), {}, QKeySequence("Ctrl+1"), [this] { showWorkflows(); }, {}});
    m_commands->add({"go.nextTab",
                     tr("Next tab"),
                     {},
                     QKeySequence("Ctrl+Tab"),
                     [this] { m_tabs->setCurrentIndex((m_tabs->currentIndex() + 1) % m_tabs->count()); },
                     [this] { return m_tabs->count() > 1; }});
    m_commands->add({"go.back",
                     tr("Back"),
                     {},
                     QKeySequence("Alt+Left"),
                     [this] { goBack(); },
                     [this] { return m_visited.size() > 1; }});
    m_commands->add(
        {"go.nextPart", tr("Next part of the window"), {}, QKeySequence("F6"), [this] { nextPart(1); }, {}});
    m_commands->add({"go.previousPart",
                     tr("Previous part of the window"),
                     {},
                     QKeySequence("Shift+F6"),
                     [this] { nextPart(-1); },
                     {}});
    m_commands->add({"go.out", tr("One step out"), {}, QKeySequence("Escape"), [this] { stepOut(); }, {}});
}

std::vector<PaletteEntry> MainWindow::paletteEntries() const {
    std::vector<PaletteEntry> entries;
    for (QAction* action : m_commands->actions()) {
        if (action->objectName() == QLatin1String("go.palette")) continue;
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        entries.push_back({action->text(), keys, {}, action->isEnabled(), [action] { action->trigger(); }});
    }
    auto* window = const_cast<MainWindow*>(this);
    for (const gateway::WorkflowRow& row : m_session->newest()) {
        entries.push_back(
            {tr("Open %1").arg(text(row.key.workflowId)), look(row.status).word, {}, true, [window, key = row.key] {
                 window->openWorkflow(key);
             }});
    }
    for (const QString& path : m_options.settings->recentFiles()) {
        entries.push_back({tr("Open file %1").arg(QFileInfo(path).fileName()), path, {}, true, [window, path] {
                               window->openFiles({path});
                           }});
    }
    return entries;
}

void MainWindow::fillConnectionMenu() {
    QMenu* menu = m_topBar->connectionMenu();
    menu->clear();
    if (m_session->local() != nullptr) {
        const QString address = text(m_session->local()->address());
        QAction* local = menu->addAction(tr("Embedded server, %1").arg(address), m_session, &Session::showLocal);
        local->setCheckable(true);
        local->setChecked(m_session->showsLocal());
        menu->addAction(tr("Copy %1").arg(address), this, [address] { QApplication::clipboard()->setText(address); });
        menu->addSeparator();
    }
    for (const QString& address : m_options.settings->recentAddresses()) {
        QAction* recent = menu->addAction(address, this, [this, address] { connectTo(address, {}); });
        recent->setCheckable(true);
        recent->setChecked(!m_session->showsLocal() && address == m_session->address());
    }
    menu->addAction(m_commands->action(QStringLiteral("server.connect")));
}

void MainWindow::toggleTheme() {
    const bool toDark = Theme::instance().scheme() == Scheme::Light;
    m_options.settings->setAppearance(toDark ? Appearance::Dark : Appearance::Light);
    Theme::instance().setChoice(toDark ? Theme::Choice::Dark : Theme::Choice::Light);
}

void MainWindow::chooseFiles() {
    auto* dialog = new QFileDialog(this, tr("Open history"));
    dialog->setObjectName(QStringLiteral("openDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters({tr("Histories (*.json *.bin *.binpb *.pb)"), tr("All files (*)")});
    const QStringList recent = m_options.settings->recentFiles();
    if (!recent.isEmpty()) dialog->setDirectory(QFileInfo(recent.first()).absolutePath());
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openFiles);
    dialog->open();
}

void MainWindow::saveHistoryAs() {
    auto* dialog = new QFileDialog(this, tr("Save history"));
    dialog->setObjectName(QStringLiteral("saveDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->setNameFilters({tr("JSON (*.json)"), tr("Protobuf (*.bin)")});
    dialog->selectFile(page()->title() + QStringLiteral(".json"));
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::saveHistory);
    dialog->open();
}

void MainWindow::saveHistory(const QString& path) {
    auto history = shownHistory();
    if (!history) return;
    m_save = gateway::saveHistory(std::move(history), path.toStdString(),
                                  bridge::deliver(this, [this, path](gateway::Outcome<gateway::Done> outcome) {
                                      if (!outcome) return showProblem(text(outcome.problem().message));
                                      m_options.settings->addRecentFile(path);
                                      m_notice->showMessage(tr("Saved %1").arg(path), MessageBar::Tone::Success);
                                  }));
}

// The parts in the order in which the eye meets them; a part that is hidden is passed over.
void MainWindow::nextPart(int step) {
    QList<QWidget*> parts;
    for (QWidget* part : std::initializer_list<QWidget*>{m_topBar, m_navigation, m_tabs, m_inspectorDock, m_clock}) {
        if (part->isVisible()) parts.append(part);
    }
    const QWidget* focused = QApplication::focusWidget();
    int at = -1;
    for (int i = 0; i < parts.size(); ++i) {
        if (focused != nullptr && (parts[i] == focused || parts[i]->isAncestorOf(focused))) at = i;
    }
    for (int tried = 0; tried < parts.size(); ++tried) {
        at = static_cast<int>((at + step + parts.size()) % parts.size());
        for (QWidget* widget : parts[at]->findChildren<QWidget*>()) {
            if (!widget->isVisible() || !widget->isEnabled() || !(widget->focusPolicy() & Qt::TabFocus)) continue;
            widget->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

}  // namespace orrery::ui::shell
