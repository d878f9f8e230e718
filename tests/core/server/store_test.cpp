// SPDX-License-Identifier: MIT
// What a store is given to write, and that it makes the same world again.
#include <QTest>

#include "tests/core/server/kept_driver.h"

#ifndef Q_MOC_RUN
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::childCommand;
using test::Driver;
using test::Kept;
using test::KeptDriver;
using test::payloads;
using test::rowsOf;
using test::update;

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
