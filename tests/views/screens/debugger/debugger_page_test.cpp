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

void DebuggerPageTest::pictures() {
    Bench bench;
    bench.open();
    QVERIFY(bench.at(bench.tasks()));
    bench.page()->goTo(4);
    QVERIFY(bench.at(4));
    QTRY_VERIFY(bench.find<QPlainTextEdit>("debugSource"));
    QVERIFY(test::savePictures(*bench.window, ORRERY_BINARY_DIR, "debugger-task"));
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
