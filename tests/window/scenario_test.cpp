// SPDX-License-Identifier: MIT
// A person starts Orrery, runs the sample, sees its history grow, signals it, lets a day pass, opens a file: with the
// real server, the real worker process and a real window; once with the mouse alone, once with the keyboard alone.
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTreeView>

#include "tests/views/panels/made_history.h"
#include "tests/views/support/pictures.h"
#include "tests/window/program.h"
#include "views/panels/clock/clock_bar.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

using namespace orrery;
using namespace orrery::ui;
using namespace std::chrono_literals;
using test::Program;

class ScenarioTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void mouseAlone();
    void keyboardAlone();
    void workerIsKilledAndAnotherFinishes();
};

void ScenarioTest::initTestCase() {
    if (QGuiApplication::platformName() != QLatin1String("xcb")) QSKIP("needs a display (tests/window/under_xvfb.sh)");
    shared::Theme::instance().apply();
}

void ScenarioTest::mouseAlone() {
    Program program;
    const test::Hand& hand = program.hand;
    QVERIFY(QTest::qWaitForWindowActive(program.window.get()));
    WAIT_FOR(program.window->session().worker().kind == gateway::WorkerState::Kind::Running);
    auto* empty = program.window->findChild<shared::EmptyState*>();
    hand.click(empty->findChild<QPushButton*>());
    WAIT_FOR(program.find<QPushButton>("startSubmit"));
    hand.click(program.find<QPushButton>("startSubmit"));
    WAIT_FOR(program.run() != nullptr);
    WAIT_FOR(program.reached("TimerStarted"));
    const size_t before = program.events();
    QVERIFY(test::savePictures(*program.window, ORRERY_BINARY_DIR, "scenario-waiting"));
    program.window->resize(1280, 720);
    WAIT_FOR(program.window->size() == QSize(1280, 720) && program.find<QPushButton>("signalButton")->isEnabled());
    QTest::qWait(300);

    hand.click(program.find<QPushButton>("signalButton"));
    WAIT_FOR(program.find<QComboBox>("messageName") &&
             program.find<QComboBox>("messageName")->currentText() == "approve");
    QTest::qWait(0);
    hand.click(program.find<QPushButton>("messageSend"));
    WAIT_FOR(program.reached("WorkflowExecutionCompleted"));
    QVERIFY(program.events() > before);

    hand.click(program.find<QPushButton>("workflow.start.button"));
    WAIT_FOR(program.find<QPushButton>("startSubmit"));
    hand.click(program.find<QPushButton>("startSubmit"));
    WAIT_FOR(program.run() != nullptr && program.reached("TimerStarted"));
    QVERIFY(!program.reached("TimerFired"));
    hand.click(program.find<QPushButton>("clockSkip"));
    WAIT_FOR(program.reached("TimerFired") && program.reached("WorkflowExecutionCompleted"));
    QVERIFY(program.server->clock().status().ahead >= 23h);

    auto* navigation = program.find<QListWidget>("navigationList");
    const auto open = navigation->findItems("Open history…", Qt::MatchExactly);
    QCOMPARE(open.size(), 1);
    hand.click(navigation->viewport(), navigation->visualItemRect(open.first()).center());
    WAIT_FOR(program.window->findChild<QFileDialog*>("openDialog"));
    auto* files = program.window->findChild<QFileDialog*>("openDialog")->findChild<QTreeView*>("treeView");
    WAIT_FOR(files->model()->rowCount(files->rootIndex()) > 0);
    const QModelIndex recorded = files->model()->index(0, 0, files->rootIndex());
    QCOMPARE(recorded.data().toString(), "recorded.json");
    auto* dialog = program.window->findChild<QFileDialog*>("openDialog");
    WAIT_FOR(dialog->isActiveWindow());
    QTest::qWait(300);  // the window manager may still move it, and tells nobody
    hand.click(files->viewport(), files->visualRect(recorded).topLeft() + QPoint(12, 8));
    WAIT_FOR(dialog->selectedFiles().value(0).endsWith("recorded.json"));
    hand.click(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open));
    WAIT_FOR(program.file() != nullptr && program.file()->view());
    QCOMPARE(program.file()->view().history->size(), test::orderHistory()->size());
    QVERIFY(test::savePictures(*program.window, ORRERY_BINARY_DIR, "scenario-file"));
}

void ScenarioTest::keyboardAlone() {
    Program program;
    const test::Hand& hand = program.hand;
    QVERIFY(QTest::qWaitForWindowActive(program.window.get()));
    WAIT_FOR(program.window->session().worker().kind == gateway::WorkerState::Kind::Running);
    hand.key("ctrl+k");
    WAIT_FOR(program.find<QListView>("commandList"));
    hand.type("start workflow");
    hand.key("Return");
    WAIT_FOR(program.find<QLineEdit>("startId") && program.find<QLineEdit>("startId")->hasFocus());
    hand.type("order-keys");
    hand.key("Return");
    WAIT_FOR(program.run() != nullptr && program.reached("TimerStarted"));
    QCOMPARE(program.run()->key().workflowId, "order-keys");

    hand.key("ctrl+shift+s");
    WAIT_FOR(program.find<QComboBox>("messageName") &&
             program.find<QComboBox>("messageName")->currentText() == "approve");
    hand.key("Return");
    WAIT_FOR(program.reached("WorkflowExecutionCompleted"));

    hand.key("ctrl+n");
    WAIT_FOR(program.find<QLineEdit>("startId") && program.find<QLineEdit>("startId")->hasFocus());
    hand.key("Return");
    WAIT_FOR(program.run() != nullptr && program.run()->key().workflowId != "order-keys" &&
             program.reached("TimerStarted"));
    hand.key("ctrl+alt+d");
    WAIT_FOR(program.reached("TimerFired") && program.reached("WorkflowExecutionCompleted"));

    hand.key("ctrl+o");
    WAIT_FOR(program.window->findChild<QFileDialog*>("openDialog"));
    WAIT_FOR(program.window->findChild<QFileDialog*>("openDialog")->isActiveWindow());
    hand.type(program.dir.filePath("recorded.json"));
    hand.key("Return");
    WAIT_FOR(program.file() != nullptr && program.file()->view());
    hand.key("Escape");
    WAIT_FOR(program.window->findChild<QTabWidget*>("tabs")->currentIndex() == 0);
    hand.key("alt+Left");
    WAIT_FOR(program.file() != nullptr);
}

void ScenarioTest::workerIsKilledAndAnotherFinishes() {
    Program program;
    const test::Hand& hand = program.hand;
    QVERIFY(QTest::qWaitForWindowActive(program.window.get()));
    WAIT_FOR(program.window->session().worker().kind == gateway::WorkerState::Kind::Running);
    hand.key("ctrl+n");
    WAIT_FOR(program.find<QLineEdit>("startId") && program.find<QLineEdit>("startId")->hasFocus());
    hand.key("Return");
    WAIT_FOR(program.run() != nullptr && program.reached("TimerStarted"));
    hand.click(program.find<QPushButton>("worker.kill.button"));
    WAIT_FOR(program.window->session().worker().kind == gateway::WorkerState::Kind::Killed);
    WAIT_FOR(program.find<QPushButton>("worker.start.button")->isEnabled());
    hand.click(program.find<QPushButton>("worker.start.button"));
    WAIT_FOR(program.window->session().worker().kind == gateway::WorkerState::Kind::Running);
    hand.key("ctrl+shift+s");
    WAIT_FOR(program.find<QComboBox>("messageName") &&
             program.find<QComboBox>("messageName")->currentText() == "approve");
    hand.key("Return");
    WAIT_FOR(program.reached("WorkflowExecutionCompleted"));
}

QTEST_MAIN(ScenarioTest)
#include "scenario_test.moc"
