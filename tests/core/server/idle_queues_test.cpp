// SPDX-License-Identifier: MIT
// Which task queues the server remembers, and for how long.
#include <QTest>

#include "tests/core/server/kept_driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

namespace {

constexpr base::Duration kIdle = server::Matching::kIdle;

/// Inputs enough for all that were used so far.
void lookAtAll(Driver& driver) {
    const size_t inputs = driver.world.matching.queues() / 32 + 2;
    for (size_t i = 0; i < inputs; ++i) driver.pass({});
}

size_t queuesAfter(Driver& driver, base::Duration time) {
    driver.pass(time);
    lookAtAll(driver);
    return driver.world.matching.queues();
}

void pollAndLeave(Driver& driver, const std::string& queue) {
    driver.poll(queue);
    driver.hangUp();
}

}  // namespace

class IdleQueuesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forgetsThoseThatNobodyUses();
    void looksAtFewAtATime();
    void keepsThoseInUse();
    void keepsThoseWithPollers();
    void keepsTasks();
    void forgetsThoseWhoseTasksAreGone();
    void keepsTasksOverARestart();
    void forgottenStickyQueuesAreNotAlive();
    void testServersForgetNothing();
};

void IdleQueuesTest::forgetsThoseThatNobodyUses() {
    Driver driver;
    for (int i = 0; i < 500; ++i) {
        pollAndLeave(driver, "polled " + std::to_string(i));
        driver.pollActivity("activities " + std::to_string(i));
        driver.hangUp();
    }
    QCOMPARE(driver.world.matching.queues(), size_t(1000));
    QCOMPARE(queuesAfter(driver, kIdle), size_t(1000));
    QCOMPARE(queuesAfter(driver, 1s), size_t(0));
    // They can be used again.
    auto request = Driver::startRequest("w");
    request.mutable_task_queue()->set_name("polled 7");
    driver.start(request);
    QCOMPARE(driver.task("polled 7").workflow_execution().workflow_id(), std::string("w"));
}

void IdleQueuesTest::looksAtFewAtATime() {
    Driver driver;
    for (int i = 0; i < 1000; ++i) driver.poll(std::to_string(i));
    driver.hangUp();
    driver.pass(kIdle + 1s);
    const size_t left = driver.world.matching.queues();
    QVERIFY2(left < 1000 && left > 900, qPrintable(QString::number(left)));
}

void IdleQueuesTest::keepsThoseInUse() {
    Driver driver;
    pollAndLeave(driver, "once");
    for (int i = 0; i < 10; ++i) {
        pollAndLeave(driver, "again and again");
        driver.pass(4min);
    }
    QCOMPARE(driver.world.matching.queues(), size_t(1));
    QCOMPARE(queuesAfter(driver, kIdle + 1s), size_t(0));
}

/// Their waits refer to it.
void IdleQueuesTest::keepsThoseWithPollers() {
    server::WorldOptions options;
    options.limits.taskPoll = 2h;
    Driver driver(options);
    const auto poll = driver.poll();
    QCOMPARE(queuesAfter(driver, 1h), size_t(1));
    QCOMPARE(queuesAfter(driver, 30min), size_t(1));
    driver.start("w");
    QVERIFY(poll->answered());
    QCOMPARE(poll->as<test::api::PollWorkflowTaskQueueResponse>().workflow_execution().workflow_id(), std::string("w"));
    // One that nobody answers: it is used until its end.
    const auto longest = driver.poll("another");
    driver.pass(2h);
    QVERIFY(longest->answered());
    const auto isThere = [&] {
        lookAtAll(driver);
        return driver.world.matching.find("default", server::QueueType::Workflow, "another") != nullptr;
    };
    QVERIFY(isThere());
    driver.pass(kIdle);
    QVERIFY(isThere());
    driver.pass(1s);
    QVERIFY(!isThere());
}

void IdleQueuesTest::keepsTasks() {
    Driver driver;
    auto urgent = Driver::startRequest("urgent");
    urgent.mutable_priority()->set_priority_key(1);
    urgent.mutable_task_queue()->set_name("urgent");
    driver.start(urgent);
    driver.start("w");
    QCOMPARE(queuesAfter(driver, 1h), size_t(2));
    QCOMPARE(driver.task("urgent").workflow_execution().workflow_id(), std::string("urgent"));
    driver.complete(driver.task(), {Driver::schedule("a")});
    driver.pass(1h);
    QCOMPARE(driver.activity().activity_id(), std::string("a"));
}

void IdleQueuesTest::forgetsThoseWhoseTasksAreGone() {
    Driver driver;
    for (int i = 0; i < 200; ++i) {
        auto request = Driver::startRequest("w" + std::to_string(i));
        request.mutable_task_queue()->set_name("queue " + std::to_string(i));
        request.mutable_priority()->set_priority_key(i % 5 + 1);
        driver.start(request);
        test::api::TerminateWorkflowExecutionRequest terminate;
        terminate.set_namespace_("default");
        terminate.mutable_workflow_execution()->set_workflow_id(request.workflow_id());
        QVERIFY(!driver.call("TerminateWorkflowExecution", terminate)->failed());
    }
    driver.start("open");
    QCOMPARE(driver.world.matching.queues(), size_t(201));
    QCOMPARE(queuesAfter(driver, kIdle + 1s), size_t(1));
    // Also of runs that are no more.
    QCOMPARE(queuesAfter(driver, 48h), size_t(1));
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("open"));
}

void IdleQueuesTest::keepsTasksOverARestart() {
    test::KeptDriver driver;
    pollAndLeave(driver, "another");
    driver.start("w");
    driver.stopAndStart(1h);
    QCOMPARE(queuesAfter(driver, 1h), size_t(1));
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("w"));
    QCOMPARE(driver.differences(), QString());
}

void IdleQueuesTest::forgottenStickyQueuesAreNotAlive() {
    Driver driver;
    driver.start("w");
    pollAndLeave(driver, "sticky");
    auto completion = Driver::completion(driver.task());
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    payload::toProto(5s, completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout());
    driver.call("RespondWorkflowTaskCompleted", completion);
    QCOMPARE(queuesAfter(driver, kIdle + 1s), size_t(0));
    driver.signal("w");
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("w"));
}

/// There it matters whether a sticky queue was ever polled.
void IdleQueuesTest::testServersForgetNothing() {
    server::WorldOptions options;
    options.testService = true;
    Driver driver(options);
    pollAndLeave(driver, "sticky");
    QCOMPARE(queuesAfter(driver, 1h), size_t(1));
}

QTEST_GUILESS_MAIN(IdleQueuesTest)
#include "idle_queues_test.moc"
