// SPDX-License-Identifier: MIT
#include "core/workflow/composition.h"

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

const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);

Task<int> work(int number) { return workflow::execute<int>("work", kQuick, number); }

class Together {
public:
    Task<std::string> run(std::string how) {
        if (how == "tuple") {
            const auto [one, two, none] =
                co_await workflow::all(work(1), workflow::execute<std::string>("name", kQuick), workflow::sleep(1s));
            co_return std::to_string(one) + two;
        }
        if (how == "vector" || how == "empty") {
            std::vector<Task<int>> tasks;
            for (int each = 1; how == "vector" && each <= 3; ++each) tasks.push_back(work(each));
            std::string joined;
            for (const int each : co_await workflow::all(std::move(tasks))) joined += std::to_string(each);
            co_return joined;
        }
        if (how == "any") {
            auto answer = workflow::start(work(1));
            auto timer = workflow::startTimer(1h);
            const size_t first = co_await workflow::any(answer, timer);
            if (first == 0) timer.cancel();
            co_return first == 0 ? "answer" : "timer";
        }
        std::vector<Task<int>> tasks;
        tasks.push_back(work(1));
        tasks.push_back(work(2));
        co_return std::to_string(co_await workflow::race(std::move(tasks)));
    }
};

/// Ten pieces of work, two at a time.
class Limited {
public:
    Task<int> run() {
        std::vector<Task<int>> tasks;
        for (int each = 1; each <= 4; ++each) tasks.push_back(piece(each));
        int sum = 0;
        for (const int each : co_await workflow::all(std::move(tasks))) sum += each;
        co_return sum;
    }

private:
    Task<int> piece(int number) {
        const auto turn = co_await m_slots.acquire();
        co_return co_await work(number);
    }
    workflow::Semaphore m_slots{2};
};

workflow::WorkflowRegistry registry() {
    workflow::WorkflowRegistry all;
    all.add(workflow::define<Together>("together").run(&Together::run));
    all.add(workflow::define<Limited>("limited").run(&Limited::run));
    return all;
}

}  // namespace

class CompositionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allInWrittenOrder();
    void allOfAList();
    void allFailsWithTheFirst();
    void anyOfSeveral();
    void raceCancelsTheLosers();
    void semaphoreLimits();
    void semaphoreWhenCancelled();
};

void CompositionTest::allInWrittenOrder() {
    const auto all = registry();
    Driver run(all, "together", "tuple");
    QCOMPARE(text(run.begin()), QString("ScheduleActivity 1 work(1)\nScheduleActivity 2 name()\nStartTimer 1 1 s"));
    QCOMPARE(text(run.fire(1)), QString());
    QCOMPARE(text(run.complete(2, std::string("two"))), QString());
    QCOMPARE(text(run.complete(1, 1)), QString("Complete \"1two\""));
}

void CompositionTest::allOfAList() {
    const auto all = registry();
    Driver empty(all, "together", "empty");
    QCOMPARE(text(empty.begin()), QString("Complete \"\""));
    Driver run(all, "together", "vector");
    run.begin();
    QCOMPARE(text(run.run({Driver::completed(3, 3), Driver::completed(1, 1), Driver::completed(2, 2)})),
             QString("Complete \"123\""));
}

void CompositionTest::allFailsWithTheFirst() {
    const auto all = registry();
    Driver run(all, "together", "vector");
    run.begin();
    QCOMPARE(text(run.failActivity(2, workflow::ApplicationFailure("no", "No"))),
             QString("Fail Activity task failed <- No: no"));
}

void CompositionTest::anyOfSeveral() {
    const auto all = registry();
    Driver answered(all, "together", "any");
    QCOMPARE(text(answered.begin()), QString("StartTimer 1 1 h 00 m\nScheduleActivity 1 work(1)"));
    QCOMPARE(text(answered.complete(1, 1)), QString("CancelTimer 1\nComplete \"answer\""));
    Driver late(all, "together", "any");
    late.begin();
    QCOMPARE(text(late.fire(1)), QString("Complete \"timer\""));
}

void CompositionTest::raceCancelsTheLosers() {
    const auto all = registry();
    Driver run(all, "together", "race");
    run.begin();
    QCOMPARE(text(run.complete(2, 22)), QString("RequestCancelActivity 1\nComplete \"22\""));
}

void CompositionTest::semaphoreLimits() {
    const auto all = registry();
    Driver run(all, "limited");
    QCOMPARE(text(run.begin()), QString("ScheduleActivity 1 work(1)\nScheduleActivity 2 work(2)"));
    QCOMPARE(text(run.complete(2, 2)), QString("ScheduleActivity 3 work(3)"));
    QCOMPARE(text(run.run({Driver::completed(1, 1), Driver::completed(3, 3)})), QString("ScheduleActivity 4 work(4)"));
    QCOMPARE(text(run.complete(4, 4)), QString("Complete 10"));
}

void CompositionTest::semaphoreWhenCancelled() {
    const auto all = registry();
    Driver run(all, "limited");
    run.begin();
    // Those that wait for their turn fail at once, those that work when the engine says so.
    QCOMPARE(text(run.cancel()), QString("RequestCancelActivity 1\nRequestCancelActivity 2\nCancel"));
}

QTEST_GUILESS_MAIN(CompositionTest)
#include "composition_test.moc"
