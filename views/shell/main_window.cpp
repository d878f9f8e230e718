// SPDX-License-Identifier: MIT
#include "views/shell/main_window.h"

#include <QBoxLayout>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTimeZone>
#include <QTimer>
#include <QToolBar>

#include "views/panels/clock/clock_bar.h"
#include "views/screens/connections/connect_strip.h"
#include "views/screens/workflows/workflows_page.h"
#include "views/shared/page.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"
#include "views/shell/command_field.h"
#include "views/shell/navigation.h"
#include "views/shell/session.h"
#include "views/shell/settings.h"
#include "views/shell/top_bar.h"

namespace orrery::ui::shell {
namespace {

using namespace shared;

/// Bumped when the parts of the window change, so that an old layout is not forced onto new parts.
constexpr int kLayoutVersion = 1;
/// Below this the inspector folds under the table.
constexpr int kFoldWidth = 1340;
constexpr QSize kFirstSize{1440, 900};
constexpr std::chrono::seconds kTick{1};

Theme::Choice choiceOf(Appearance appearance) {
    if (appearance == Appearance::Light) return Theme::Choice::Light;
    return appearance == Appearance::Dark ? Theme::Choice::Dark : Theme::Choice::System;
}

}  // namespace

MainWindow::MainWindow(WindowOptions options)
    : m_options(std::move(options)), m_commands(new CommandSet(this)), m_session(new Session(m_options.local, this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Orrery"));
    setWindowIcon(icon(Icon::Product, Role::Brass));
    setAcceptDrops(true);
    Theme::instance().setChoice(choiceOf(m_options.settings->appearance()));
    addCommands();
    layOut();
    wire();
    restoreLook();
    m_commands->refresh();
}

MainWindow::~MainWindow() {
    // The bar looks at the clock of the session, which goes with our members.
    m_clock->setClock(nullptr);
}

void MainWindow::layOut() {
    m_field = new CommandField([this] { return paletteEntries(); }, this);
    m_topBar = new TopBar(*m_commands, m_field, this);
    setMenuWidget(m_topBar);
    setCentralWidget(makeCentre());
    makeDocks();
    m_clock = new clock::ClockBar(this);
    auto* bottom = new QToolBar(tr("Clock"), this);
    bottom->setObjectName(QStringLiteral("clockToolBar"));
    bottom->setMovable(false);
    bottom->setFloatable(false);
    bottom->setContextMenuPolicy(Qt::PreventContextMenu);
    bottom->setProperty("clock", true);
    m_clock->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    bottom->layout()->setContentsMargins(0, 0, 0, 0);
    bottom->layout()->setSpacing(0);
    bottom->addWidget(m_clock);
    addToolBar(Qt::BottomToolBarArea, bottom);
    makeStatusLine();
}

QWidget* MainWindow::makeCentre() {
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_connect = new connections::ConnectStrip(centre);
    m_notice = new MessageBar(centre);
    m_notice->setObjectName(QStringLiteral("notice"));
    m_notice->hide();
    m_tabs = new QTabWidget(centre);
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->setMovable(true);
    column->addWidget(m_connect);
    column->addWidget(m_notice);
    column->addWidget(m_tabs, 1);
    return centre;
}

void MainWindow::makeDocks() {
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    m_navigationDock = new QDockWidget(tr("Navigation"), this);
    m_navigationDock->setObjectName(QStringLiteral("navigationDock"));
    m_navigationDock->setFeatures(QDockWidget::NoDockWidgetFeatures);
    m_navigationDock->setTitleBarWidget(new QWidget(m_navigationDock));
    m_navigation = new Navigation(*m_commands, m_navigationDock);
    m_navigationDock->setWidget(m_navigation);
    addDockWidget(Qt::LeftDockWidgetArea, m_navigationDock);
    m_inspectorDock = new QDockWidget(tr("Inspector"), this);
    m_inspectorDock->setObjectName(QStringLiteral("inspectorDock"));
    m_inspectorDock->setFeatures(QDockWidget::DockWidgetMovable);
    m_inspectorDock->setTitleBarWidget(makeInspectorTitle());
    m_inspector = new QStackedWidget(m_inspectorDock);
    m_inspector->setProperty("surface", true);
    m_inspector->setAttribute(Qt::WA_StyledBackground);
    m_inspector->addWidget(new QWidget(m_inspector));
    m_inspectorDock->setWidget(m_inspector);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
}

QWidget* MainWindow::makeInspectorTitle() {
    auto* title = new QWidget(m_inspectorDock);
    title->setProperty("surface", true);
    title->setAttribute(Qt::WA_StyledBackground);
    title->setFixedHeight(kRow);
    auto* row = new QHBoxLayout(title);
    row->setContentsMargins(kPadding, 0, kGrid, 0);
    row->addWidget(makeLabel(tr("Inspector"), "small", title));
    row->addStretch(1);
    auto* hide = makeIconButton(Icon::Close, tr("Hide the inspector  Ctrl+I"), QStringLiteral("inspectorHide"), title);
    connect(hide, &QPushButton::clicked, this, [this] { setInspectorWanted(false); });
    row->addWidget(hide);
    return title;
}

void MainWindow::makeStatusLine() {
    m_connectionText = new QLabel(this);
    m_connectionText->setObjectName(QStringLiteral("connectionText"));
    m_pageText = new QLabel(this);
    m_pageText->setObjectName(QStringLiteral("pageText"));
    m_timesText = new QLabel(this);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(2 * kGrid, 0, 2 * kGrid, 0);
    statusBar()->addWidget(m_connectionText);
    statusBar()->addWidget(m_pageText, 1);
    statusBar()->addPermanentWidget(m_timesText);
    statusBar()->addPermanentWidget(new QLabel(QStringLiteral("Orrery " ORRERY_VERSION), this));
}

void MainWindow::wire() {
    connect(m_session, &Session::clusterChanged, this, &MainWindow::showSession);
    connect(m_session, &Session::connectionChanged, this, &MainWindow::showPageTexts);
    connect(m_session, &Session::workerChanged, this, &MainWindow::showPageTexts);
    connect(m_session, &Session::countsChanged, this, [this] {
        m_navigation->setCounts(m_session->counts());
        showPageTexts();
    });
    connect(m_session, &Session::connectFailed, this, [this](const QString& message) {
        if (m_connect->isHidden()) return showProblem(message);
        m_connect->showProblem(message);
    });
    connect(m_connect, &connections::ConnectStrip::connectRequested, this, &MainWindow::connectTo);
    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::pageChanged);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closePage);
    connect(m_navigation, &Navigation::statusChosen, this, [this](std::optional<history::WorkflowStatus> status) {
        m_workflows->setStatusFilter(status);
        m_navigation->setStatus(status);
        showWorkflows();
    });
    connect(m_navigation, &Navigation::fileChosen, this, [this](const QString& path) { openFiles({path}); });
    connect(m_navigation, &Navigation::openFileRequested, this, &MainWindow::chooseFiles);
    connect(m_clock, &clock::ClockBar::skipByChanged, this,
            [this](const QString& by) { m_options.settings->setSkipBy(by); });
    connect(m_clock, &clock::ClockBar::leavePastRequested, this, &MainWindow::leavePast);
    connect(m_clock, &clock::ClockBar::statusChanged, this, &MainWindow::tick);
    connect(m_inspectorDock, &QDockWidget::dockLocationChanged, this, [this] { m_commands->refresh(); });
    m_workflows = new workflows::WorkflowsPage(this);
    connect(m_workflows, &workflows::WorkflowsPage::opened, this, &MainWindow::openWorkflow);
    connect(m_workflows, &workflows::WorkflowsPage::sampleRequested, this, &MainWindow::openStart);
    addPage(m_workflows);
    auto* seconds = new QTimer(this);
    connect(seconds, &QTimer::timeout, this, &MainWindow::tick);
    seconds->start(kTick);
    showSession();
}

void MainWindow::restoreLook() {
    m_clock->setSkipBy(m_options.settings->skipBy());
    resize(kFirstSize.boundedTo(screen()->availableSize()));
    restoreGeometry(m_options.settings->windowGeometry());
    if (!restoreState(m_options.settings->windowState(), kLayoutVersion)) {
        resizeDocks({m_inspectorDock}, {kInspectorWidth}, Qt::Horizontal);
    }
    m_narrow = dockWidgetArea(m_inspectorDock) == Qt::BottomDockWidgetArea;
    setInspectorWanted(m_options.settings->inspectorVisible());
}

// Moves the inspector only when the width crosses the border, so that a place chosen by hand is kept.
void MainWindow::placeInspector() {
    const bool narrow = width() < kFoldWidth;
    if (narrow == m_narrow) return;
    m_narrow = narrow;
    addDockWidget(narrow ? Qt::BottomDockWidgetArea : Qt::RightDockWidgetArea, m_inspectorDock);
    setInspectorWanted(m_inspectorWanted);
    const int folded = m_formWanted ? kFoldedForm : kFoldedInspector;
    resizeDocks({m_inspectorDock}, {narrow ? folded : kInspectorWidth}, narrow ? Qt::Vertical : Qt::Horizontal);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    placeInspector();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    const qint64 open = m_session->openRunsHere();
    if (open > 0 && !m_quitAsked) {
        event->ignore();
        m_quitAsked = true;
        const QString runs = open == 1 ? tr("1 open run ends") : tr("%1 open runs end").arg(open);
        m_notice->showMessage(tr("%1 with Orrery, for they live on the embedded server. Quit all the same?").arg(runs));
        QPushButton* quit = m_notice->addAction(tr("Quit"));
        quit->setObjectName(QStringLiteral("quitAnyway"));
        connect(quit, &QPushButton::clicked, this, &QWidget::close);
        connect(m_notice, &MessageBar::dismissed, this, [this] { m_quitAsked = false; }, Qt::SingleShotConnection);
        quit->setFocus();
        return;
    }
    m_options.settings->setInspectorVisible(m_inspectorWanted);
    m_options.settings->setWindowGeometry(saveGeometry());
    m_options.settings->setWindowState(saveState(kLayoutVersion));
    QMainWindow::closeEvent(event);
}

}  // namespace orrery::ui::shell
