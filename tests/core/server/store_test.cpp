// SPDX-License-Identifier: MIT
// What survives a restart, and what a store is given to write.
#include <QTest>

#include "tests/core/server/driver.h"
#include "tests/core/server/reset_helpers.h"
#include "tests/support/kept_world.h"
#include "tests/support/world_fields.h"

#ifndef Q_MOC_RUN
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#include <temporal/api/testservice/v1/request_response.pb.h>
#include <temporal/api/update/v1/message.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

constexpr const char* kTestService = "temporal.api.testservice.v1.TestService";

/// A driver whose world is kept, and can be stopped and started again.
class KeptDriver : public Driver {
public:
    explicit KeptDriver(server::WorldOptions options = {}) : Driver(std::move(options)) { keep(); }

    test::Rows disk;
    std::optional<server::Change> last;  ///< what the last input changed

    void stopAndStart(base::Duration meanwhile = {}) {
        wall += meanwhile;
        restart([this](server::World&) { keep(); });
    }

    /// What is on the disk does not make the same world.
    QString differences() {
        server::World other(world.options);
        const test::KeptWorld loaded(other, disk, wall);
        QStringList all;
        for (const std::string& line : test::differencesOf(world, other)) all << QString::fromStdString(line);
        return all.join(QLatin1Char('\n'));
    }

private:
    void keep() {
        auto kept = std::make_shared<test::KeptWorld>(world, disk, wall);
        afterInput = [this, kept] {
            kept->save();
            last = kept->last;
        };
    }
};

server::common::Payloads payloads(const std::string& text) {
    server::common::Payloads result;
    result.add_payloads()->set_data(text);
    return result;
}

Kept update(Driver& driver, const std::string& workflowId, const std::string& updateId) {
    test::api::UpdateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(workflowId);
    request.mutable_request()->mutable_meta()->set_update_id(updateId);
    request.mutable_request()->mutable_input()->set_name("set_address");
    return driver.call("UpdateWorkflowExecution", request);
}

test::Command childCommand(const std::string& id) {
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
    auto* child = command.mutable_start_child_workflow_execution_command_attributes();
    child->set_workflow_id(id);
    child->mutable_workflow_type()->set_name("Child");
    child->mutable_task_queue()->set_name("queue");
    child->mutable_memo()->mutable_fields()->insert({"k", payloads("v").payloads(0)});
    return command;
}

/// An acceptance, as the worker that took the update sends it.
void accept(const test::api::PollWorkflowTaskQueueResponse& task,
            test::api::RespondWorkflowTaskCompletedRequest* completion) {
    const auto& request = task.messages(0);
    auto* message = completion->add_messages();
    message->set_protocol_instance_id(request.protocol_instance_id());
    message->set_id(request.protocol_instance_id() + "/accept");
    temporal::api::update::v1::Acceptance acceptance;
    acceptance.set_accepted_request_message_id(request.id());
    message->mutable_body()->PackFrom(acceptance);
}

int rowsOf(const server::Change& change, server::RowKind kind) {
    return int(std::count_if(change.rows.begin(), change.rows.end(),
                             [kind](const auto& row) { return row.first.kind == kind; }));
}

}  // namespace

class StoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFieldSurvives();
    void whatChangesLaterSurvives();
    void skippedTimeSurvives();
    void runsOfAChainSurvive();
    void priorityOfOlderFiles();
    void namespacesSurvive();
    void attributesKeepTheirTypes();
    void clockSurvives_data();
    void clockSurvives();
    void timeNeverGoesBack();
    void tokensStayGood();
    void tasksAreHandedOutAgain();
    void timersFireInTime();
    void timeOutsRunOn();
    void updatesGoOn();
    void resetRunsKeepWhatTheyWaitFor();
    void bufferedEventsCome();
    void requestIdsAreKnown();
    void sleepersTakeTheirLocksBack();
    void locksEndWithTheTestService_data();
    void locksEndWithTheTestService();
    void whatIsOnlyReadIsNotWritten();
    void manyThingsCostNoMoreThanFew();
    void missingRowsAreNoticed();
};

void StoreTest::everyFieldSurvives() {
    KeptDriver driver;
    auto request = Driver::startRequest("parent");
    request.mutable_memo()->mutable_fields()->insert({"memo", payloads("kept").payloads(0)});
    request.mutable_user_metadata()->mutable_summary()->set_data("\"an order\"");
    payload::toProto(1h, request.mutable_workflow_run_timeout());
    payload::toProto(2h, request.mutable_workflow_execution_timeout());
    request.mutable_retry_policy()->set_maximum_attempts(3);
    driver.start(request);
    test::Command named = Driver::timer("t", 1h);
    named.mutable_user_metadata()->mutable_summary()->set_data("\"patience\"");
    auto beating = Driver::schedule("beating");
    payload::toProto(5s, beating.mutable_schedule_activity_task_command_attributes()->mutable_heartbeat_timeout());
    const Kept sticky = driver.poll("sticky");
    auto completion =
        Driver::completion(driver.task(), {named, beating, Driver::schedule("waiting"), childCommand("child")});
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    payload::toProto(5s, completion.mutable_sticky_attributes()->mutable_schedule_to_start_timeout());
    driver.call("RespondWorkflowTaskCompleted", completion);
    QCOMPARE(driver.differences(), QString());

    test::api::RecordActivityTaskHeartbeatRequest beat;
    const auto activity = driver.activity();
    beat.set_task_token(activity.task_token());
    *beat.mutable_details() = payloads("half");
    driver.call("RecordActivityTaskHeartbeat", beat);
    QCOMPARE(driver.differences(), QString());
    driver.failActivity(activity);
    QCOMPARE(driver.differences(), QString());
    driver.signal("parent", "signal-1");
    update(driver, "parent", "u");
    test::api::RequestCancelWorkflowExecutionRequest cancel;
    cancel.set_namespace_("default");
    cancel.mutable_workflow_execution()->set_workflow_id("parent");
    driver.call("RequestCancelWorkflowExecution", cancel);
    QCOMPARE(driver.differences(), QString());
    driver.failTask(sticky->as<test::api::PollWorkflowTaskQueueResponse>());
    driver.pass(2s);
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QCOMPARE(driver.differences(), QString());
    QCOMPARE(driver.run("parent").activities.size(), size_t(2));
    QCOMPARE(driver.run("parent").children.size(), size_t(1));
    QCOMPARE(driver.run("child").parent->workflowId, std::string("parent"));
}

void StoreTest::whatChangesLaterSurvives() {
    server::WorldOptions options;
    options.searchAttributes["Step"] = int(test::enums::INDEXED_VALUE_TYPE_INT);
    KeptDriver driver(options);
    driver.input([&] {
        driver.world.changeNamespace("default").searchAttributes["Step"] = int(test::enums::INDEXED_VALUE_TYPE_INT);
    });
    auto request = Driver::startRequest("w");
    request.mutable_priority()->set_priority_key(1);
    request.mutable_memo()->mutable_fields()->insert({"memo", payloads("kept").payloads(0)});
    driver.start(request);
    auto again = Driver::startRequest("w");
    again.set_request_id("another");
    again.set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    again.mutable_on_conflict_options()->set_attach_request_id(true);
    driver.start(again);
    test::api::UpdateWorkflowExecutionOptionsRequest change;
    change.set_namespace_("default");
    change.mutable_workflow_execution()->set_workflow_id("w");
    change.mutable_workflow_execution_options()->mutable_priority()->set_priority_key(4);
    change.mutable_workflow_execution_options()->mutable_priority()->set_fairness_key("red");
    change.mutable_update_mask()->add_paths("priority");
    driver.call("UpdateWorkflowExecutionOptions", change);
    QCOMPARE(driver.differences(), QString());
    test::Command upsert;
    upsert.set_command_type(test::enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    server::common::Payload number;
    (*number.mutable_metadata())["encoding"] = "json/plain";
    number.set_data("7");
    upsert.mutable_upsert_workflow_search_attributes_command_attributes()
        ->mutable_search_attributes()
        ->mutable_indexed_fields()
        ->insert({"Step", number});
    test::Command modify;
    modify.set_command_type(test::enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES);
    modify.mutable_modify_workflow_properties_command_attributes()->mutable_upserted_memo()->mutable_fields()->insert(
        {"later", payloads("too").payloads(0)});
    QVERIFY(!driver.complete(driver.task(), {upsert, modify})->failed());
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QCOMPARE(driver.differences(), QString());
    const server::Run& run = driver.run("w");
    QCOMPARE(run.priority->priority_key(), 4);
    QCOMPARE(run.priority->fairness_key(), std::string("red"));
    QVERIFY(run.attachedRequests.contains("another"));
    QCOMPARE(run.memo->fields_size(), 2);
    QCOMPARE(run.searchAttributes->indexed_fields().at("Step").data(), std::string("7"));
    // What was taken away does not come back with the Started event.
    driver.input([&] { driver.world.findRun("default", "w", {})->priority = {}; });
    QVERIFY(driver.run("w").startedEvent().has_priority());
    driver.stopAndStart();
    QVERIFY(!driver.run("w").priority.edited());
}

void StoreTest::skippedTimeSurvives() {
    server::WorldOptions options;
    options.limits.workflowTimeSkipping = true;
    KeptDriver driver(options);
    auto skips = Driver::startRequest("skips");
    skips.mutable_time_skipping_config()->set_enabled(true);
    auto* forward = skips.mutable_time_skipping_config()->mutable_fast_forward_config();
    forward->set_id("forward");
    payload::toProto(24h, forward->mutable_duration());
    QVERIFY(!driver.start(skips)->failed());
    QVERIFY(!driver.complete(driver.task(), {Driver::timer("t", 1h)})->failed());
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QCOMPARE(driver.differences(), QString());
    const server::Run& skipped = driver.run("skips");
    QVERIFY(skipped.timeSkipping && skipped.timeSkipping->config && skipped.timeSkipping->fastForward);
    QVERIFY(skipped.skipped > 0s);
}

void StoreTest::runsOfAChainSurvive() {
    KeptDriver driver;
    auto cron = Driver::startRequest("cron");
    cron.set_cron_schedule("* * * * *");
    const std::string first = driver.start(cron)->as<test::api::StartWorkflowExecutionResponse>().run_id();
    driver.pass(60s);
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QCOMPARE(driver.differences(), QString());
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 1h)});
    test::api::ResetWorkflowExecutionRequest reset;
    reset.set_namespace_("default");
    reset.mutable_workflow_execution()->set_workflow_id("w");
    reset.set_reason("because");
    reset.set_workflow_task_finish_event_id(4);
    reset.set_request_id("reset");
    QVERIFY(!driver.call("ResetWorkflowExecution", reset)->failed());
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QCOMPARE(driver.differences(), QString());
    const server::Run* ended = driver.world.findRun(first);
    QVERIFY(ended != nullptr && ended->keptUntil && ended->superseded && !ended->nextRunId.empty());
    QCOMPARE(driver.run("cron").runId, ended->nextRunId);
    QCOMPARE(*driver.run("cron").cron, std::string("* * * * *"));
    QVERIFY(driver.run("cron").firstTask.has_value());
    QVERIFY(driver.run("w").resets.edited() && driver.run("w").resets->copiedEvents > 0);
}

/// They say nothing of it, so it is what the run was started with.
void StoreTest::priorityOfOlderFiles() {
    KeptDriver driver;
    auto request = Driver::startRequest("w");
    request.mutable_priority()->set_priority_key(3);
    driver.start(request);
    for (auto& [key, record] : driver.disk.rows) {
        if (key.kind != server::RowKind::RunFixed) continue;
        // Field 16, of two bytes.
        const size_t at = record.find(std::string("\x82\x01\x02\x08\x03", 5));
        QVERIFY(at != std::string::npos);
        record.erase(at, 5);
    }
    driver.stopAndStart();
    QCOMPARE(driver.run("w").priority->priority_key(), 3);
}

void StoreTest::namespacesSurvive() {
    KeptDriver driver;
    test::api::RegisterNamespaceRequest request;
    request.set_namespace_("other");
    request.set_description("for tests");
    request.set_owner_email("a@b");
    (*request.mutable_data())["k"] = "v";
    payload::toProto(48h, request.mutable_workflow_execution_retention_period());
    driver.call("RegisterNamespace", request);
    temporal::api::operatorservice::v1::AddSearchAttributesRequest add;
    add.set_namespace_("other");
    (*add.mutable_search_attributes())["Step"] = test::enums::INDEXED_VALUE_TYPE_INT;
    driver.call("AddSearchAttributes", add, "temporal.api.operatorservice.v1.OperatorService");
    const std::string id = driver.world.namespaceOf("other").id;
    driver.stopAndStart();
    const auto& kept = driver.world.namespaceOf("other");
    QCOMPARE(kept.id, id);
    QCOMPARE(kept.data.at("k"), std::string("v"));
    QVERIFY(kept.retention == 48h && kept.searchAttributes.contains("Step"));

    // What the options name is there as well, under ids that nothing else has.
    server::WorldOptions options;
    options.namespaces = {"default", "third"};
    options.searchAttributes["Given"] = int(test::enums::INDEXED_VALUE_TYPE_INT);
    server::World world(options);
    const test::KeptWorld loaded(world, driver.disk, driver.wall);
    std::set<std::string> ids;
    for (const auto& [name, known] : world.namespaces()) ids.insert(known.id);
    QCOMPARE(world.namespaces().size(), size_t(3));
    QCOMPARE(ids.size(), size_t(3));
    QCOMPARE(world.namespaceOf("default").id, driver.world.namespaceOf("default").id);
    for (const char* name : {"default", "third"}) QVERIFY(world.namespaceOf(name).searchAttributes.contains("Given"));
}

void StoreTest::attributesKeepTheirTypes() {
    server::WorldOptions options;
    options.searchAttributes["Foo"] = int(test::enums::INDEXED_VALUE_TYPE_INT);
    KeptDriver driver(options);
    driver.input([&] {
        driver.world.changeNamespace("default").searchAttributes["Foo"] = int(test::enums::INDEXED_VALUE_TYPE_INT);
    });
    options.searchAttributes["Foo"] = int(test::enums::INDEXED_VALUE_TYPE_KEYWORD);
    server::World world(options);
    try {
        const test::KeptWorld loaded(world, driver.disk, driver.wall);
        QFAIL("the file has another type");
    } catch (const base::Error& error) {
        QCOMPARE(error.code(), base::ErrorCode::InvalidArgument);
        QCOMPARE(QString(error.what()),
                 QStringLiteral("The search attribute Foo cannot be of type Keyword: in the file it "
                                "is of type Int in namespace default."));
    }
}

void StoreTest::clockSurvives_data() {
    QTest::addColumn<int>("mode");
    for (int mode = 0; mode <= int(server::ClockMode::Automatic); ++mode) QTest::addRow("%d", mode) << mode;
}

void StoreTest::clockSurvives() {
    QFETCH(int, mode);
    KeptDriver driver;
    driver.start("w");
    driver.input([&] {
        auto& world = driver.world;
        world.clock.skip(world.now + 1000s);
        switch (server::ClockMode(mode)) {
            case server::ClockMode::Real: return world.clock.resume(world.wall);
            case server::ClockMode::Paused: return world.clock.pause(world.wall);
            case server::ClockMode::Step: return world.clock.step();
            case server::ClockMode::RunTo: return world.clock.runTo({"w", {}, "TimerFired", 7});
            case server::ClockMode::Skip: return;
            case server::ClockMode::Automatic: return world.clock.automatic(world.wall);
        }
    });
    QCOMPARE(driver.differences(), QString());
    const auto before = driver.world.now;
    driver.stopAndStart(10s);
    QCOMPARE(int(driver.world.clock.mode()), mode);
    const bool stands = server::ClockMode(mode) == server::ClockMode::Paused;
    QVERIFY(driver.world.now == (stands ? before : before + 10s));
}

void StoreTest::timeNeverGoesBack() {
    KeptDriver driver;
    driver.input([&] { driver.world.clock.skip(driver.world.now + 1h); });
    driver.start("w");
    const auto before = driver.world.now;
    // The machine's clock was set back meanwhile.
    driver.stopAndStart(-24h);
    QVERIFY(driver.world.now == before);
    driver.pass(5s);
    QVERIFY(driver.world.now == before + 5s);
    QCOMPARE(driver.differences(), QString());
}

void StoreTest::tokensStayGood() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a")});
    const auto activity = driver.activity();
    driver.signal("w");
    const auto task = driver.task();
    driver.stopAndStart();
    QVERIFY(!driver.completeActivity(activity)->failed());
    QVERIFY(!driver.complete(task)->failed());
    QVERIFY(driver.completeActivity(activity)->failed());
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    QVERIFY(!driver.run("w").open());
    QCOMPARE(driver.differences(), QString());
}

void StoreTest::tasksAreHandedOutAgain() {
    KeptDriver driver;
    for (const char* id : {"first", "second", "third"}) driver.start(id);
    driver.complete(driver.task(), {Driver::schedule("a"), Driver::schedule("b")});
    driver.stopAndStart();
    // In the order in which they came.
    QCOMPARE(driver.activity().activity_id(), std::string("a"));
    QCOMPARE(driver.activity().activity_id(), std::string("b"));
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("second"));
    QCOMPARE(driver.task().workflow_execution().workflow_id(), std::string("third"));
    QVERIFY(!driver.poll()->answered());
}

void StoreTest::timersFireInTime() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 60s)});
    driver.pass(20s);
    driver.stopAndStart(30s);
    QVERIFY(!driver.history("w").contains("TimerFired"));
    driver.pass(9s);
    QVERIFY(!driver.history("w").contains("TimerFired"));
    driver.pass(1s);
    QVERIFY(driver.history("w").contains("TimerFired"));
    // One that fell due while nobody served fires at once.
    driver.start("late");
    driver.task();
    driver.complete(driver.task(), {Driver::timer("t", 5s)});
    driver.stopAndStart(10s);
    QVERIFY(driver.history("late").contains("TimerFired"));
}

void StoreTest::timeOutsRunOn() {
    KeptDriver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(60s, request.mutable_workflow_run_timeout());
    driver.start(request);
    driver.complete(driver.task(), {Driver::schedule("a", 20s)});
    driver.activity();
    driver.stopAndStart(15s);
    QCOMPARE(driver.run("w").activities.at(5).phase, server::ActivityPhase::Started);
    driver.pass(5s);
    QCOMPARE(driver.run("w").activities.at(5).phase, server::ActivityPhase::Backoff);
    QCOMPARE(driver.run("w").activities.at(5).lastFailure->message(), std::string("activity StartToClose timeout"));
    driver.stopAndStart(1s);
    QCOMPARE(driver.activity().attempt(), 2);
    driver.stopAndStart(40s);
    QVERIFY(driver.history("w").endsWith("WorkflowExecutionTimedOut"));
}

void StoreTest::updatesGoOn() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task());
    update(driver, "w", "u");
    driver.stopAndStart();
    // The caller asks again and joins what he began.
    const Kept again = update(driver, "w", "u");
    const auto task = driver.task();
    QCOMPARE(task.messages_size(), 1);
    auto completion = Driver::completion(task);
    accept(task, &completion);
    driver.call("RespondWorkflowTaskCompleted", completion);
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QVERIFY(!again->answered());
    QCOMPARE(driver.run("w").updates.at("u").stage, server::UpdateStage::Accepted);
    driver.signal("w");
    auto last = Driver::completion(driver.task());
    auto* outcome = last.add_messages();
    outcome->set_protocol_instance_id("u");
    outcome->set_id("u/2");
    temporal::api::update::v1::Response response;
    *response.mutable_outcome()->mutable_success() = payloads("done");
    outcome->mutable_body()->PackFrom(response);
    driver.call("RespondWorkflowTaskCompleted", last);
    driver.stopAndStart();
    const Kept known = update(driver, "w", "u");
    QCOMPARE(known->as<test::api::UpdateWorkflowExecutionResponse>().outcome().success().payloads(0).data(),
             std::string("done"));
}

/// A reset makes a run that waits for much before its first own event.
void StoreTest::resetRunsKeepWhatTheyWaitFor() {
    KeptDriver driver;
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("t", 1h), Driver::schedule("a", 60s), childCommand("child")});
    const Kept caller = update(driver, "w", "u");
    const auto asked = driver.task();
    auto acceptance = Driver::completion(asked, {});
    accept(asked, &acceptance);
    driver.call("RespondWorkflowTaskCompleted", acceptance);
    driver.signal("w", "request");
    driver.complete(driver.task());
    const int64_t last = driver.run("w").lastStartedId + 1;
    const std::string runId = test::reset(driver, test::resetRequest(last));
    const auto waits = [&driver] {
        const auto& run = driver.run("w");
        return QStringLiteral("%1 timers, %2 activities, %3 children, %4 updates, %5 requests")
            .arg(run.timers.size())
            .arg(run.activities.size())
            .arg(run.children.size())
            .arg(run.updates.size())
            .arg(run.signalRequests.size());
    };
    QCOMPARE(driver.run("w").runId, runId);
    const QString before = waits();
    QVERIFY2(before.startsWith("1 timers, 1 activities, 1 children, 1 updates"), qPrintable(before));
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart();
    QCOMPARE(waits(), before);
    driver.pass(2h);
    QVERIFY(driver.history("w").contains("TimerFired"));
}

void StoreTest::bufferedEventsCome() {
    KeptDriver driver;
    driver.start("w");
    const auto task = driver.task();
    driver.signal("w");
    driver.signal("w");
    driver.stopAndStart();
    driver.complete(task);
    QCOMPARE(driver.history("w").count("WorkflowExecutionSignaled"), 2);
    QCOMPARE(driver.differences(), QString());
}

void StoreTest::requestIdsAreKnown() {
    KeptDriver driver;
    const std::string runId = driver.start("w");
    driver.signal("w", "once");
    driver.stopAndStart();
    QCOMPARE(driver.start("w"), runId);
    driver.signal("w", "once");
    QCOMPARE(driver.history("w").count("WorkflowExecutionSignaled"), 1);
}

void StoreTest::sleepersTakeTheirLocksBack() {
    server::WorldOptions options;
    options.testService = true;
    KeptDriver driver(options);
    namespace test_api = temporal::api::testservice::v1;
    test_api::SleepRequest sleep;
    payload::toProto(1h, sleep.mutable_duration());
    driver.call("LockTimeSkipping", test_api::LockTimeSkippingRequest(), kTestService);
    driver.call("UnlockTimeSkippingWithSleep", sleep, kTestService);
    QCOMPARE(driver.world.clientLocks, int64_t(1));
    QCOMPARE(driver.differences(), QString());
    driver.stopAndStart(30min);
    QCOMPARE(driver.world.clientLocks, int64_t(1));
    driver.pass(30min);
    QCOMPARE(driver.world.clientLocks, int64_t(2));
    QVERIFY(driver.world.sleepers.empty());
}

void StoreTest::locksEndWithTheTestService_data() {
    QTest::addColumn<bool>("unlocked");
    QTest::newRow("locked") << false;
    QTest::newRow("unlocked") << true;
}

/// Served without it, nobody could ever take a lock back, and time is not to skip by itself.
void StoreTest::locksEndWithTheTestService() {
    QFETCH(bool, unlocked);
    server::WorldOptions options;
    options.testService = true;
    KeptDriver driver(options);
    namespace test_api = temporal::api::testservice::v1;
    test_api::SleepRequest sleep;
    payload::toProto(1h, sleep.mutable_duration());
    driver.call("LockTimeSkipping", test_api::LockTimeSkippingRequest(), kTestService);
    driver.call("UnlockTimeSkippingWithSleep", sleep, kTestService);
    if (unlocked) driver.call("UnlockTimeSkipping", test_api::UnlockTimeSkippingRequest(), kTestService);
    driver.start("w");
    server::World plain{server::WorldOptions()};
    const test::KeptWorld loaded(plain, driver.disk, driver.wall);
    QCOMPARE(plain.clientLocks, int64_t(0));
    QVERIFY(plain.sleepers.empty());
    QCOMPARE(int(plain.clock.mode()), int(server::ClockMode::Real));
    // It was somebody's wish.
    driver.input([&] { driver.world.clock.pause(driver.wall); });
    server::World paused{server::WorldOptions()};
    const test::KeptWorld again(paused, driver.disk, driver.wall);
    QCOMPARE(int(paused.clock.mode()), int(server::ClockMode::Paused));
}

void StoreTest::whatIsOnlyReadIsNotWritten() {
    KeptDriver driver;
    driver.start("w");
    QVERIFY(driver.last.has_value());
    test::api::DescribeWorkflowExecutionRequest describe;
    describe.set_namespace_("default");
    describe.mutable_execution()->set_workflow_id("w");
    driver.call("DescribeWorkflowExecution", describe);
    QVERIFY(!driver.last.has_value());
    driver.pass(1s);
    QVERIFY(!driver.last.has_value());
    driver.call("GetWorkflowExecutionHistory", test::api::GetWorkflowExecutionHistoryRequest());
    QVERIFY(!driver.last.has_value());
}

void StoreTest::manyThingsCostNoMoreThanFew() {
    KeptDriver driver;
    driver.start("w");
    std::vector<test::Command> commands;
    for (int i = 0; i < 1000; ++i) commands.push_back(Driver::schedule("a" + std::to_string(i), 1h));
    for (int i = 0; i < 1000; ++i) commands.push_back(Driver::timer("t" + std::to_string(i), 10h));
    driver.complete(driver.task(), std::move(commands));
    QCOMPARE(rowsOf(*driver.last, server::RowKind::Activity), 1000);
    const auto activity = driver.activity();
    QCOMPARE(rowsOf(*driver.last, server::RowKind::Activity), 1);
    for (int i = 0; i < 3; ++i) {
        driver.signal("w", std::to_string(i));
        QVERIFY(driver.last->rows.size() <= 4);
    }
    driver.completeActivity(activity);
    QVERIFY(driver.last->rows.size() <= 4);
    driver.pass(10h);
    QCOMPARE(rowsOf(*driver.last, server::RowKind::Timer), 1000);
    QCOMPARE(driver.differences(), QString());
}

void StoreTest::missingRowsAreNoticed() {
    KeptDriver driver;
    driver.start("w");
    const test::Rows whole = driver.disk;
    const auto refused = [&](const test::Rows& rows) {
        test::Rows copy = rows;
        server::World world{server::WorldOptions()};
        try {
            const test::KeptWorld loaded(world, copy, driver.wall);
        } catch (const base::Error& error) {
            return error.code() == base::ErrorCode::Unreadable;
        }
        return false;
    };
    QVERIFY(!refused(whole));
    for (const auto& [key, record] : whole.rows) {
        test::Rows less = whole;
        less.rows.erase(key);
        QVERIFY(refused(less));
        test::Rows broken = whole;
        broken.rows[key] = "\xff\xff";
        QVERIFY(refused(broken));
    }
    test::Rows less = whole;
    less.events.clear();
    QVERIFY(refused(less));
}

QTEST_GUILESS_MAIN(StoreTest)
#include "store_test.moc"
