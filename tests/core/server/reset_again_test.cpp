// SPDX-License-Identifier: MIT
// ResetWorkflowExecution: what becomes of everything that the run had and heard.
#include <QTest>

#include "tests/core/server/reset_helpers.h"

// Old workers and clients use fields that the protocol calls deprecated, so they are tested.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace orrery;
using namespace orrery::test;
using namespace std::chrono_literals;

namespace {

template <typename Body>
void addMessage(api::RespondWorkflowTaskCompletedRequest* request, const std::string& update, const Body& body) {
    auto* message = request->add_messages();
    message->set_id(update + "/" + std::to_string(request->messages_size()));
    message->set_protocol_instance_id(update);
    message->mutable_body()->PackFrom(body);
}

Kept update(Driver& driver, const std::string& id) {
    api::UpdateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_request()->mutable_meta()->set_update_id(id);
    request.mutable_request()->mutable_input()->set_name("change");
    return driver.call("UpdateWorkflowExecution", request);
}

/// The worker accepts the update, and completes it if it is to.
void answerUpdate(Driver& driver, const std::string& id, bool completes) {
    const auto task = driver.task();
    auto request = Driver::completion(task);
    temporal::api::update::v1::Acceptance acceptance;
    acceptance.set_accepted_request_message_id(id + "/request");
    acceptance.set_accepted_request_sequencing_event_id(task.started_event_id() - 1);
    addMessage(&request, id, acceptance);
    if (completes) {
        temporal::api::update::v1::Response response;
        response.mutable_meta()->set_update_id(id);
        response.mutable_outcome()->mutable_success();
        addMessage(&request, id, response);
    }
    const auto call = driver.call("RespondWorkflowTaskCompleted", request);
    if (call->failed()) qFatal("the update is not answered: %s", call->message().c_str());
}

/// The updates "done" and "open" can be found while they wait; a worker reads their requests in the history.
void answerReapplied(Driver& driver) {
    const auto again = update(driver, "done");
    QVERIFY(!again->answered());
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 0);
    auto request = Driver::completion(task);
    for (const char* id : {"done", "open"}) {
        temporal::api::update::v1::Acceptance acceptance;
        acceptance.set_accepted_request_message_id(std::string(id) + "/request");
        acceptance.set_accepted_request_sequencing_event_id(7);
        addMessage(&request, id, acceptance);
        temporal::api::update::v1::Response response;
        response.mutable_meta()->set_update_id(id);
        response.mutable_outcome()->mutable_success();
        addMessage(&request, id, response);
    }
    QVERIFY(!driver.call("RespondWorkflowTaskCompleted", request)->failed());
    QVERIFY(again->answered() && !again->failed());
    int accepted = 0;
    for (const auto& event : driver.events("w")) {
        if (!event.has_workflow_execution_update_accepted_event_attributes()) continue;
        const auto& attributes = event.workflow_execution_update_accepted_event_attributes();
        // The request stands in the Admitted event.
        QCOMPARE(attributes.has_accepted_request(), attributes.protocol_instance_id() == "before");
        ++accepted;
    }
    QCOMPARE(accepted, 3);
}

}  // namespace

class ResetAgainTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signalsComeAgain_data();
    void signalsComeAgain();
    void signalsOfTheRunsThatFollowed();
    void updatesComeAgain();
    void activitiesBeginAgain();
    void timersGoOn();
    void timeOutsBeginAgain();
    void childrenGoOn_data();
    void childrenGoOn();
    void childThatHadNoTimeToStart();
    void aChildCanBeReset();
    void pendingExternalIsAskedAgain();
};

void ResetAgainTest::signalsComeAgain_data() {
    QTest::addColumn<int>("old");
    QTest::addColumn<QList<int>>("excluded");
    QTest::addColumn<QString>("signalNames");
    QTest::newRow("all") << 0 << QList<int>() << "one two";
    QTest::newRow("old: signals") << int(enums::RESET_REAPPLY_TYPE_SIGNAL) << QList<int>() << "one two";
    QTest::newRow("old: all") << int(enums::RESET_REAPPLY_TYPE_ALL_ELIGIBLE) << QList<int>() << "one two";
    QTest::newRow("old: none") << int(enums::RESET_REAPPLY_TYPE_NONE) << QList<int>() << "one";
    QTest::newRow("no signals") << 0 << QList<int>{enums::RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL} << "one";
    QTest::newRow("no updates") << 0 << QList<int>{enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE} << "one two";
    QTest::newRow("nothing") << 0 << QList<int>{1, 2, 3, 4} << "one";
}

void ResetAgainTest::signalsComeAgain() {
    QFETCH(const int, old);
    QFETCH(const QList<int>, excluded);
    Driver driver;
    play(driver);
    auto request = resetRequest(10);
    request.set_reset_reapply_type(enums::ResetReapplyType(old));
    for (const int type : excluded) request.add_reset_reapply_exclude_types(enums::ResetReapplyExcludeType(type));
    reset(driver, request);
    QTEST(signalsOf(driver), "signalNames");
}

void ResetAgainTest::signalsOfTheRunsThatFollowed() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task());
    const std::string first = driver.run("w").runId;
    signal(driver, "one");
    driver.complete(driver.task(), {Driver::continueAsNew()});
    driver.pass(1s);
    signal(driver, "two");
    driver.complete(driver.task(), {Driver::continueAsNew()});
    driver.pass(1s);
    const std::string third = driver.run("w").runId;
    const auto open = driver.task();
    // Still in the buffer of the run that is terminated.
    signal(driver, "three");
    api::RequestCancelWorkflowExecutionRequest cancel;
    cancel.set_namespace_("default");
    cancel.mutable_workflow_execution()->set_workflow_id("w");
    driver.call("RequestCancelWorkflowExecution", cancel);
    reset(driver, resetRequest(4, first));
    QCOMPARE(signalsOf(driver), QStringLiteral("one two three"));
    QCOMPARE(driver.world.findRun(third)->status, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
    // A cancel request was for the run that is gone.
    QVERIFY(!driver.run("w").cancelRequested);
    QCOMPARE(driver.run("w").signalCount, 3);
    QCOMPARE(driver.complete(open)->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.describe("w").workflow_execution_info().first_run_id(), first);
}

void ResetAgainTest::updatesComeAgain() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task());
    const auto before = update(driver, "before");
    answerUpdate(driver, "before", true);
    QVERIFY(before->answered());
    const int64_t point = driver.run("w").log.lastId();
    const auto done = update(driver, "done");
    answerUpdate(driver, "done", true);
    const auto open = update(driver, "open");
    answerUpdate(driver, "open", false);
    const auto unseen = update(driver, "unseen");
    QCOMPARE(driver.events("w")[size_t(point) - 2].event_type(), enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);

    // To the task that carried "done": scheduled and started were written with its completion.
    const std::string first = driver.run("w").runId;
    reset(driver, resetRequest(point + 3));
    // Who waited on the run that is gone is told so.
    QCOMPARE(unseen->code(), base::ErrorCode::NotFound);
    QVERIFY(open->answered());
    QVERIFY(driver.history("w").endsWith(QLatin1String(
        "WorkflowTaskFailed WorkflowExecutionUpdateAdmitted WorkflowExecutionUpdateAdmitted WorkflowTaskScheduled")));
    const auto admittedEvent = driver.events("w")[size_t(point) + 3];
    const auto& admitted = admittedEvent.workflow_execution_update_admitted_event_attributes();
    QCOMPARE(admitted.request().meta().update_id(), std::string("done"));
    QCOMPARE(admitted.origin(), enums::UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY);
    // What was completed before the point still is, with its outcome.
    QVERIFY(update(driver, "before")->answered());
    answerReapplied(driver);
    // And such a history can be cut again.
    reset(driver, resetRequest(point + 3, first));
    reset(driver, resetRequest(point + 3));
    QCOMPARE(driver.run("w").updates.count("done"), 1u);

    auto without = resetRequest(point + 3, first);
    without.add_reset_reapply_exclude_types(enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE);
    reset(driver, without);
    QVERIFY(!driver.history("w").contains(QLatin1String("Admitted")));
}

void ResetAgainTest::activitiesBeginAgain() {
    Driver driver;
    driver.start("w");
    auto limited = Driver::schedule("limited");
    payload::toProto(base::Duration(60s),
                     limited.mutable_schedule_activity_task_command_attributes()->mutable_schedule_to_close_timeout());
    driver.complete(driver.task(), {Driver::schedule("a"), limited});
    const auto running = driver.activity();
    driver.failActivity(driver.activity());
    signal(driver, "news");
    driver.complete(driver.task());
    driver.pass(40s);
    reset(driver, resetRequest(driver.run("w").log.lastId()));
    // The attempt that runs belongs to nobody now.
    QCOMPARE(driver.completeActivity(running)->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.describe("w").pending_activities_size(), 2);
    const auto described = driver.describe("w");
    for (const auto& activity : described.pending_activities()) {
        QCOMPARE(activity.attempt(), 1);
        QCOMPARE(payload::fromProto(activity.scheduled_time()), driver.world.now);
    }
    // Its time counts from the reset.
    driver.pass(50s);
    const auto one = driver.activity();
    const auto two = driver.activity();
    QCOMPARE(one.attempt(), 1);
    QVERIFY(!driver.completeActivity(one)->failed());
    QVERIFY(!driver.completeActivity(two)->failed());
    driver.complete(driver.task(), {Driver::completeWorkflow()});
}

void ResetAgainTest::timersGoOn() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("short", 10s), Driver::timer("long", 100s)});
    signal(driver, "news");
    driver.complete(driver.task());
    driver.pass(50s);
    driver.complete(driver.task());
    // One is long past, so it fires at once; the other keeps its time.
    reset(driver, resetRequest(9));
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowTaskFailed WorkflowTaskScheduled TimerFired")));
    driver.pass(49s);
    QCOMPARE(driver.run("w").timers.size(), 1u);
    driver.pass(1s);
    QCOMPARE(driver.run("w").timers.size(), 0u);
}

void ResetAgainTest::timeOutsBeginAgain() {
    Driver driver;
    auto start = Driver::startRequest("w");
    payload::toProto(base::Duration(100s), start.mutable_workflow_run_timeout());
    payload::toProto(base::Duration(150s), start.mutable_workflow_execution_timeout());
    driver.start(start);
    driver.complete(driver.task());
    driver.pass(90s);
    reset(driver, resetRequest(4));
    QCOMPARE(driver.run("w").runExpiration.value(), driver.world.now + 100s);
    QCOMPARE(driver.run("w").executionExpiration.value(), driver.world.now + 150s);
    driver.complete(driver.task());
    driver.pass(99s);
    QVERIFY(driver.run("w").open());
    driver.pass(1s);
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT);
}

void ResetAgainTest::childrenGoOn_data() {
    QTest::addColumn<bool>("endsBefore");
    QTest::newRow("the child runs") << false;
    QTest::newRow("the child ends before the reset") << true;
}

void ResetAgainTest::childrenGoOn() {
    QFETCH(const bool, endsBefore);
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("c")});
    driver.complete(driver.task());
    const int64_t point = driver.run("w").log.lastId();
    const std::string first = driver.run("w").runId;
    const auto endChild = [&] { driver.complete(driver.task("children"), {Driver::completeWorkflow()}); };
    if (endsBefore) {
        endChild();
        driver.complete(driver.task());
    }
    reset(driver, resetRequest(point));
    // Its parent's end was none, so nobody terminates it.
    QCOMPARE(driver.run("c").open(), !endsBefore);
    // What is applied again happens now.
    for (const auto& event : driver.events("w")) QVERIFY(event.event_time().seconds() > 1'700'000'000);
    QCOMPARE(driver.describe("w").pending_children_size(), endsBefore ? 0 : 1);
    if (!endsBefore) endChild();
    const QString history = driver.history("w");
    QCOMPARE(history.count(QLatin1String("ChildWorkflowExecutionCompleted")), 1);
    QCOMPARE(driver.world.runs.size(), 3u);
    QVERIFY(!driver.history("w", first).contains(QLatin1String("ChildWorkflowExecutionCompleted")) || endsBefore);
    // A second reset is followed as well.
    reset(driver, resetRequest(point));
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionCompleted")), 1);
}

void ResetAgainTest::childThatHadNoTimeToStart() {
    Driver driver;
    driver.start("w");
    // The next task is given out with the completion, before the child can start.
    auto completion = Driver::completion(driver.task(), {Driver::child("c")});
    completion.set_return_new_workflow_task(true);
    completion.set_force_create_new_workflow_task(true);
    const auto next =
        driver.call("RespondWorkflowTaskCompleted", completion)->as<api::RespondWorkflowTaskCompletedResponse>();
    QVERIFY(next.has_workflow_task());
    const int64_t point = driver.run("w").log.nextId();
    driver.complete(next.workflow_task());
    QVERIFY(driver.history("w").endsWith(
        QLatin1String("WorkflowTaskCompleted ChildWorkflowExecutionStarted WorkflowTaskScheduled")));
    const std::string child = driver.run("c").runId;
    // Its start is news of the first run, and comes again.
    reset(driver, resetRequest(point));
    QCOMPARE(driver.run("c").runId, child);
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionStarted")), 1);
    // Without the news the child is found by its parent's id.
    auto nothing = resetRequest(point);
    for (const int type : {1, 2, 3, 4}) {
        nothing.add_reset_reapply_exclude_types(enums::ResetReapplyExcludeType(type));
    }
    reset(driver, nothing);
    QCOMPARE(driver.run("c").runId, child);
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionStarted")), 1);
    driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    QCOMPARE(driver.history("w").count(QLatin1String("ChildWorkflowExecutionCompleted")), 1);
}

void ResetAgainTest::aChildCanBeReset() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::child("c")});
    driver.complete(driver.task());
    driver.complete(driver.task("children"));
    reset(driver, resetRequest(4, {}, "c"));
    // The parent waits for the run that goes on.
    QVERIFY(!driver.history("w").contains(QLatin1String("ChildWorkflowExecutionTerminated")));
    driver.complete(driver.task("children"), {Driver::completeWorkflow()});
    QVERIFY(driver.history("w").contains(QLatin1String("ChildWorkflowExecutionCompleted")));
}

void ResetAgainTest::pendingExternalIsAskedAgain() {
    Driver driver;
    driver.start("w");
    driver.start("other");
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION);
    auto* attributes = command.mutable_signal_external_workflow_execution_command_attributes();
    attributes->mutable_execution()->set_workflow_id("other");
    attributes->set_signal_name("hello");
    auto completion = Driver::completion(driver.task(), {command});
    completion.set_return_new_workflow_task(true);
    completion.set_force_create_new_workflow_task(true);
    const auto next =
        driver.call("RespondWorkflowTaskCompleted", completion)->as<api::RespondWorkflowTaskCompletedResponse>();
    const int64_t point = driver.run("w").log.nextId();
    driver.complete(next.workflow_task());
    QCOMPARE(driver.run("other").signalCount, 1);
    reset(driver, resetRequest(point));
    // As the real server does: the history has no answer yet, so it is sent again.
    QCOMPARE(driver.run("other").signalCount, 2);
    QCOMPARE(driver.history("w").count(QLatin1String("ExternalWorkflowExecutionSignaled")), 1);
}

QTEST_GUILESS_MAIN(ResetAgainTest)
#include "reset_again_test.moc"
