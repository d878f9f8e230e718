// SPDX-License-Identifier: MIT
// A run's own time: what children and next runs have of it.
#include <QTest>

#include "tests/core/server/skip_helpers.h"

using namespace orrery;
using namespace orrery::test;
using namespace std::chrono_literals;

class SkipChainTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void childInheritsTimeAndConfig();
    void twoChildren();
    void threeGenerations();
    void childWithoutConfig();
    void continueAsNewInherits();
    void sessionGoesOnInTheChain();
    void expirationStaysWhereItIs();
    void retryInherits();
    void cronInherits();
    void budgetIsTheChains();
    void resetsKeepTheRunsTime();
};

void SkipChainTest::childInheritsTimeAndConfig() {
    Driver driver(skipping());
    auto wanted = config(5h);
    wanted.set_max_session_skip_count(7);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    Command command = Driver::child("c");
    auto* attributes = command.mutable_start_child_workflow_execution_command_attributes();
    payload::toProto(4h, attributes->mutable_workflow_execution_timeout());
    payload::toProto(2h, attributes->mutable_workflow_run_timeout());
    driver.complete(driver.task(), {command});
    const auto started = driver.events("c")[0].workflow_execution_started_event_attributes();
    QVERIFY(started.time_skipping_config().enabled());
    QVERIFY(!started.time_skipping_config().has_fast_forward_config());
    QCOMPARE(started.time_skipping_config().max_session_skip_count(), 7);
    const auto& state = started.time_skipping_state_propagation();
    QCOMPARE(payload::fromProto(state.initial_skipped_duration()), base::Duration(1h));
    QCOMPARE(state.initial_skip_count(), 0);
    const auto& child = driver.run("c");
    QCOMPARE(child.startTime, driver.wall + 1h);
    QCOMPARE(child.executionTime, driver.wall + 1h);
    QCOMPARE(*child.runExpiration, driver.wall + 3h);
    QCOMPARE(*child.executionExpiration, driver.wall + 5h);
    bool initiated = false;
    for (const HistoryEvent& event : driver.events("w")) {
        if (!event.has_start_child_workflow_execution_initiated_event_attributes()) continue;
        const auto& from = event.start_child_workflow_execution_initiated_event_attributes();
        initiated = from.time_skipping_config().enabled() && from.has_time_skipping_state_propagation();
    }
    QVERIFY(initiated);
    // It still has its two hours.
    driver.task("children");
    driver.pass(2h - 1ns);
    QVERIFY(driver.run("c").open());
    driver.pass(1ns);
    QVERIFY(!driver.run("c").open());
}

void SkipChainTest::twoChildren() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::child("c1"), Driver::child("c2"), Driver::timer("t", 1h)});
    driver.complete(driver.task("children"), {Driver::timer("x", 2h)});
    driver.complete(driver.task("children"), {Driver::timer("x", 3h)});
    QCOMPARE(driver.run("c1").skipped, base::Duration(2h));
    QCOMPARE(driver.run("c2").skipped, base::Duration(3h));
    for (int i = 0; i < 2; ++i) driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    driver.complete(driver.task());
    // The parent goes by its own time, not by theirs.
    QCOMPARE(driver.run("w").skipped, base::Duration(1h));
}

void SkipChainTest::threeGenerations() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {Driver::child("c")});
    driver.complete(driver.task("children"), {Driver::timer("t", 2h)});
    driver.complete(driver.task("children"), {Driver::child("g")});
    while (true) {
        const auto polled = driver.poll("children");
        if (!polled->answered()) break;
        const auto task = polled->as<api::PollWorkflowTaskQueueResponse>();
        const bool grandchild = task.workflow_execution().workflow_id() == "g";
        driver.complete(task, grandchild ? std::vector<Command>{Driver::timer("t", 4h)} : std::vector<Command>());
        if (grandchild) break;
    }
    QCOMPARE(driver.run("g").skipped, base::Duration(7h));
    QCOMPARE(driver.run("c").skipped, base::Duration(3h));
    QCOMPARE(driver.run("w").skipped, base::Duration(1h));
}

void SkipChainTest::childWithoutConfig() {
    Driver driver(skipping());
    auto wanted = config();
    wanted.set_disable_propagation(true);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {Driver::child("c")});
    const auto started = driver.events("c")[0].workflow_execution_started_event_attributes();
    QVERIFY(!started.has_time_skipping_config());
    QCOMPARE(driver.run("c").skipped, base::Duration(1h));
    driver.complete(driver.task("children"), {Driver::timer("x", 1h)});
    QVERIFY(transitions(driver, {}, "c").empty());
}

void SkipChainTest::continueAsNewInherits() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(3h)));
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    driver.complete(driver.task(), {Driver::continueAsNew()});
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.continued_execution_run_id(), first);
    QVERIFY(started.time_skipping_config().enabled());
    const auto& state = started.time_skipping_state_propagation();
    QCOMPARE(payload::fromProto(state.initial_skipped_duration()), base::Duration(2h));
    QCOMPARE(payload::fromProto(state.fast_forward_target_time()), driver.wall + 3h);
    QCOMPARE(driver.run("w").startTime, driver.wall + 2h);
    QCOMPARE(timeOf(driver.events("w")[0]), driver.wall + 2h);
}

void SkipChainTest::sessionGoesOnInTheChain() {
    Driver driver(skipping());
    auto wanted = config();
    wanted.set_max_session_skip_count(10);
    begin(driver, request(wanted));
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {Driver::continueAsNew()});
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.time_skipping_state_propagation().initial_skip_count(), 1);
    QCOMPARE(started.time_skipping_config().max_session_skip_count(), 10);
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    QCOMPARE(driver.run("w").timeSkipping->sessionSkips, int64_t(2));
}

void SkipChainTest::expirationStaysWhereItIs() {
    Driver driver(skipping());
    auto start = request(config(), 0s);
    payload::toProto(5h, start.mutable_workflow_execution_timeout());
    begin(driver, start);
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    driver.complete(driver.task(), {Driver::continueAsNew()});
    QCOMPARE(*driver.run("w").executionExpiration, driver.wall + 5h);
    // Three hours are left of it.
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
    QCOMPARE(timeOf(driver.events("w").back()), driver.wall + 5h);
}

void SkipChainTest::retryInherits() {
    Driver driver(skipping());
    auto start = request(config());
    payload::toProto(10min, start.mutable_retry_policy()->mutable_initial_interval());
    const std::string first = begin(driver, start);
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    driver.complete(driver.task(), {fail()});
    QVERIFY(driver.run("w").runId != first);
    // The back-off is skipped too.
    QCOMPARE(driver.run("w").skipped, base::Duration(70min));
    QCOMPARE(driver.run("w").startedEvent().attempt(), 2);
    QVERIFY(driver.run("w").task);
}

void SkipChainTest::cronInherits() {
    Driver driver(skipping());
    auto start = request(config(1h));
    start.set_cron_schedule("* * * * *");
    const std::string first = begin(driver, start);
    QCOMPARE(driver.run("w").skipped, base::Duration(1min));
    driver.complete(driver.task(), {Driver::timer("t", 50min)});
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(driver.run("w").runId != first);
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QCOMPARE(started.initiator(), enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    QCOMPARE(payload::fromProto(started.time_skipping_state_propagation().initial_skipped_duration()),
             base::Duration(51min));
    // Nothing holds it from going on slot by slot until the fast-forward is through.
    QVERIFY(driver.run("w").task);
}

void SkipChainTest::budgetIsTheChains() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(3h)));
    driver.complete(driver.task(), {Driver::timer("t", 2h)});
    driver.complete(driver.task(), {Driver::continueAsNew()});
    driver.complete(driver.task());
    QCOMPARE(driver.run("w").skipped, base::Duration(3h));
    const auto jumps = transitions(driver);
    QCOMPARE(jumps.size(), size_t(1));
    QVERIFY(of(jumps[0]).disabled_after_fast_forward());
    const auto before = infoOf(driver, "w", first);
    QVERIFY(before.effective_config().enabled());
    QVERIFY(!before.fast_forward_info().has_completed());
    const auto after = infoOf(driver);
    QVERIFY(!after.effective_config().enabled());
    QVERIFY(after.fast_forward_info().has_completed());
}

void SkipChainTest::resetsKeepTheRunsTime() {
    Driver driver(skipping());
    const std::string first = begin(driver, request(config(10h)));
    driver.complete(driver.task(), {Driver::timer("a", 2h)});
    driver.complete(driver.task(), {Driver::timer("b", 1h)});
    driver.complete(driver.task());
    QVERIFY(driver.run("w").skipped >= 3h);
    test::api::ResetWorkflowExecutionRequest reset;
    reset.set_namespace_("default");
    reset.mutable_workflow_execution()->set_workflow_id("w");
    reset.set_request_id("reset");
    reset.set_workflow_task_finish_event_id(driver.run("w").lastStartedId + 1);
    QVERIFY(!driver.call("ResetWorkflowExecution", reset)->failed());
    const server::Run& again = driver.run("w");
    QVERIFY(again.runId != first);
    QVERIFY(again.skipped >= 3h && again.skipped < 4h);
    QVERIFY(infoOf(driver).effective_config().enabled());
    const auto events = driver.events("w");
    for (size_t i = 1; i < events.size(); ++i) QVERIFY(timeOf(events[i]) >= timeOf(events[i - 1]));
    // What is left of the fast-forward is skipped as well.
    driver.complete(driver.task());
    QVERIFY(driver.run("w").skipped >= 9h);
    QVERIFY(!infoOf(driver).effective_config().enabled());
}

QTEST_GUILESS_MAIN(SkipChainTest)
#include "skip_chain_test.moc"
