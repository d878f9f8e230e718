// SPDX-License-Identifier: MIT
#include <QApplication>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMimeData>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QTimeZone>
#include <QTimer>

#include "views/panels/clock/clock_bar.h"
#include "views/screens/connections/connect_strip.h"
#include "views/screens/debugger/debugger_page.h"
#include "views/screens/files/file_page.h"
#include "views/screens/settings/settings_page.h"
#include "views/screens/workflow/workflow_page.h"
#include "views/screens/workflows/workflows_page.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"
#include "views/shell/command_field.h"
#include "views/shell/main_window.h"
#include "views/shell/navigation.h"
#include "views/shell/session.h"
#include "views/shell/settings.h"
#include "views/shell/start_page.h"
#include "views/shell/top_bar.h"

namespace orrery::ui::shell {

using namespace shared;

Page* MainWindow::page() const { return qobject_cast<Page*>(m_tabs->currentWidget()); }

workflow::WorkflowPage* MainWindow::workflowPage() const {
    return qobject_cast<workflow::WorkflowPage*>(m_tabs != nullptr ? m_tabs->currentWidget() : nullptr);
}

files::FilePage* MainWindow::filePage() const {
    return qobject_cast<files::FilePage*>(m_tabs != nullptr ? m_tabs->currentWidget() : nullptr);
}

std::shared_ptr<const history::History> MainWindow::shownHistory() const {
    if (const auto* run = workflowPage()) return run->view().history;
    if (const auto* file = filePage()) return file->view().history;
    if (const auto* past = debuggerPage()) return past->view().history;
    return nullptr;
}

debugger::DebuggerPage* MainWindow::debuggerPage() const {
    return qobject_cast<debugger::DebuggerPage*>(m_tabs != nullptr ? m_tabs->currentWidget() : nullptr);
}

QString MainWindow::shownName() const {
    if (const auto* run = workflowPage()) return text(run->key().workflowId);
    const std::string id = shownHistory() ? shownHistory()->summary().workflowId : std::string();
    if (!id.empty()) return text(id);
    return filePage() != nullptr ? QFileInfo(filePage()->path()).fileName() : QString();
}

void MainWindow::addPage(Page* added) {
    if (QWidget* inspector = added->inspector()) m_inspector->addWidget(inspector);
    connect(added, &Page::inspectorWanted, this, &MainWindow::wantInspector);
    connect(added, &Page::changed, this, [this, added] {
        const int index = m_tabs->indexOf(added);
        if (index >= 0) m_tabs->setTabText(index, added->title());
        if (added == page()) {
            m_clock->setPast(added->past());
            showPageTexts();
        }
    });
    const int index = m_tabs->addTab(added, added->title());
    if (index > 0) {
        auto* close =
            makeIconButton(Icon::Close, tr("Close tab  Ctrl+W"), QStringLiteral("tabClose"), m_tabs->tabBar());
        close->setFocusPolicy(Qt::NoFocus);
        connect(close, &QPushButton::clicked, added, [this, added] { closePage(m_tabs->indexOf(added)); });
        m_tabs->tabBar()->setTabButton(index, QTabBar::RightSide, close);
    }
    m_tabs->setCurrentIndex(index);
}

void MainWindow::closePage(int index) {
    auto* closing = qobject_cast<Page*>(m_tabs->widget(index));
    if (closing == nullptr || closing == m_workflows) return;
    m_visited.removeAll(closing);
    Page* before = m_visited.isEmpty() ? m_workflows : m_visited.last().data();
    if (closing == page() && before != nullptr) m_tabs->setCurrentWidget(before);
    m_tabs->removeTab(m_tabs->indexOf(closing));
    if (QWidget* inspector = closing->inspector()) inspector->setParent(closing);
    m_origins.remove(closing);
    closing->deleteLater();
    closing->setObjectName({});
    pageChanged();
}

void MainWindow::pageChanged() {
    Page* shown = page();
    if (shown == nullptr) return;
    m_visited.removeAll(nullptr);
    if (m_visited.isEmpty() || m_visited.last() != shown) m_visited.append(shown);
    QWidget* inspector = shown->inspector();
    m_inspector->setCurrentWidget(inspector != nullptr ? inspector : m_inspector->widget(0));
    // The height that was taken for a form goes back with it, unless a hand has moved the edge since.
    if (m_narrow && m_formWanted && m_inspectorDock->height() == kFoldedForm) {
        resizeDocks({m_inspectorDock}, {kFoldedInspector}, Qt::Vertical);
    }
    m_formWanted = false;
    setInspectorWanted(m_inspectorWanted);
    if (const auto* run = workflowPage()) {
        m_clock->setWorkflow(run->key().workflowId, run->key().runId);
    } else {
        m_clock->setWorkflow({}, {});
    }
    m_clock->setPast(shown->past());
    QList<std::pair<QString, QString>> files;
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (const auto* file = qobject_cast<files::FilePage*>(m_tabs->widget(i))) {
            files.append({QFileInfo(file->path()).fileName(), file->path()});
        }
    }
    m_navigation->setFiles(files);
    if (QApplication::focusWidget() == nullptr || !shown->isAncestorOf(QApplication::focusWidget())) shown->setFocus();
    tick();
    showPageTexts();
}

void MainWindow::showPageTexts() {
    const bool ready =
        m_session->cluster() != nullptr && m_session->connection().state == gateway::ConnectionState::Ready;
    m_topBar->setConnection(m_session->name(), ready);
    QString connection = ready ? tr("connected to %1").arg(m_session->address()) : tr("not connected");
    if (!ready && m_session->connection().problem) connection = text(m_session->connection().problem->message);
    m_connectionText->setText(QStringLiteral("● ") + connection);
    m_pageText->setText(page() != nullptr ? page()->statusText() : QString());
    const QString zone = QString::fromUtf8(QTimeZone::systemTimeZoneId());
    const QString kind = page() != nullptr && page()->past() ? tr("recorded")
                         : m_session->clock() != nullptr     ? tr("virtual")
                                                             : tr("wall");
    m_timesText->setText(tr("times: %1, %2").arg(kind, zone));
    const bool worker = m_session->local() != nullptr && m_session->showsLocal();
    m_navigation->setWorker(worker ? std::optional(m_session->worker()) : std::nullopt);
    m_commands->refresh();
}

void MainWindow::showSession() {
    m_connect->stepOut();
    m_clock->setClock(m_session->clock());
    m_workflows->setSampleOffered(m_session->showsLocal());
    m_workflows->setCluster(m_session->cluster());
    if (m_start) static_cast<StartPage*>(m_start.data())->form()->setCluster(m_session->cluster());
    if (m_session->cluster() && !m_session->showsLocal()) m_options.settings->addRecentAddress(m_session->address());
    fillConnectionMenu();
    tick();
    showPageTexts();
}

void MainWindow::tick() {
    const base::Timestamp now = m_session->now();
    if (auto* run = workflowPage()) run->setNow(now);
    if (page() == m_workflows) m_workflows->setNow(now);
}

void MainWindow::wantInspector() {
    setInspectorWanted(true);
    m_formWanted = true;
    if (!m_narrow) return;
    // Once what wants to be seen is there: a form needs more height than the facts did.
    QTimer::singleShot(0, this, [this] {
        if (m_inspectorDock->height() < kFoldedForm) resizeDocks({m_inspectorDock}, {kFoldedForm}, Qt::Vertical);
    });
}

void MainWindow::setInspectorWanted(bool wanted) {
    m_inspectorWanted = wanted;
    m_inspectorDock->setVisible(wanted && page() != nullptr && page()->inspector() != nullptr);
}

void MainWindow::showProblem(const QString& message) { m_notice->showMessage(message); }

void MainWindow::showCluster(std::shared_ptr<gateway::Cluster> cluster) { m_session->show(std::move(cluster)); }

void MainWindow::connectTo(const QString& address, const QString& namespaceName) {
    m_session->connectTo(address, namespaceName);
}

void MainWindow::openFiles(const QStringList& paths) {
    for (const QString& path : paths) {
        const QString absolute = QFileInfo(path).absoluteFilePath();
        files::FilePage* there = nullptr;
        for (int i = 0; i < m_tabs->count(); ++i) {
            auto* file = qobject_cast<files::FilePage*>(m_tabs->widget(i));
            if (file != nullptr && file->path() == absolute) there = file;
        }
        m_options.settings->addRecentFile(absolute);
        if (there != nullptr) {
            m_tabs->setCurrentWidget(there);
        } else {
            auto* file = new files::FilePage(absolute, this);
            if (m_options.replay) file->offerDebugger();
            connect(file, &files::FilePage::debuggerWanted, this, &MainWindow::openDebugger);
            addPage(file);
        }
    }
}

void MainWindow::openWorkflow(const gateway::WorkflowKey& key) {
    for (int i = 0; i < m_tabs->count(); ++i) {
        const auto* run = qobject_cast<workflow::WorkflowPage*>(m_tabs->widget(i));
        if (run != nullptr && run->key() == key) return m_tabs->setCurrentIndex(i);
    }
    auto* run = new workflow::WorkflowPage(m_session->cluster(), key, this);
    run->setExamples(messages::examplesOf(m_options.samples));
    if (m_options.replay) run->offerDebugger();
    connect(run, &workflow::WorkflowPage::debuggerWanted, this, &MainWindow::openDebugger);
    addPage(run);
    run->setFocus();
}

void MainWindow::openStart() {
    if (m_start) {
        m_tabs->setCurrentWidget(m_start);
    } else {
        auto* start = new StartPage(m_options.samples, this);
        start->form()->setCluster(m_session->cluster());
        connect(start->form(), &messages::StartForm::started, this, [this, start](const gateway::WorkflowKey& key) {
            openWorkflow(key);
            closePage(m_tabs->indexOf(start));
        });
        m_start = start;
        addPage(start);
    }
    static_cast<StartPage*>(m_start.data())->form()->reset();
}

void MainWindow::openDebugger() {
    Page* origin = page();
    const HistoryView view = workflowPage() != nullptr ? workflowPage()->view()
                             : filePage() != nullptr   ? filePage()->view()
                                                       : HistoryView{};
    if (!view || !m_options.replay) return;
    for (auto there = m_origins.cbegin(); there != m_origins.cend(); ++there) {
        if (there.value() != origin) continue;
        auto* past = const_cast<debugger::DebuggerPage*>(qobject_cast<const debugger::DebuggerPage*>(there.key()));
        if (past->view().history != view.history) past->setHistory(view);
        return m_tabs->setCurrentWidget(past);
    }
    auto* past = new debugger::DebuggerPage(m_options.replay, view, shownName(), this);
    past->setFolders(m_options.settings->sourceFolders());
    connect(past, &debugger::DebuggerPage::foldersRequested, this, [this] {
        openSettings();
        m_settingsPage->addFolder();
    });
    m_origins.insert(past, origin);
    addPage(past);
    past->setFocus();
}

void MainWindow::leavePast() {
    Page* origin = m_origins.value(page());
    m_tabs->setCurrentWidget(origin != nullptr ? origin : m_workflows);
    page()->setFocus();
}

void MainWindow::openSettings() {
    if (m_settingsPage) return m_tabs->setCurrentWidget(m_settingsPage);
    m_settingsPage = new settings::SettingsPage(m_options.settings->sourceFolders(), this);
    connect(m_settingsPage, &settings::SettingsPage::sourceFoldersChanged, this, &MainWindow::setSourceFolders);
    addPage(m_settingsPage);
    m_settingsPage->setFocus();
}

void MainWindow::setSourceFolders(const QStringList& folders) {
    m_options.settings->setSourceFolders(folders);
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (auto* past = qobject_cast<debugger::DebuggerPage*>(m_tabs->widget(i))) past->setFolders(folders);
    }
}

void MainWindow::showWorkflows() {
    m_tabs->setCurrentWidget(m_workflows);
    m_workflows->setFocus();
}

void MainWindow::openMessage(messages::MessageKind kind) {
    if (auto* run = workflowPage()) run->openMessage(kind);
}

void MainWindow::stepOut() {
    if (m_field->hasFocus()) return m_field->close();
    if (m_connect->stepOut() || m_clock->stepOut()) return page()->setFocus();
    if (m_notice->isVisible()) return m_notice->dismiss();
    if (page()->stepOut()) return;
    if (debuggerPage() != nullptr) return leavePast();
    if (page() != m_workflows) showWorkflows();
}

void MainWindow::goBack() {
    m_visited.removeAll(nullptr);
    if (m_visited.size() < 2) return;
    m_visited.removeLast();
    m_tabs->setCurrentWidget(m_visited.last());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) paths << url.toLocalFile();
    }
    if (paths.isEmpty()) return showProblem(tr("Only files of this machine can be opened."));
    openFiles(paths);
    event->acceptProposedAction();
}

}  // namespace orrery::ui::shell
