// SPDX-License-Identifier: MIT
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "core/gateway/arguments.h"
#include "tests/views/panels/made_history.h"
#include "tests/views/support/fake_server.h"
#include "tests/views/support/pictures.h"
#include "views/screens/workflow/workflow_page.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"
#include "views/shell/main_window.h"
#include "views/shell/settings.h"

using namespace orrery;
using namespace orrery::ui;
using history::WorkflowStatus;

namespace {

/// A window over fakes, with three runs of which one is open.
messages::StartDefaults another() {
    messages::StartDefaults sample;
    sample.about = "A trip that fails.";
    sample.idPrefix = "trip";
    sample.type = "Trip";
    sample.taskQueue = "others";
    sample.input = "{\"car\": false}";
    return sample;
}

struct Bench {
    Bench() {
        auto& cluster = *server->fakeCluster;
        cluster.addRow("order-4710", WorkflowStatus::Completed);
        cluster.addRow("order-4709", WorkflowStatus::Failed);
        cluster.addRow("order-4711", WorkflowStatus::Running);
        cluster.description.row = cluster.rows.front();
        cluster.description.waitsFor = "signal approve";
        cluster.known.signals = {{"approve", "Says yes or no."}};
        cluster.known.queries = {{"status", ""}};
        cluster.known.updates = {{"set_address", ""}};
        cluster.tellHistory({test::orderHistory(), true, false});
        server->fakeWorker.start();
        messages::StartDefaults sample;
        sample.idPrefix = "order";
        sample.type = "OrderApproval";
        sample.taskQueue = "samples";
        sample.input = "{\"id\": 1}";
        sample.arguments = {{"approve", "true"}};
        window = std::make_unique<shell::MainWindow>(shell::WindowOptions{&settings, server, {sample, another()}});
        window->resize(1280, 720);
        window->show();
        QApplication::setActiveWindow(window.get());
    }

    template <class Widget>
    Widget* find(const char* name) {
        auto* found = window->findChild<Widget*>(QLatin1String(name));
        if (found == nullptr) qFatal("no %s", name);
        return found;
    }
    QTabWidget* tabs() { return find<QTabWidget>("tabs"); }
    void run(const char* id) { window->commands().action(QLatin1String(id))->trigger(); }
    void openRun() { window->openWorkflow(server->fakeCluster->rows.front().key); }

    QTemporaryDir dir;
    shell::Settings settings{dir.filePath("w.ini")};
    std::shared_ptr<test::FakeServer> server = std::make_shared<test::FakeServer>();
    std::unique_ptr<shell::MainWindow> window;
};

}  // namespace

class WindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void paletteRunsACommand();
    void startsTheSample();
    void startsAnotherSample();
    void signalsByKeyboard();
    void queryShowsItsAnswer();
    void refusedUpdateIsShown();
    void argumentMistakesHaveAPlace();
    void connectRefusesWhatIsNoAddress();
    void savesTheShownHistoryOnlyWhenThereIsOne();
    void terminateNamesWhatItHits();
    void escapeGoesOneStepOut();
    void backGoesToThePageBefore();
    void workerButtonsFollowItsState();
    void navigationFilters();
    void unreadableFileSaysWhy();
    void inspectorFoldsWhenNarrow();
    void quittingAsksOnceWithOpenRuns();
    void looksComeBack();
    void pictures();
};

void WindowTest::paletteRunsACommand() {
    Bench bench;
    bench.run("go.palette");
    auto* field = bench.find<QLineEdit>("commandField");
    QTRY_VERIFY(bench.find<QListView>("commandList")->isVisible());
    QTest::keyClicks(field, "light and dark");
    const auto before = shared::Theme::instance().scheme();
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_VERIFY(shared::Theme::instance().scheme() != before);
    QVERIFY(!bench.find<QListView>("commandList")->isVisible());
    bench.run("view.theme");
    bench.run("go.palette");
    QTRY_VERIFY(bench.find<QListView>("commandList")->isVisible());
    bench.run("go.out");
    QVERIFY(!bench.find<QListView>("commandList")->isVisible());
}

void WindowTest::startsTheSample() {
    Bench bench;
    bench.run("workflow.start");
    auto* id = bench.find<QLineEdit>("startId");
    QVERIFY(id->text().startsWith("order-"));
    id->setText("order-1");
    QTest::keyClick(id, Qt::Key_Return);
    QTRY_COMPARE(bench.server->fakeCluster->calls, QStringList{"start order-1 OrderApproval on samples [{\"id\":1}]"});
    QTRY_VERIFY(qobject_cast<workflow::WorkflowPage*>(bench.tabs()->currentWidget()));
    QCOMPARE(bench.tabs()->count(), 2);
}

void WindowTest::startsAnotherSample() {
    Bench bench;
    bench.run("workflow.start");
    auto* chooser = bench.find<QComboBox>("startSample");
    QVERIFY(chooser->isVisible());
    QCOMPARE(chooser->currentText(), "OrderApproval");
    chooser->setFocus();
    QTest::keyClick(chooser, Qt::Key_Down);
    QCOMPARE(bench.find<QLineEdit>("startType")->text(), "Trip");
    QCOMPARE(bench.find<QLabel>("startAbout")->text(), "A trip that fails.");
    auto* id = bench.find<QLineEdit>("startId");
    QVERIFY(id->text().startsWith("trip-"));
    id->setText("trip-1");
    QTest::keyClick(id, Qt::Key_Return);
    QTRY_COMPARE(bench.server->fakeCluster->calls, QStringList{"start trip-1 Trip on others [{\"car\":false}]"});
    // The next form begins with the sample that was chosen last or the first one, but is whole either way.
    QTRY_VERIFY(qobject_cast<workflow::WorkflowPage*>(bench.tabs()->currentWidget()));
    bench.run("workflow.start");
    QVERIFY(!bench.find<QLineEdit>("startType")->text().isEmpty());
}

void WindowTest::signalsByKeyboard() {
    Bench bench;
    bench.openRun();
    auto* status = bench.find<shared::StatusChip>("workflowStatus");
    QTRY_COMPARE(status->word(), "Running");
    bench.run("workflow.signal");
    auto* name = bench.find<QComboBox>("messageName");
    QTRY_COMPARE(name->currentText(), "approve");
    QCOMPARE(bench.find<QPlainTextEdit>("arguments")->toPlainText(), "true");
    QTest::keyClick(name->lineEdit(), Qt::Key_Return);
    QTRY_COMPARE(bench.server->fakeCluster->calls, QStringList{"signal order-4711 approve [true]"});
    QTRY_VERIFY(bench.window->findChild<QLabel*>("sent0") != nullptr);
    QTRY_VERIFY(bench.find<QLabel>("sent0")->text().startsWith("signal approve: delivered"));
}

void WindowTest::queryShowsItsAnswer() {
    Bench bench;
    bench.server->fakeCluster->queryAnswer.result = {gateway::jsonArgument("\"waiting\"").value()};
    bench.openRun();
    bench.run("workflow.query");
    QTRY_COMPARE(bench.find<QComboBox>("messageName")->currentText(), "status");
    QTest::mouseClick(bench.find<QPushButton>("messageSend"), Qt::LeftButton);
    QTRY_COMPARE(bench.find<QPlainTextEdit>("messageResult")->toPlainText(), "\"waiting\"");
    QCOMPARE(bench.server->fakeCluster->calls, QStringList{"query order-4711 status []"});
}

void WindowTest::refusedUpdateIsShown() {
    Bench bench;
    history::FailureInfo refused;
    refused.message = "the parcel has left";
    bench.server->fakeCluster->updateAnswer.failure = refused;
    bench.openRun();
    QTRY_VERIFY(bench.window->commands().action("workflow.update")->isEnabled());
    bench.run("workflow.update");
    QTRY_COMPARE(bench.find<QComboBox>("messageName")->currentText(), "set_address");
    QTest::mouseClick(bench.find<QPushButton>("messageSend"), Qt::LeftButton);
    QTRY_COMPARE(bench.find<shared::MessageBar>("messageError")->message(), "the parcel has left");
}

void WindowTest::connectRefusesWhatIsNoAddress() {
    Bench bench;
    bench.run("server.connect");
    auto* address = bench.find<QComboBox>("connectAddress");
    address->setEditText("nowhere");
    QTest::keyClick(address->lineEdit(), Qt::Key_Return);
    auto* message = bench.find<QWidget>("connectStrip")->findChild<shared::MessageBar*>();
    QVERIFY(message->message().contains("nowhere"));
    bench.run("go.out");
    QVERIFY(!bench.find<QWidget>("connectStrip")->isVisible());
}

void WindowTest::savesTheShownHistoryOnlyWhenThereIsOne() {
    Bench bench;
    QVERIFY(!bench.window->commands().action("file.save")->isEnabled());
    bench.openRun();
    QTRY_VERIFY(bench.window->commands().action("file.save")->isEnabled());
}

void WindowTest::argumentMistakesHaveAPlace() {
    Bench bench;
    bench.openRun();
    QTRY_VERIFY(bench.window->commands().action("workflow.signal")->isEnabled());
    bench.run("workflow.signal");
    auto* input =
        bench.window->findChild<workflow::WorkflowPage*>()->inspector()->findChild<QPlainTextEdit*>("arguments");
    QTRY_COMPARE(bench.find<QComboBox>("messageName")->currentText(), "approve");
    input->setPlainText("{\"a\": 1,\n \"b\" 2}");
    QTest::keyClick(input, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(input->textCursor().blockNumber(), 1);
    QVERIFY(bench.server->fakeCluster->calls.isEmpty());
}

void WindowTest::terminateNamesWhatItHits() {
    Bench bench;
    bench.openRun();
    QTRY_VERIFY(bench.window->commands().action("workflow.terminate")->isEnabled());
    bench.run("workflow.terminate");
    auto* send = bench.find<QPushButton>("messageSend");
    QCOMPARE(send->text(), "Terminate order-4711");
    QTest::keyClicks(bench.find<QLineEdit>("messageReason"), "wrong file");
    QTest::mouseClick(send, Qt::LeftButton);
    QTRY_COMPARE(bench.server->fakeCluster->calls, QStringList{"terminate order-4711 wrong file"});
}

void WindowTest::escapeGoesOneStepOut() {
    Bench bench;
    bench.openRun();
    bench.run("workflow.query");
    auto* name = bench.find<QComboBox>("messageName");
    QTRY_VERIFY(name->isVisible());
    bench.run("go.out");
    QVERIFY(!name->isVisible());
    QCOMPARE(bench.tabs()->currentIndex(), 1);
    bench.run("go.out");
    QCOMPARE(bench.tabs()->currentIndex(), 0);
}

void WindowTest::backGoesToThePageBefore() {
    Bench bench;
    bench.openRun();
    bench.window->openStart();
    bench.run("go.back");
    QCOMPARE(bench.tabs()->currentIndex(), 1);
    bench.run("go.back");
    QCOMPARE(bench.tabs()->currentIndex(), 0);
    QVERIFY(!bench.window->commands().action("go.back")->isEnabled());
}

void WindowTest::workerButtonsFollowItsState() {
    Bench bench;
    auto* kill = bench.find<QPushButton>("worker.kill.button");
    auto* start = bench.find<QPushButton>("worker.start.button");
    QTRY_VERIFY(kill->isEnabled());
    QVERIFY(!start->isEnabled());
    QTest::mouseClick(kill, Qt::LeftButton);
    QTRY_VERIFY(start->isEnabled());
    QCOMPARE(bench.find<QLabel>("workerState")->text(), "killed");
}

void WindowTest::navigationFilters() {
    Bench bench;
    auto* list = bench.find<QListWidget>("navigationList");
    QTRY_COMPARE(bench.find<QTableView>("workflowTable")->model()->rowCount(), 3);
    const auto failed = list->findItems("Failed", Qt::MatchExactly);
    QCOMPARE(failed.size(), 1);
    list->setCurrentItem(failed.first());
    QTest::keyClick(list, Qt::Key_Return);
    QTRY_COMPARE(bench.find<QTableView>("workflowTable")->model()->rowCount(), 1);
}

void WindowTest::unreadableFileSaysWhy() {
    Bench bench;
    const QString path = bench.dir.filePath("bad.json");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"events\": [\n {]}");
    file.close();
    bench.window->openFiles({path});
    auto* message = bench.find<shared::MessageBar>("fileMessage");
    QTRY_VERIFY(message->isVisible());
    QVERIFY2(message->message().contains("bad.json") && message->message().contains("2"),
             qPrintable(message->message()));
}

void WindowTest::inspectorFoldsWhenNarrow() {
    Bench bench;
    auto* dock = bench.find<QDockWidget>("inspectorDock");
    QCOMPARE(bench.window->QMainWindow::dockWidgetArea(dock), Qt::BottomDockWidgetArea);
    bench.window->resize(1600, 900);
    QTRY_COMPARE(bench.window->QMainWindow::dockWidgetArea(dock), Qt::RightDockWidgetArea);
}

void WindowTest::quittingAsksOnceWithOpenRuns() {
    Bench bench;
    QTRY_COMPARE(bench.find<QTableView>("workflowTable")->model()->rowCount(), 3);
    QVERIFY(!bench.window->close());
    auto* notice = bench.find<shared::MessageBar>("notice");
    QVERIFY(notice->message().startsWith("1 open run"));
    QTest::mouseClick(bench.find<QPushButton>("quitAnyway"), Qt::LeftButton);
    QVERIFY(!bench.window->isVisible());
}

void WindowTest::looksComeBack() {
    Bench bench;
    bench.server->fakeCluster->rows.clear();
    bench.server->fakeCluster->tellList();
    bench.window->resize(1700, 800);
    bench.run("view.inspector");
    QTRY_VERIFY(bench.window->close());
    bench.window = std::make_unique<shell::MainWindow>(shell::WindowOptions{&bench.settings, bench.server, {}});
    bench.window->show();
    QVERIFY(!bench.find<QDockWidget>("inspectorDock")->isVisible());
}

void WindowTest::pictures() {
    Bench bench;
    QTRY_COMPARE(bench.find<QTableView>("workflowTable")->model()->rowCount(), 3);
    bench.find<QTableView>("workflowTable")->selectRow(0);
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "window-workflows"));
    bench.openRun();
    auto* page = bench.window->findChild<workflow::WorkflowPage*>();
    QTRY_VERIFY(page->view());
    QTRY_VERIFY(bench.window->commands().action("workflow.signal")->isEnabled());
    bench.run("workflow.signal");
    QTRY_COMPARE(bench.find<QComboBox>("messageName")->currentText(), "approve");
    QVERIFY2(bench.window->minimumSizeHint().height() <= 720, "does not fit a small screen");
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "window-workflow"));
    bench.run("workflow.start");
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "window-start"));
}

QTEST_MAIN(WindowTest)
#include "window_test.moc"
