// SPDX-License-Identifier: MIT
// The debugger in its window, over a replay that answers by script.
#include "views/screens/debugger/debugger_page.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "core/history/writer.h"
#include "tests/views/panels/made_history.h"
#include "tests/views/support/fake_replay.h"
#include "tests/views/support/fake_server.h"
#include "tests/views/support/pictures.h"
#include "views/panels/clock/clock_bar.h"
#include "views/panels/clock/clock_format.h"
#include "views/screens/debugger/source_view.h"
#include "views/screens/debugger/task_rail.h"
#include "views/screens/workflow/workflow_page.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"
#include "views/shell/main_window.h"
#include "views/shell/settings.h"

using namespace orrery;
using namespace orrery::ui;
using debugger::DebuggerPage;

namespace {

constexpr const char* kLongType = "a_type_whose_name_is_far_longer_than_anybody_would_want_it_to_be_in_a_header";

/// A window over fakes with one open run, whose type is "OrderWorkflow".
struct Bench {
    explicit Bench(std::shared_ptr<const history::History> shown = test::orderHistory()) : history(std::move(shown)) {
        type = history->summary().workflowType.value_or("");
        replay->runs[type] = test::agreeingRun(*history);
        replay->runs["changed"] = test::partingRun(*history, 3);
        auto& cluster = *server->fakeCluster;
        cluster.addRow("order-4711", history::WorkflowStatus::Running);
        cluster.description.row = cluster.rows.front();
        cluster.tellHistory({history, true, false});
        window = std::make_unique<shell::MainWindow>(shell::WindowOptions{&settings, server, {}, replay});
        window->resize(1280, 720);
        window->show();
        QApplication::setActiveWindow(window.get());
        window->openWorkflow(cluster.rows.front().key);
        if (!QTest::qWaitFor([this] { return run() != nullptr && bool(run()->view()); })) qFatal("no history");
    }

    template <class Widget>
    Widget* find(const char* name) const {
        Widget* shown = nullptr;
        for (Widget* widget : window->findChildren<Widget*>(QLatin1String(name))) {
            if (widget->isVisible()) shown = widget;
        }
        return shown;
    }
    QTabWidget* tabs() const { return window->findChild<QTabWidget*>("tabs"); }
    workflow::WorkflowPage* run() const { return qobject_cast<workflow::WorkflowPage*>(tabs()->currentWidget()); }
    DebuggerPage* page() const { return qobject_cast<DebuggerPage*>(tabs()->currentWidget()); }
    void trigger(const char* id) const { window->commands().action(QLatin1String(id))->trigger(); }
    bool can(const char* id) const { return window->commands().action(QLatin1String(id))->isEnabled(); }
    void open() const { trigger("debug.open"); }
    bool at(int task) const {
        return QTest::qWaitFor([&] { return page() != nullptr && page()->task() == task && !page()->busy(); });
    }
    int tasks() const { return static_cast<int>(replay->runs.at(type).steps.size()); }
    int parted() const { return test::partedAt(replay->runs.at("changed")); }
    void chooseCode(const QString& code) const {
        auto* codes = find<QComboBox>("debugCode");
        codes->setCurrentIndex(codes->findData(code));
        Q_EMIT codes->activated(codes->currentIndex());
    }

    std::shared_ptr<const history::History> history;
    std::string type;
    QTemporaryDir dir;
    shell::Settings settings{dir.filePath("w.ini")};
    std::shared_ptr<test::FakeServer> server = std::make_shared<test::FakeServer>();
    std::shared_ptr<test::FakeReplay> replay = std::make_shared<test::FakeReplay>();
    std::unique_ptr<shell::MainWindow> window;
};

}  // namespace

class DebuggerPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void opensWhereTheRunStands();
    void stepsForwardAndBack();
    void marksWhatChanged();
    void stepComesBeforeItsState();
    void clockShowsTheRecordedTime();
    void escapeLeavesThePast();
    void changedCodeGoesToTheDifference();
    void codeKeepsThePlace();
    void unknownTypeNamesTheOthers();
    void framesShowTheirLines();
    void missingSourceIsFoundInAFolder();
    void eventsAreShownOnRequest();
    void walkIsCancelled();
    void newestQuestionWins();
    void laterSnapshotReplaysAnew();
    void filesAreReplayed();
    void namesForEverything();
    void partsKeepApartWhenTheWindowWidens();
    void settingsKeepFolders();
    void pictures();
    void picturesOfADifference();
    void picturesWithoutCode();
    void picturesOfAMissingSource();
    void picturesOfALongRun();
    void picturesOfSettings();
};

void DebuggerPageTest::opensWhereTheRunStands() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    QCOMPARE(bench.find<shared::StatusChip>("debugPlace")->word(), QString("Past: task %1 of %1").arg(bench.tasks()));
}

void DebuggerPageTest::stepsForwardAndBack() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    QVERIFY(!bench.can("debug.step") && bench.can("debug.back") && !bench.can("debug.difference"));
    bench.trigger("debug.first");
    QVERIFY(bench.at(1));
    QVERIFY(bench.can("debug.step") && !bench.can("debug.back") && !bench.can("debug.first"));
    bench.trigger("debug.step");
    QVERIFY(bench.at(2));
    QTest::mouseClick(bench.find<QPushButton>("debugStep"), Qt::LeftButton);
    QVERIFY(bench.at(3));
    QTest::mouseClick(bench.find<QPushButton>("debugBack"), Qt::LeftButton);
    QVERIFY(bench.at(2));
    auto* list = bench.find<QListView>("debugTasks");
    QCOMPARE(list->currentIndex().row(), 1);
    QTest::keyClick(list, Qt::Key_Down);
    QVERIFY(bench.at(3));
    QTest::keyClick(list, Qt::Key_End);
    QVERIFY(bench.at(bench.tasks()));
    QTest::keyClick(bench.find<debugger::TaskRail>("debugRail"), Qt::Key_Home);
    QVERIFY(bench.at(1));
    bench.trigger("debug.last");
    QVERIFY(bench.at(bench.tasks()));
}

void DebuggerPageTest::marksWhatChanged() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(4);
    QVERIFY(bench.at(4));
    auto* answer = bench.find<QPlainTextEdit>("debugAnswer0");
    QVERIFY2(answer->toPlainText().contains("▸   \"risk\": null  →  \"high\""), qPrintable(answer->toPlainText()));
    QCOMPARE(answer->extraSelections().size(), 1);
    QCOMPARE(bench.find<QLabel>("debugStateNote")->text(), "1 value changed since task 3");
    bench.trigger("debug.step");
    QVERIFY(bench.at(5));
    QCOMPARE(bench.find<QLabel>("debugStateNote")->text(), "Nothing changed since task 4");
    QVERIFY(answer->extraSelections().isEmpty());
    bench.trigger("debug.first");
    QVERIFY(bench.at(1));
    QVERIFY(bench.find<QLabel>("debugStateNote")->text().contains("nothing to compare"));
}

// What one looks at first is asked first, and nothing twice.
void DebuggerPageTest::stepComesBeforeItsState() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.replay->calls.clear();
    bench.page()->goTo(4);
    QVERIFY(bench.at(4));
    QCOMPARE(bench.replay->calls, (QStringList{"step 4", "query 4 status", "query 3 status"}));
    bench.replay->calls.clear();
    bench.trigger("debug.step");
    QVERIFY(bench.at(5));
    QCOMPARE(bench.replay->calls, (QStringList{"step 5", "query 5 status"}));
    bench.replay->calls.clear();
    bench.trigger("debug.back");
    QVERIFY(bench.at(4));
    QVERIFY2(bench.replay->calls.isEmpty(), "what was shown before is remembered");
}

void DebuggerPageTest::clockShowsTheRecordedTime() {
    Bench bench;
    auto* face = bench.window->findChild<QLabel*>("clockFace");
    const QString present = face->text();
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    const auto recorded = bench.replay->runs[bench.type].steps.back().task.time;
    QCOMPARE(face->text(), clock::clockFaceText(*recorded));
    QVERIFY(bench.find<QPushButton>("clockLeavePast"));
    QVERIFY(!bench.find<QPushButton>("clockSkip"));
    QVERIFY(!bench.can("clock.skip"));
    QTest::mouseClick(bench.find<QPushButton>("clockLeavePast"), Qt::LeftButton);
    QVERIFY(bench.run() != nullptr);
    QCOMPARE(face->text(), present);
    QVERIFY(bench.find<QPushButton>("clockSkip") && bench.can("clock.skip"));
    QVERIFY(!bench.find<QPushButton>("clockLeavePast"));
    bench.open();
    QCOMPARE(bench.tabs()->count(), 3);
    QCOMPARE(face->text(), clock::clockFaceText(*recorded));
}

void DebuggerPageTest::escapeLeavesThePast() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.trigger("go.out");
    QVERIFY(bench.run() != nullptr);
    QCOMPARE(bench.tabs()->count(), 3);
    bench.open();
    QVERIFY(bench.page() != nullptr);
    QCOMPARE(bench.tabs()->count(), 3);
    bench.trigger("file.closeTab");
    QCOMPARE(bench.tabs()->count(), 2);
    QVERIFY(bench.run() != nullptr);
}

void DebuggerPageTest::changedCodeGoesToTheDifference() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    QCOMPARE(bench.find<shared::StatusChip>("debugVerdict")->word(), "no difference in the whole run");
    bench.chooseCode("changed");
    QVERIFY(bench.at(bench.parted()));
    const replay::Divergence& first =
        *bench.replay->runs["changed"].steps[static_cast<size_t>(bench.parted()) - 1].divergence;
    auto* badge = bench.find<QPushButton>("debugDifference");
    QCOMPARE(badge->text(), QString("first difference at event %1").arg(first.eventId));
    QVERIFY(!bench.find<shared::StatusChip>("debugVerdict"));
    QCOMPARE(bench.find<QLabel>("debugDivergence")->text(), QString::fromStdString(first.sentence));
    QTRY_COMPARE(bench.find<debugger::SourceView>("debugSource")->marked(), first.source.line);
    QVERIFY(bench.find<QLabel>("debugSentence")->text().contains("manual_review"));
    bench.trigger("debug.last");
    QVERIFY(bench.at(bench.tasks()));
    QVERIFY(!bench.find<QLabel>("debugDivergence"));
    QTRY_VERIFY(bench.find<shared::EmptyState>("debugSourceNothing"));
    QTest::mouseClick(badge, Qt::LeftButton);
    QVERIFY(bench.at(bench.parted()));
    bench.trigger("debug.first");
    QVERIFY(bench.at(1));
    bench.trigger("debug.difference");
    QVERIFY(bench.at(bench.parted()));
}

void DebuggerPageTest::codeKeepsThePlace() {
    Bench bench;
    bench.replay->runs["same"] = bench.replay->runs[bench.type];
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(2);
    QVERIFY(bench.at(2));
    bench.chooseCode("same");
    QVERIFY(bench.at(2));
    QVERIFY(bench.replay->calls.contains("open same"));
}

void DebuggerPageTest::unknownTypeNamesTheOthers() {
    Bench bench;
    bench.replay->runs.erase(bench.type);
    bench.open();
    QTRY_VERIFY(bench.page() && bench.find<shared::EmptyState>("debugEmpty"));
    QStringList words;
    for (const QLabel* label : bench.find<shared::EmptyState>("debugEmpty")->findChildren<QLabel*>()) {
        words << label->text();
    }
    QVERIFY2(words.join(' ').contains(QString::fromStdString(bench.type)), qPrintable(words.join(' ')));
    QVERIFY2(words.join(' ').contains("changed"), qPrintable(words.join(' ')));
    QCOMPARE(bench.find<QComboBox>("debugCode")->currentText(), QString::fromStdString(bench.type) + " (no code)");
    QVERIFY(!bench.page()->past());
    QVERIFY(!bench.can("debug.step") && !bench.can("debug.back"));
    bench.chooseCode("changed");
    QVERIFY(bench.at(bench.parted()));
    QVERIFY(!bench.find<shared::EmptyState>("debugEmpty"));
}

void DebuggerPageTest::framesShowTheirLines() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(2);
    QVERIFY(bench.at(2));
    const replay::Step& step = bench.replay->runs[bench.type].steps[1];
    QCOMPARE(step.waiting.size(), 2u);
    auto* source = bench.find<debugger::SourceView>("debugSource");
    QTRY_COMPARE(source->marked(), step.waiting[0].stack[0].line);
    auto* stack = bench.find<QListView>("debugStack");
    QCOMPARE(stack->model()->rowCount(), 5);
    QTest::mouseClick(stack->viewport(), Qt::LeftButton, {}, stack->visualRect(stack->model()->index(2, 0)).center());
    QTRY_COMPARE(source->marked(), step.waiting[0].stack[1].line);
    QTest::keyClick(stack, Qt::Key_End);
    QTRY_COMPARE(source->marked(), step.waiting[1].stack[0].line);
    QVERIFY(bench.find<QLabel>("debugSentence")->text().contains("update set_address"));
    // The coroutine that was looked at stays chosen where it still waits.
    bench.page()->goTo(4);
    QVERIFY(bench.at(4));
    QTRY_COMPARE(source->marked(), bench.replay->runs[bench.type].steps[3].waiting[1].stack[0].line);
}

void DebuggerPageTest::missingSourceIsFoundInAFolder() {
    Bench bench;
    for (replay::Step& step : bench.replay->runs[bench.type].steps) {
        for (replay::Waiter& waiter : step.waiting) {
            for (replay::SourceLine& frame : waiter.stack) frame.file = "shop/order.cpp";
        }
    }
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    QTRY_VERIFY(bench.find<shared::EmptyState>("debugSourceMissing"));
    QTemporaryDir dir;
    QFile file(dir.filePath("order.cpp"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("// line\n").repeated(100));
    file.close();
    bench.page()->setFolders({dir.path()});
    QTRY_VERIFY(bench.find<debugger::SourceView>("debugSource"));
    QCOMPARE(bench.find<debugger::SourceView>("debugSource")->blockCount(), 101);
}

void DebuggerPageTest::eventsAreShownOnRequest() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(2);
    QVERIFY(bench.at(2));
    auto* jobs = bench.find<QListView>("debugJobs");
    QTest::mouseClick(jobs->viewport(), Qt::LeftButton, {}, jobs->visualRect(jobs->model()->index(0, 0)).center());
    QTRY_VERIFY(bench.find<QWidget>("inspectorPanel"));
    bench.trigger("go.out");
    QVERIFY(!bench.find<QWidget>("inspectorPanel"));
    QVERIFY(bench.page() != nullptr);
    auto* commands = bench.find<QTableView>("debugCommands");
    QTest::mouseClick(commands->viewport(), Qt::LeftButton, {}, {60, 10});
    QTRY_VERIFY(bench.find<QWidget>("inspectorPanel"));
}

void DebuggerPageTest::walkIsCancelled() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.replay->held = true;
    bench.replay->progress = {{40, 100}};
    bench.chooseCode("changed");
    bench.replay->release();
    QTRY_VERIFY(bench.find<QPushButton>("debugCancel"));
    QTest::mouseClick(bench.find<QPushButton>("debugCancel"), Qt::LeftButton);
    QVERIFY(!bench.find<QPushButton>("debugCancel"));
    bench.replay->held = false;
    bench.replay->release();
    QVERIFY(bench.at(1));
    QVERIFY(!bench.find<QPushButton>("debugDifference"));
    QTest::mouseClick(bench.find<QPushButton>("messageAction"), Qt::LeftButton);
    QVERIFY(bench.at(bench.parted()));
    QVERIFY(bench.find<QPushButton>("debugDifference"));
}

void DebuggerPageTest::newestQuestionWins() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.replay->held = true;
    for (const int task : {2, 3, 5, 4}) bench.page()->goTo(task);
    QCOMPARE(bench.page()->task(), bench.tasks());
    bench.replay->held = false;
    bench.replay->release();
    QVERIFY(bench.at(4));
    QCOMPARE(bench.find<QListView>("debugTasks")->currentIndex().row(), 3);
}

void DebuggerPageTest::laterSnapshotReplaysAnew() {
    Bench bench(test::orderHistory(30));
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    const int before = bench.tasks();
    bench.trigger("go.out");
    const auto grown = test::orderHistory();
    bench.replay->runs[bench.type] = test::agreeingRun(*grown);
    bench.server->fakeCluster->tellHistory({grown, true, false});
    QTRY_COMPARE(bench.run()->view().history->size(), grown->size());
    bench.open();
    QTRY_VERIFY(bench.page()->view().history->size() == grown->size());
    QVERIFY(bench.at(before));
    QVERIFY(bench.can("debug.step"));
    QCOMPARE(bench.tabs()->count(), 3);
}

void DebuggerPageTest::filesAreReplayed() {
    Bench bench;
    const QString file = bench.dir.filePath("recorded.json");
    history::writeHistory(*bench.history, file.toStdString());
    bench.window->openFiles({file});
    QTRY_VERIFY(bench.find<QPushButton>("debugButton"));
    QTRY_VERIFY(bench.can("debug.open"));
    QTest::mouseClick(bench.find<QPushButton>("debugButton"), Qt::LeftButton);
    QVERIFY(bench.at(bench.tasks()));
    QCOMPARE(bench.page()->title(), "Debug: order-4711");
}

void DebuggerPageTest::namesForEverything() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    for (QWidget* part : {static_cast<QWidget*>(bench.page()), bench.page()->inspector()}) {
        for (const QWidget* widget : part->findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()) continue;
            const QString what = QLatin1String(widget->metaObject()->className()) + ' ' + widget->objectName();
            QVERIFY2(!widget->objectName().isEmpty(), qPrintable(what));
            // Buttons and labels are read out by their text.
            const bool named = !widget->accessibleName().isEmpty() || qobject_cast<const QPushButton*>(widget) ||
                               qobject_cast<const QLabel*>(widget) || widget->objectName().startsWith("qt_");
            QVERIFY2(named, qPrintable(what));
        }
    }
}

// The answer wraps in the narrow column: what stands below it moves down.
void DebuggerPageTest::partsKeepApartWhenTheWindowWidens() {
    Bench bench;
    int number = 0;
    for (auto& answers : bench.replay->runs[bench.type].answers) {
        answers = {{"status", "\"waiting for approval of order number " + std::to_string(++number) + "\""}};
    }
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.window->resize(1920, 1080);
    auto* answer = bench.find<QPlainTextEdit>("debugAnswer0");
    auto* note = bench.find<QLabel>("debugStateNote");
    QTRY_VERIFY(answer->width() < 400);
    QTRY_VERIFY(answer->height() > 40);
    QTRY_VERIFY2(note->geometry().top() > answer->geometry().bottom(), qPrintable(note->text()));
    bench.window->resize(1280, 720);
    QTRY_VERIFY(answer->width() < 400);
    QTRY_VERIFY(note->geometry().top() > answer->geometry().bottom());
}

void DebuggerPageTest::settingsKeepFolders() {
    Bench bench;
    bench.settings.setSourceFolders({"one", "two"});
    bench.trigger("app.settings");
    auto* list = bench.find<QListWidget>("sourceFolders");
    QCOMPARE(list->count(), 2);
    QVERIFY(!bench.find<QPushButton>("sourceFolderUp")->isEnabled());
    QTest::mouseClick(bench.find<QPushButton>("sourceFolderDown"), Qt::LeftButton);
    QCOMPARE(bench.settings.sourceFolders(), (QStringList{"two", "one"}));
    QTest::mouseClick(bench.find<QPushButton>("sourceFolderRemove"), Qt::LeftButton);
    QCOMPARE(bench.settings.sourceFolders(), QStringList{"two"});
    bench.trigger("app.settings");
    QCOMPARE(bench.tabs()->count(), 3);
}

void DebuggerPageTest::pictures() {
    Bench bench;
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-way-in"));
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(4);
    QVERIFY(bench.at(4));
    QTRY_VERIFY(bench.find<QPlainTextEdit>("debugSource"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-task"));
    bench.find<QListView>("debugJobs")->setFocus();
    QTest::keyClick(bench.find<QListView>("debugJobs"), Qt::Key_Down);
    QTest::keyClick(bench.find<QListView>("debugJobs"), Qt::Key_Return);
    QTRY_VERIFY(bench.find<QWidget>("inspectorPanel"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-event"));
}

void DebuggerPageTest::picturesOfADifference() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.chooseCode("changed");
    QVERIFY(bench.at(bench.parted()));
    QTRY_VERIFY(bench.find<QPlainTextEdit>("debugSource"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-difference"));
    bench.trigger("debug.step");
    QVERIFY(bench.at(bench.parted() + 1));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-behind"));
}

void DebuggerPageTest::picturesWithoutCode() {
    Bench bench;
    bench.replay->runs.erase(bench.type);
    bench.open();
    QTRY_VERIFY(bench.page() && bench.find<shared::EmptyState>("debugEmpty"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-no-code"));
}

void DebuggerPageTest::picturesOfAMissingSource() {
    Bench bench;
    for (replay::Step& step : bench.replay->runs[bench.type].steps) {
        for (replay::Waiter& waiter : step.waiting) {
            for (replay::SourceLine& frame : waiter.stack) frame.file = "shop/workflows/order.cpp";
        }
    }
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    QTRY_VERIFY(bench.find<shared::EmptyState>("debugSourceMissing"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-missing-source"));
}

void DebuggerPageTest::picturesOfALongRun() {
    Bench bench(test::largeHistory(10'000));
    bench.replay->runs[kLongType] = bench.replay->runs[bench.type];
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.chooseCode(kLongType);
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(bench.tasks() / 3);
    QVERIFY(bench.at(bench.tasks() / 3));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-long"));
}

void DebuggerPageTest::picturesOfSettings() {
    Bench bench;
    bench.settings.setSourceFolders({"~/shop", "~/a/very/deep/folder/of/workflows"});
    bench.trigger("app.settings");
    QTRY_VERIFY(bench.find<QListWidget>("sourceFolders"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "settings"));
}

QTEST_MAIN(DebuggerPageTest)
#include "debugger_page_test.moc"
