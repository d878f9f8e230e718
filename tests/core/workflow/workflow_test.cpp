// SPDX-License-Identifier: MIT
#include "core/workflow/workflow.h"

#include <QTest>

#include "tests/core/workflow/driver.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::text;
using workflow::ActivityOptions;
using workflow::Task;

namespace {

constexpr definition::Activity<int(std::string, int)> kWork{"work"};
const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);

class Sequence {
public:
    Task<int> run(std::string name) {
        const int first = co_await workflow::execute(kWork, kQuick, name, 1);
        co_await workflow::sleep(10s);
        const int second = co_await workflow::execute<int>("other", kQuick, first);
        co_return first + second;
    }
};

class Failing {
public:
    Task<> run(std::string how) {
        if (how == "failure") throw workflow::ApplicationFailure("no stock", "OutOfStock");
        if (how == "bug") throw std::out_of_range("index 9");
        if (how == "no timeout") co_await workflow::execute(kWork, ActivityOptions(), "x", 1);
        if (how == "caught") {
            try {
                co_await workflow::execute(kWork, kQuick, "x", 1);
            } catch (const workflow::ActivityFailure& failure) {
                workflow::continueAsNew(failure.find<workflow::ApplicationFailure>()->type());
            }
        }
        co_await workflow::execute(kWork, kQuick, "x", 1);
    }
};

class Waiting {
public:
    Task<std::string> run() {
        const bool answered = co_await workflow::waitCondition([this] { return m_open; }, 24h);
        co_return answered ? "open" : "timed out";
    }
    void open() { m_open = true; }

private:
    bool m_open = false;
};

/// Two conditions on one flag: the first to run takes it.
class Turns {
public:
    Task<std::string> run() {
        auto first = workflow::start(take("a"));
        auto second = workflow::start(take("b"));
        co_await first;
        co_await second;
        co_return m_log;
    }
    void give() { m_available = true; }
    std::string log() const { return m_log; }

private:
    Task<> take(std::string who) {
        co_await workflow::waitCondition([this] { return m_available; });
        m_log += m_available ? who : "!";
        m_available = false;
    }
    bool m_available = false;
    std::string m_log;
};

class Cleaning {
public:
    Task<std::string> run() {
        bool cancelled = false;
        try {
            co_await workflow::execute(kWork, kQuick, "charge", 1);
            co_await workflow::sleep(1h);
        } catch (const workflow::Failure& failure) {
            cancelled = payload::isCancellation(failure);
            if (!cancelled) throw;
        }
        if (cancelled) {
            co_await workflow::shielded(cleanUp());
            throw workflow::CancelledFailure("stopped");
        }
        co_return "done";
    }

private:
    Task<> cleanUp() { co_await workflow::execute(kWork, kQuick, "refund", 1); }
};

class Deep {
public:
    Task<int> run(int depth) { co_return co_await down(depth); }

private:
    Task<int> down(int depth) {
        if (depth == 0) co_return 0;
        co_return 1 + co_await down(depth - 1);
    }
};

/// Counts what is alive, to see eviction unwind it.
int s_alive = 0;
struct Alive {
    Alive() { ++s_alive; }
    ~Alive() { --s_alive; }
};
class Evicted {
public:
    Task<> run() {
        const Alive here;
        auto beside = workflow::start(wait());
        co_await wait();
    }

private:
    Task<> wait() {
        const Alive here;
        co_await workflow::sleep(1h);
    }
    Alive m_object;
};

class Random {
public:
    Task<std::string> run() {
        const auto id = workflow::uuid4();
        co_return id + " " + std::to_string(workflow::random().between(1, 6));
    }
};

workflow::WorkflowRegistry registry() {
    workflow::WorkflowRegistry all;
    all.add(workflow::define<Sequence>("sequence").run(&Sequence::run));
    all.add(workflow::define<Failing>("failing").run(&Failing::run));
    all.add(workflow::define<Waiting>("waiting").run(&Waiting::run).signal("open", &Waiting::open));
    all.add(workflow::define<Turns>("turns").run(&Turns::run).signal("give", &Turns::give).query("log", &Turns::log));
    all.add(workflow::define<Cleaning>("cleaning").run(&Cleaning::run));
    all.add(workflow::define<Deep>("deep").run(&Deep::run));
    all.add(workflow::define<Evicted>("evicted").run(&Evicted::run));
    all.add(workflow::define<Random>("random").run(&Random::run));
    return all;
}

}  // namespace

class WorkflowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void activitiesAndTimersInSequence();
    void activityOptionsReachTheCommand();
    void failures_data();
    void failures();
    void catchesActivityFailure();
    void continuesWithItsMemo();
    void conditionMetInTime();
    void conditionTimesOut();
    void conditionMetInTheTaskOfTheTimer();
    void signalBeforeTheFirstTask();
    void oneConditionAtATime();
    void cancellationOfAnActivity();
    void cancellationOfATimer();
    void cancellationInTheTaskOfTheTimer();
    void deepAwaitingKeepsTheStack();
    void evictionUnwinds();
    void randomIsFrozen();
    void unknownTypeNamesTheKnown();
    void outsideWorkflowCode();
};

void WorkflowTest::activitiesAndTimersInSequence() {
    const auto all = registry();
    Driver run(all, "sequence", "ada");
    QCOMPARE(text(run.begin()), QString("ScheduleActivity 1 work(\"ada\", 1)"));
    QCOMPARE(text(run.complete(1, 20)), QString("StartTimer 1 10 s"));
    QCOMPARE(text(run.fire(1)), QString("ScheduleActivity 2 other(20)"));
    QCOMPARE(text(run.complete(2, 22)), QString("Complete 42"));
}

void WorkflowTest::activityOptionsReachTheCommand() {
    const auto all = registry();
    Driver run(all, "sequence", "ada");
    run.begin();
    const auto& command = std::get<definition::command::ScheduleActivity>(run.last().commands.at(0));
    QCOMPARE(text(command.options.taskQueue()), QString("samples"));
    QCOMPARE(text(command.options.activityId()), QString("1"));
    QVERIFY(command.options.startToCloseTimeout() == 10s);
}

void WorkflowTest::failures_data() {
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("outcome");
    QTest::newRow("failure") << "failure" << "Fail OutOfStock: no stock";
    QTest::newRow("bug") << "bug" << "TaskFailure std::out_of_range: index 9";
    QTest::newRow("no timeout")
        << "no timeout"
        << "TaskFailure orrery::base::Error: Activity 'work' needs startToCloseTimeout (how long one "
           "attempt may take) or scheduleToCloseTimeout (how long all attempts may take together); "
           "neither is set.";
}

void WorkflowTest::failures() {
    QFETCH(QString, how);
    QFETCH(QString, outcome);
    const auto all = registry();
    Driver run(all, "failing", how.toStdString());
    QCOMPARE(text(run.begin()), outcome);
}

void WorkflowTest::catchesActivityFailure() {
    const auto all = registry();
    Driver run(all, "failing", "caught");
    run.begin();
    QCOMPARE(text(run.failActivity(1, workflow::ApplicationFailure("declined", "Declined"))),
             QString("ContinueAsNew failing(\"Declined\")"));

    Driver uncaught(all, "failing", "");
    uncaught.begin();
    QCOMPARE(text(uncaught.failActivity(1, workflow::ApplicationFailure("declined", "Declined"))),
             QString("Fail Activity task failed <- Declined: declined"));
}

void WorkflowTest::continuesWithItsMemo() {
    const auto all = registry();
    Driver run(all, "failing", "caught");
    run.init().memo["colour"] = payload::defaultConverter().toPayload(std::string("blue"));
    run.init().searchAttributes["shop"] = payload::defaultConverter().toPayload(std::string("north"));
    run.begin();
    QCOMPARE(text(run.failActivity(1, workflow::ApplicationFailure("declined", "Declined"))),
             QString("ContinueAsNew failing(\"Declined\") memo colour=\"blue\" attribute shop=\"north\""));
}

void WorkflowTest::conditionMetInTime() {
    const auto all = registry();
    Driver run(all, "waiting");
    QCOMPARE(text(run.begin()), QString("StartTimer 1 1 d 00 h"));
    QCOMPARE(text(run.signal("open")), QString("CancelTimer 1\nComplete \"open\""));
}

void WorkflowTest::conditionTimesOut() {
    const auto all = registry();
    Driver run(all, "waiting");
    run.begin();
    QCOMPARE(text(run.fire(1)), QString("Complete \"timed out\""));
}

void WorkflowTest::conditionMetInTheTaskOfTheTimer() {
    const auto all = registry();
    Driver run(all, "waiting");
    run.begin();
    QCOMPARE(text(run.run({Driver::signalled("open"), definition::job::FireTimer{1}})), QString("Complete \"open\""));
}

void WorkflowTest::signalBeforeTheFirstTask() {
    const auto all = registry();
    Driver run(all, "waiting");
    QCOMPARE(text(run.begin({Driver::signalled("open")})), QString("Complete \"open\""));
}

void WorkflowTest::oneConditionAtATime() {
    const auto all = registry();
    Driver run(all, "turns");
    run.begin();
    QCOMPARE(text(run.signal("give")), QString());
    QCOMPARE(text(run.query("log")), QString("Answer \"a\""));
    QCOMPARE(text(run.signal("give")), QString("Complete \"ab\""));
}

void WorkflowTest::cancellationOfAnActivity() {
    const auto all = registry();
    Driver run(all, "cleaning");
    QCOMPARE(text(run.begin()), QString("ScheduleActivity 1 work(\"charge\", 1)"));
    QCOMPARE(text(run.cancel("customer")), QString("RequestCancelActivity 1"));
    QCOMPARE(text(run.cancelActivity(1)), QString("ScheduleActivity 2 work(\"refund\", 1)"));
    QCOMPARE(text(run.complete(2, 0)), QString("Cancel"));
}

void WorkflowTest::cancellationOfATimer() {
    const auto all = registry();
    Driver run(all, "cleaning");
    run.begin();
    QCOMPARE(text(run.complete(1, 0)), QString("StartTimer 1 1 h 00 m"));
    QCOMPARE(text(run.cancel()), QString("CancelTimer 1\nScheduleActivity 2 work(\"refund\", 1)"));
    QCOMPARE(text(run.complete(2, 0)), QString("Cancel"));
}

void WorkflowTest::cancellationInTheTaskOfTheTimer() {
    const auto all = registry();
    Driver run(all, "cleaning");
    run.begin();
    run.complete(1, 0);
    QCOMPARE(text(run.run({definition::job::CancelWorkflow{}, definition::job::FireTimer{1}})),
             QString("CancelTimer 1\nScheduleActivity 2 work(\"refund\", 1)"));
}

void WorkflowTest::deepAwaitingKeepsTheStack() {
    const auto all = registry();
    Driver run(all, "deep", 5000);
    QCOMPARE(text(run.begin()), QString("Complete 5000"));
}

void WorkflowTest::evictionUnwinds() {
    const auto all = registry();
    {
        Driver run(all, "evicted");
        QCOMPARE(text(run.begin()), QString("StartTimer 1 1 h 00 m\nStartTimer 2 1 h 00 m"));
        QCOMPARE(s_alive, 4);
    }
    QCOMPARE(s_alive, 0);
}

void WorkflowTest::randomIsFrozen() {
    const auto all = registry();
    Driver run(all, "random");
    const std::string first = run.begin();
    Driver again(all, "random");
    QCOMPARE(text(again.begin()), text(first));
    QCOMPARE(text(first), QString("Complete \"b358faf7-4ef9-465a-875c-3d964f482cd2 1\""));
}

void WorkflowTest::unknownTypeNamesTheKnown() {
    const auto all = registry();
    try {
        all.create("nobody");
        QFAIL("no error");
    } catch (const base::Error& error) {
        QCOMPARE(error.code(), base::ErrorCode::NotFound);
        QVERIFY2(text(error.what()).contains("'nobody'") && text(error.what()).contains("sequence, turns, waiting"),
                 error.what());
    }
}

void WorkflowTest::outsideWorkflowCode() { QVERIFY_THROWS_EXCEPTION(base::Error, workflow::now()); }

QTEST_GUILESS_MAIN(WorkflowTest)
#include "workflow_test.moc"
