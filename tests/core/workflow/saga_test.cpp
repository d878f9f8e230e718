// SPDX-License-Identifier: MIT
#include "core/workflow/saga.h"

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

/// Two steps that are undone at once.
class Undoing {
public:
    Task<std::string> run() {
        m_saga.add("first", [] { return workflow::execute<void>("undo", kQuick, std::string("first")); });
        m_saga.add("second", [] { return workflow::execute<void>("undo", kQuick, std::string("second")); });
        std::exception_ptr cancelled;
        try {
            co_await workflow::sleep(1h);
        } catch (const workflow::CancelledFailure&) {
            cancelled = std::current_exception();
        }
        std::string told;
        for (const auto& each : co_await m_saga.compensate()) {
            told += each.step + (each.failure ? " not: " + std::string(each.failure->cause()->what()) : "") + "; ";
        }
        if (cancelled) std::rethrow_exception(cancelled);
        co_return told + (m_saga.empty() ? "nothing left" : "something left");
    }

private:
    workflow::Saga m_saga;
};

/// Its compensation has a bug.
class Broken {
public:
    Task<> run() {
        m_saga.add("step", []() -> Task<> { throw std::logic_error("a bug"); });
        co_await m_saga.compensate();
    }

private:
    workflow::Saga m_saga;
};

workflow::WorkflowRegistry registry() {
    workflow::WorkflowRegistry made;
    made.add(workflow::define<Undoing>("undoing").run(&Undoing::run));
    made.add(workflow::define<Broken>("broken").run(&Broken::run));
    return made;
}

}  // namespace

class SagaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lastFirst();
    void failingCompensationIsToldAndTheRestRuns();
    void cancellationDoesNotStopIt();
    void bugFailsTheTask();
};

void SagaTest::lastFirst() {
    const auto all = registry();
    Driver run(all, "undoing");
    run.begin();
    QCOMPARE(text(run.fire(1)), QString("ScheduleActivity 1 undo(\"second\")"));
    QCOMPARE(text(run.complete(1, std::monostate())), QString("ScheduleActivity 2 undo(\"first\")"));
    QCOMPARE(text(run.complete(2, std::monostate())), QString("Complete \"second; first; nothing left\""));
}

void SagaTest::failingCompensationIsToldAndTheRestRuns() {
    const auto all = registry();
    Driver run(all, "undoing");
    run.begin();
    run.fire(1);
    QCOMPARE(text(run.failActivity(1, payload::ApplicationFailure("no way back"))),
             QString("ScheduleActivity 2 undo(\"first\")"));
    QCOMPARE(text(run.complete(2, std::monostate())),
             QString("Complete \"second not: no way back; first; nothing left\""));
}

void SagaTest::cancellationDoesNotStopIt() {
    const auto all = registry();
    Driver run(all, "undoing");
    run.begin();
    QCOMPARE(text(run.cancel()), QString("CancelTimer 1\nScheduleActivity 1 undo(\"second\")"));
    QCOMPARE(text(run.complete(1, std::monostate())), QString("ScheduleActivity 2 undo(\"first\")"));
    QCOMPARE(text(run.complete(2, std::monostate())), QString("Cancel"));
}

void SagaTest::bugFailsTheTask() {
    const auto all = registry();
    Driver run(all, "broken");
    QVERIFY(text(run.begin()).startsWith("TaskFailure"));
}

QTEST_GUILESS_MAIN(SagaTest)
#include "saga_test.moc"
