// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QList>
#include <QMainWindow>
#include <QPointer>
#include <memory>

#include "core/gateway/local_server.h"
#include "core/gateway/replay.h"
#include "views/panels/messages/message_panel.h"
#include "views/panels/messages/start_form.h"
#include "views/shell/command_set.h"
#include "views/shell/palette_model.h"

class QDockWidget;
class QLabel;
class QStackedWidget;
class QTabWidget;

namespace orrery::ui::clock {
class ClockBar;
}
namespace orrery::ui::connections {
class ConnectStrip;
}
namespace orrery::ui::debugger {
class DebuggerPage;
}
namespace orrery::ui::files {
class FilePage;
}
namespace orrery::ui::settings {
class SettingsPage;
}
namespace orrery::ui::shared {
class ElidedLabel;
class MessageBar;
class Page;
}  // namespace orrery::ui::shared
namespace orrery::ui::workflow {
class WorkflowPage;
}
namespace orrery::ui::workflows {
class WorkflowsPage;
}

namespace orrery::ui::shell {

class CommandField;
class Navigation;
class Session;
class Settings;
class TopBar;

/// What main decides for the window. The settings outlive it.
struct WindowOptions {
    Settings* settings = nullptr;
    /// The embedded server; nullptr for none.
    std::shared_ptr<gateway::LocalServer> local;
    /// What "Start workflow" offers; it is filled with the first.
    QList<messages::StartDefaults> samples;
    /// Replays runs with the workflows of this program; nullptr for none.
    std::shared_ptr<gateway::Replay> replay;
};

/// The one window. It knows every screen; the screens know nothing of it. UI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(WindowOptions options);
    ~MainWindow() override;

    CommandSet& commands() { return *m_commands; }
    Session& session() { return *m_session; }

    /// Shows a problem that belongs to no page.
    void showProblem(const QString& message);
    void showCluster(std::shared_ptr<gateway::Cluster> cluster);
    void connectTo(const QString& address, const QString& namespaceName);

public Q_SLOTS:
    void openFiles(const QStringList& paths);
    void openWorkflow(const gateway::WorkflowKey& key);
    void openStart();
    /// Replays the run or the file in front.
    void openDebugger();
    void openSettings();
    void showWorkflows();
    void stepOut();
    void goBack();

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // main_window.cpp: parts and their places
    void layOut();
    QWidget* makeCentre();
    void makeDocks();
    QWidget* makeInspectorTitle();
    void makeStatusLine();
    void wire();
    void restoreLook();
    void placeInspector();
    // main_window_commands.cpp
    void addCommands();
    void addFileCommands();
    void addWorkflowCommands();
    void addDebugCommands();
    void addClockCommands();
    void addServerCommands();
    void addViewCommands();
    std::vector<PaletteEntry> paletteEntries() const;
    void fillConnectionMenu();
    void toggleTheme();
    void chooseFiles();
    void saveHistoryAs();
    void saveHistory(const QString& path);
    void nextPart(int step);
    // main_window_pages.cpp
    void addPage(shared::Page* page);
    void closePage(int index);
    void pageChanged();
    void showPageTexts();
    void showSession();
    void tick();
    void wantInspector();
    /// Hidden all the same while the page has nothing to show there.
    void setInspectorWanted(bool wanted);
    shared::Page* page() const;
    workflow::WorkflowPage* workflowPage() const;
    files::FilePage* filePage() const;
    debugger::DebuggerPage* debuggerPage() const;
    /// Another name for the page in front: what a replay of it is called.
    QString shownName() const;
    void setSourceFolders(const QStringList& folders);
    void leavePast();
    std::shared_ptr<const history::History> shownHistory() const;
    void openMessage(messages::MessageKind kind);

    WindowOptions m_options;
    CommandSet* m_commands;
    Session* m_session;
    TopBar* m_topBar = nullptr;
    CommandField* m_field = nullptr;
    Navigation* m_navigation = nullptr;
    connections::ConnectStrip* m_connect = nullptr;
    shared::MessageBar* m_notice = nullptr;
    QTabWidget* m_tabs = nullptr;
    workflows::WorkflowsPage* m_workflows = nullptr;
    QPointer<shared::Page> m_start;
    QPointer<settings::SettingsPage> m_settingsPage;
    /// Where each debugger was opened from.
    QHash<const shared::Page*, QPointer<shared::Page>> m_origins;
    QDockWidget* m_navigationDock = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    QStackedWidget* m_inspector = nullptr;
    clock::ClockBar* m_clock = nullptr;
    QLabel* m_connectionText = nullptr;
    QLabel* m_pageText = nullptr;
    QLabel* m_timesText = nullptr;
    QList<QPointer<shared::Page>> m_visited;
    bool m_inspectorWanted = true;
    bool m_formWanted = false;
    bool m_narrow = false;
    bool m_quitAsked = false;
    gateway::Request m_save;
};

}  // namespace orrery::ui::shell
