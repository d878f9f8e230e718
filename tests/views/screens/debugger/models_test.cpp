// SPDX-License-Identifier: MIT
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/views/panels/made_history.h"
#include "tests/views/support/fake_replay.h"
#include "views/screens/debugger/command_model.h"
#include "views/screens/debugger/job_model.h"
#include "views/screens/debugger/stack_model.h"
#include "views/screens/debugger/task_list_model.h"

using namespace orrery;
using namespace orrery::ui::debugger;
using replay::ComparedCommand;
using replay::Verdict;

class ModelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tasks();
    void commands();
    void stacks();
    void jobs();
};

void ModelsTest::tasks() {
    TaskListModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto history = test::orderHistory();
    const auto tasks = test::tasksOf(*history);
    model.setTasks(ui::shared::HistoryView::of(history), tasks);
    QCOMPARE(model.rowCount(), static_cast<int>(tasks.size()));
    QVERIFY(model.index(0).data().toString().startsWith("started"));
    QCOMPARE(model.index(2).data(TaskListModel::NumberRole).toInt(), 3);
    QVERIFY(model.index(0).data(Qt::AccessibleTextRole).toString().startsWith("task 1: "));
    QCOMPARE(model.verdict(0), Verdict::Open);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setVerdicts({Verdict::Same, Verdict::Same, Verdict::Hard}, 3);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(model.verdict(2), Verdict::Hard);
    QCOMPARE(model.verdict(5), Verdict::Open);
    QVERIFY(model.index(2).data(TaskListModel::ReachedRole).toBool());
    QVERIFY(!model.index(3).data(TaskListModel::ReachedRole).toBool());
    model.setTasks({}, {});
    QCOMPARE(model.rowCount(), 0);
}

void ModelsTest::commands() {
    CommandModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QCOMPARE(model.firstDifference(), -1);
    const replay::CommandSide timer{43, "timer", "timer 2, 24 h", {{"duration", "24 h"}}};
    const replay::CommandSide pay{0, "activity", "activity 3, pay", {{"input", "41.5"}, {"retries", "3"}}};
    const replay::CommandSide paid{44, "activity", "activity 3, pay", {{"input", "40"}, {"retries", "3"}}};
    ComparedCommand same{timer, timer, Verdict::Same, {}, {"a.cpp", 9, "f"}};
    ComparedCommand other{timer, pay, Verdict::Hard, {}, {"a.cpp", 47, "f"}};
    ComparedCommand soft{paid, pay, Verdict::Soft, {"input"}, {}};
    ComparedCommand missing{timer, {}, Verdict::Hard, {}, {}};
    ComparedCommand more{{}, pay, Verdict::Hard, {}, {"a.cpp", 48, "f"}};
    ComparedCommand open{{}, pay, Verdict::Open, {}, {}};
    model.setCommands({same, other, soft, missing, more, open});
    QCOMPARE(model.firstDifference(), 1);
    const auto row = [&](int at) {
        QStringList texts;
        for (int column = 0; column < model.columnCount(); ++column) texts << model.index(at, column).data().toString();
        return texts.join(" | ");
    };
    QCOMPARE(row(0), "43 | timer 2, 24 h | timer 2, 24 h | same");
    QCOMPARE(row(1), "43 | timer 2, 24 h | activity 3, pay | differs, line 47");
    QCOMPARE(row(2), "44 | activity 3, pay · input: 40 | activity 3, pay · input: 41.5 | differs silently");
    QCOMPARE(row(3), "43 | timer 2, 24 h | nothing | differs");
    QCOMPARE(row(4), " | nothing | activity 3, pay | differs, line 48");
    QCOMPARE(row(5), " | not recorded yet | activity 3, pay | not recorded yet");
    QVERIFY(model.index(1, CommandModel::Recorded).data(CommandModel::IconRole).isValid());
    QVERIFY(!model.index(3, CommandModel::Produced).data(CommandModel::IconRole).isValid());
    QVERIFY(model.index(2, CommandModel::Produced).data(Qt::ToolTipRole).toString().contains("retries: 3"));
    QCOMPARE(model.headerData(CommandModel::Produced, Qt::Horizontal).toString(), "Produced by this code");
}

void ModelsTest::stacks() {
    StackModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QVERIFY(!model.place(0).known());
    QCOMPARE(model.rowOf(0), -1);
    const replay::SourceLine inner{"a/b.cpp", 47, "T shop::Order::review()"};
    const replay::SourceLine outer{"a/b.cpp", 12, "T shop::Order::run(int)"};
    model.setWaiting(
        {{"run", {inner, outer}, "activity review"}, {"signal note", {}, ""}, {"x", {{}, outer}, "a timer"}});
    QCOMPARE(model.rowCount(), 7);
    QVERIFY(model.index(0).data(StackModel::HeadRole).toBool());
    QCOMPARE(model.index(0).data().toString(), "run waits for activity review");
    QCOMPARE(model.index(1).data().toString(), "Order::review");
    QCOMPARE(model.index(1).data(StackModel::PlaceRole).toString(), "b.cpp:47");
    QCOMPARE(model.index(3).data().toString(), "signal note");
    QCOMPARE(model.rowOf(0), 1);
    QCOMPARE(model.rowOf(1), 3);
    QCOMPARE(model.rowOf(2), 6);
    QCOMPARE(model.place(0).line, 47);
    QVERIFY(!model.place(3).known());
    QCOMPARE(model.place(4).line, 12);
}

void ModelsTest::jobs() {
    JobModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setJobs({{40, "child", "child fraud completed, \"high\""}, {41, "signal", "signal note"}});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0).data(JobModel::EventIdRole).toLongLong(), 40);
    QCOMPARE(model.index(1).data(Qt::AccessibleTextRole).toString(), "event 41: signal note");
    model.setJobs({});
    QCOMPARE(model.rowCount(), 0);
}

QTEST_MAIN(ModelsTest)
#include "models_test.moc"
