// SPDX-License-Identifier: MIT
// Each limit at its edge: what is still taken, and what is not. Most are made small here, for speed; that the usual
// ones are Temporal's is one of the tests.
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
namespace api = test::api;
using test::Command;
using test::Driver;
namespace enums = test::enums;

namespace {

server::WorldOptions with(void (*set)(server::Limits&)) {
    server::WorldOptions options;
    set(options.limits);
    return options;
}

api::SignalWorkflowExecutionRequest signal(size_t bytes = 0) {
    api::SignalWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.set_signal_name("approve");
    if (bytes > 0) request.mutable_input()->add_payloads()->set_data(std::string(bytes, 'x'));
    return request;
}

test::Kept sendSignal(Driver& driver, size_t bytes = 0) {
    return driver.call("SignalWorkflowExecution", signal(bytes));
}

Command marker(size_t bytes) {
    Command command;
    command.set_command_type(enums::COMMAND_TYPE_RECORD_MARKER);
    auto* attributes = command.mutable_record_marker_command_attributes();
    attributes->set_marker_name("m");
    (*attributes->mutable_details())["d"].add_payloads()->set_data(std::string(bytes, 'x'));
    return command;
}

Command external(bool cancels) {
    Command command;
    if (cancels) {
        command.set_command_type(enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION);
        command.mutable_request_cancel_external_workflow_execution_command_attributes()->set_workflow_id("nobody");
    } else {
        command.set_command_type(enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION);
        auto* attributes = command.mutable_signal_external_workflow_execution_command_attributes();
        attributes->mutable_execution()->set_workflow_id("nobody");
        attributes->set_signal_name("go");
    }
    return command;
}

test::Kept update(Driver& driver, const std::string& id, size_t bytes = 0) {
    api::UpdateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_request()->mutable_meta()->set_update_id(id);
    request.mutable_request()->mutable_input()->set_name("approve");
    if (bytes > 0)
        request.mutable_request()->mutable_input()->mutable_args()->add_payloads()->set_data(std::string(bytes, 'x'));
    return driver.call("UpdateWorkflowExecution", request);
}

/// Starts "w" and does these commands in its first task; gives why the task failed, or nothing.
std::string troubleOf(Driver& driver, std::vector<Command> commands) {
    driver.start("w");
    const auto call = driver.complete(driver.task(), std::move(commands));
    return call->failed() ? call->message() : std::string();
}

enums::WorkflowTaskFailedCause causeOf(Driver& driver) {
    for (const auto& event : driver.events("w")) {
        if (event.has_workflow_task_failed_event_attributes()) {
            return event.workflow_task_failed_event_attributes().cause();
        }
    }
    return enums::WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED;
}

std::string endOf(Driver& driver) {
    return driver.events("w").back().workflow_execution_terminated_event_attributes().reason();
}

}  // namespace

class LimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void areThoseOfTemporalsServer();
    void historyEvents();
    void historyEventsOfOneTask();
    void historySize();
    void mutableState();
    void mutableStateOfHeartbeats();
    void pendingActivities();
    void pendingChildren();
    void pendingExternals_data();
    void pendingExternals();
    void signals_();
    void updates();
    void updatesInFlight();
    void updatePayloads();
    void bufferedEvents();
    void bufferedSize();
    void blobsOfRequests();
    void blobsOfCommands();
    void memos();
    void ids_data();
    void ids();
    void searchAttributes();
    void links();
    void linksAreKept();
    void userMetadataIsKept();
    void eventGroupsAreKept();
    void prioritiesAreHandedOn();
    void conflictAttaches();
};

void LimitsTest::areThoseOfTemporalsServer() {
    const server::Limits usual;
    QCOMPARE(usual.historyEvents, int64_t(51'200));
    QCOMPARE(usual.historySize, size_t(50 * 1024 * 1024));
    QCOMPARE(usual.suggestContinueEvents, int64_t(4096));
    QCOMPARE(usual.suggestContinueSize, size_t(4 * 1024 * 1024));
    QCOMPARE(usual.mutableStateSize, size_t(8 * 1024 * 1024));
    QCOMPARE(usual.pendingActivities, size_t(2000));
    QCOMPARE(usual.pendingChildren, size_t(2000));
    QCOMPARE(usual.pendingSignals, size_t(2000));
    QCOMPARE(usual.pendingCancels, size_t(2000));
    QCOMPARE(usual.signals, int64_t(10'000));
    QCOMPARE(usual.updates, size_t(2000));
    QCOMPARE(usual.updatesInFlight, size_t(10));
    QCOMPARE(usual.updatesInFlightSize, size_t(20 * 1024 * 1024));
    QCOMPARE(usual.bufferedEvents, size_t(100));
    QCOMPARE(usual.bufferedEventsSize, size_t(2 * 1024 * 1024));
    QCOMPARE(usual.blobSize, size_t(2 * 1024 * 1024));
    QCOMPARE(usual.memoSize, size_t(2 * 1024 * 1024));
    QCOMPARE(usual.searchAttributes, size_t(100));
    QCOMPARE(usual.searchAttributeSize, size_t(2048));
    QCOMPARE(usual.searchAttributesSize, size_t(40 * 1024));
    QCOMPARE(usual.storedFailureSize, size_t(4096));
    QCOMPARE(usual.skipsPerSession, int32_t(200));
}

void LimitsTest::historyEvents() {
    Driver driver(with([](server::Limits& limits) { limits.historyEvents = 10; }));
    driver.start("w");
    for (int i = 0; i < 8; ++i) QVERIFY(!sendSignal(driver)->failed());
    QCOMPARE(driver.run("w").log.lastId(), int64_t(10));
    const auto refused = sendSignal(driver);
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(refused->message(), std::string("Workflow history count exceeds limit."));
    QCOMPARE(driver.run("w").status, enums::WORKFLOW_EXECUTION_STATUS_TERMINATED);
    QCOMPARE(driver.run("w").log.lastId(), int64_t(11));
    QCOMPARE(endOf(driver), std::string("Workflow history count exceeds limit."));
    QCOMPARE(sendSignal(driver)->code(), base::ErrorCode::NotFound);
}

void LimitsTest::historyEventsOfOneTask() {
    for (const int timers : {6, 7}) {
        Driver driver(with([](server::Limits& limits) { limits.historyEvents = 10; }));
        std::vector<Command> commands;
        for (int i = 0; i < timers; ++i) commands.push_back(Driver::timer(std::to_string(i), 1h));
        const std::string trouble = troubleOf(driver, std::move(commands));
        QCOMPARE(driver.run("w").open(), timers == 6);
        QCOMPARE(trouble.empty(), timers == 6);
        if (timers == 7) QVERIFY(driver.history("w").endsWith(QLatin1String("Failed WorkflowExecutionTerminated")));
    }
}

void LimitsTest::historySize() {
    Driver driver(with([](server::Limits& limits) { limits.historySize = 10'000; }));
    driver.start("w");
    QVERIFY(!sendSignal(driver, 5'000)->failed());
    QVERIFY(driver.run("w").open());
    QVERIFY(!sendSignal(driver, 5'000)->failed());
    QVERIFY(!driver.run("w").open());
    QCOMPARE(endOf(driver), std::string("Workflow history size exceeds limit."));
}

void LimitsTest::mutableState() {
    for (const size_t bytes : {40'000, 60'000}) {
        Driver driver(with([](server::Limits& limits) { limits.mutableStateSize = 50'000; }));
        driver.start("w");
        Command command = Driver::schedule("a");
        command.mutable_schedule_activity_task_command_attributes()->mutable_input()->add_payloads()->set_data(
            std::string(bytes, 'x'));
        driver.complete(driver.task(), {command});
        QCOMPARE(driver.run("w").open(), bytes == 40'000);
        if (bytes != 40'000) QCOMPARE(endOf(driver), std::string("Workflow mutable state size exceeds limit."));
    }
    // What is in the history alone does not count.
    Driver driver(with([](server::Limits& limits) { limits.mutableStateSize = 50'000; }));
    driver.start("w");
    for (int i = 0; i < 5; ++i) sendSignal(driver, 40'000);
    QVERIFY(driver.run("w").open());
}

void LimitsTest::mutableStateOfHeartbeats() {
    Driver driver(with([](server::Limits& limits) { limits.mutableStateSize = 50'000; }));
    driver.start("w");
    Command command = Driver::schedule("a");
    driver.complete(driver.task(), {command});
    const auto task = driver.activity();
    api::RecordActivityTaskHeartbeatRequest request;
    request.set_task_token(task.task_token());
    request.mutable_details()->add_payloads()->set_data(std::string(60'000, 'x'));
    driver.call("RecordActivityTaskHeartbeat", request);
    // Found with the next thing that happens to the run.
    sendSignal(driver);
    QVERIFY(!driver.run("w").open());
    QCOMPARE(endOf(driver), std::string("Workflow mutable state size exceeds limit."));
}

void LimitsTest::pendingActivities() {
    for (const int count : {3, 4}) {
        Driver driver(with([](server::Limits& limits) { limits.pendingActivities = 3; }));
        std::vector<Command> commands;
        for (int i = 0; i < count; ++i) commands.push_back(Driver::schedule(std::to_string(i)));
        const std::string trouble = troubleOf(driver, std::move(commands));
        QCOMPARE(trouble, count == 3 ? std::string()
                                     : std::string("PendingActivitiesLimitExceeded: the number of pending activities, "
                                                   "3, has reached the per-workflow limit of 3"));
        if (count == 4) QCOMPARE(causeOf(driver), enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED);
    }
}

void LimitsTest::pendingChildren() {
    for (const int count : {3, 4}) {
        Driver driver(with([](server::Limits& limits) { limits.pendingChildren = 3; }));
        std::vector<Command> commands;
        for (int i = 0; i < count; ++i) commands.push_back(Driver::child(std::to_string(i)));
        QCOMPARE(troubleOf(driver, std::move(commands)).empty(), count == 3);
        if (count == 4) {
            QCOMPARE(causeOf(driver), enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED);
        }
    }
}

void LimitsTest::pendingExternals_data() {
    QTest::addColumn<bool>("cancels");
    QTest::addColumn<int>("cause");
    QTest::newRow("signals") << false << int(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED);
    QTest::newRow("cancels") << true << int(enums::WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED);
}

void LimitsTest::pendingExternals() {
    QFETCH(bool, cancels);
    QFETCH(int, cause);
    for (const size_t count : {3, 4}) {
        Driver driver(with([](server::Limits& limits) { limits.pendingSignals = limits.pendingCancels = 3; }));
        QCOMPARE(troubleOf(driver, std::vector<Command>(count, external(cancels))).empty(), count == 3);
        if (count == 4) QCOMPARE(int(causeOf(driver)), cause);
    }
}

void LimitsTest::signals_() {
    Driver driver(with([](server::Limits& limits) { limits.signals = 3; }));
    driver.start("w");
    for (int i = 0; i < 3; ++i) QVERIFY(!sendSignal(driver)->failed());
    const auto refused = sendSignal(driver);
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(refused->message(), std::string("exceeded workflow execution limit for signal events"));
    QVERIFY(driver.run("w").open());
}

void LimitsTest::updates() {
    Driver driver(with([](server::Limits& limits) { limits.updates = 3, limits.updatesInFlight = 0; }));
    driver.start("w");
    for (int i = 0; i < 3; ++i) QVERIFY(!update(driver, std::to_string(i))->failed());
    const auto refused = update(driver, "more");
    QCOMPARE(refused->code(), base::ErrorCode::FailedPrecondition);
    QVERIFY(
        refused->message().starts_with("The limit on the total number of distinct updates in this workflow has been "
                                       "reached (3)."));
    // One that is known already takes no more room.
    QVERIFY(!update(driver, "1")->failed());
}

void LimitsTest::updatesInFlight() {
    Driver driver;
    driver.start("w");
    for (int i = 0; i < 10; ++i) QVERIFY(!update(driver, std::to_string(i))->failed());
    const auto refused = update(driver, "more");
    QCOMPARE(refused->code(), base::ErrorCode::ResourceExhausted);
    QCOMPARE(refused->message(), std::string("limit on number of concurrent in-flight updates has been reached (10)"));
}

void LimitsTest::updatePayloads() {
    Driver driver(with([](server::Limits& limits) { limits.updatesInFlightSize = 10'000; }));
    driver.start("w");
    QVERIFY(!update(driver, "1", 5'000)->failed());
    const auto refused = update(driver, "2", 5'000);
    QCOMPARE(refused->code(), base::ErrorCode::ResourceExhausted);
    QCOMPARE(refused->message(),
             std::string("limit on total payload size of in-flight updates has been reached (10000 bytes)"));
    QVERIFY(!update(driver, "3", 1'000)->failed());
}

void LimitsTest::bufferedEvents() {
    Driver driver(with([](server::Limits& limits) { limits.bufferedEvents = 3; }));
    driver.start("w");
    driver.task();
    for (int i = 0; i < 3; ++i) sendSignal(driver);
    QVERIFY(driver.run("w").taskStarted());
    sendSignal(driver);
    QVERIFY(!driver.run("w").taskStarted());
    QCOMPARE(causeOf(driver), enums::WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND);
    QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowExecutionSignaled WorkflowTaskScheduled")));
}

void LimitsTest::bufferedSize() {
    Driver driver(with([](server::Limits& limits) { limits.bufferedEventsSize = 10'000; }));
    driver.start("w");
    driver.task();
    sendSignal(driver, 9'000);
    QVERIFY(driver.run("w").taskStarted());
    sendSignal(driver, 1'000);
    QVERIFY(!driver.run("w").taskStarted());
}

void LimitsTest::blobsOfRequests() {
    Driver driver;
    auto start = Driver::startRequest("w");
    auto* payload = start.mutable_input()->add_payloads();
    // Two levels of a field's tag and length stand around the data.
    payload->set_data(std::string(2 * 1024 * 1024 - 8, 'x'));
    QCOMPARE(start.input().ByteSizeLong(), size_t(2 * 1024 * 1024));
    QVERIFY(!driver.start(start)->failed());
    payload->mutable_data()->push_back('x');
    start.set_workflow_id("other");
    QCOMPARE(driver.start(start)->message(), std::string("Blob data size exceeds limit."));
    QVERIFY(!sendSignal(driver, 2 * 1024 * 1024 - 8)->failed());
    QCOMPARE(sendSignal(driver, 2 * 1024 * 1024 - 7)->code(), base::ErrorCode::InvalidArgument);
}

void LimitsTest::blobsOfCommands() {
    for (const size_t bytes : {9'000, 11'000}) {
        Driver driver(with([](server::Limits& limits) { limits.blobSize = 10'000; }));
        const std::string trouble = troubleOf(driver, {marker(bytes)});
        QCOMPARE(driver.run("w").open(), bytes == 9'000);
        if (bytes == 9'000) continue;
        QCOMPARE(trouble, std::string("BadRecordMarkerAttributes: RecordMarkerCommandAttributes.Details exceeds size "
                                      "limit."));
        QCOMPARE(endOf(driver), trouble);
    }
}

void LimitsTest::memos() {
    for (const size_t bytes : {9'000, 11'000}) {
        Driver driver(with([](server::Limits& limits) { limits.memoSize = 10'000; }));
        auto start = Driver::startRequest("w");
        (*start.mutable_memo()->mutable_fields())["m"].set_data(std::string(bytes, 'x'));
        const auto call = driver.start(start);
        QCOMPARE(call->failed(), bytes != 9'000);
        if (call->failed()) QCOMPARE(call->message(), std::string("Memo size exceeds limit."));
        if (call->failed()) continue;
        // What a workflow adds counts together with what is there.
        Command more;
        more.set_command_type(enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES);
        auto* memo = more.mutable_modify_workflow_properties_command_attributes()->mutable_upserted_memo();
        (*memo->mutable_fields())["n"].set_data(std::string(2'000, 'x'));
        driver.complete(driver.task(), {more});
        QVERIFY(!driver.run("w").open());
        QVERIFY(endOf(driver).ends_with("ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit."));
    }
}

void LimitsTest::ids_data() {
    QTest::addColumn<int>("which");
    QTest::newRow("workflow id") << 0;
    QTest::newRow("workflow type") << 1;
    QTest::newRow("task queue") << 2;
    QTest::newRow("request id") << 3;
}

void LimitsTest::ids() {
    QFETCH(int, which);
    for (const size_t length : {1000, 1001}) {
        Driver driver;
        auto start = Driver::startRequest("w");
        const std::string id(length, 'x');
        if (which == 0) start.set_workflow_id(id);
        if (which == 1) start.mutable_workflow_type()->set_name(id);
        if (which == 2) start.mutable_task_queue()->set_name(id);
        if (which == 3) start.set_request_id(id);
        const auto call = driver.start(start);
        QCOMPARE(call->failed(), length == 1001);
        if (call->failed()) QCOMPARE(call->code(), base::ErrorCode::InvalidArgument);
    }
}

void LimitsTest::searchAttributes() {
    const auto started = [](size_t bytes) {
        Driver driver;
        driver.world.changeNamespace("default").searchAttributes["Note"] = enums::INDEXED_VALUE_TYPE_TEXT;
        auto start = Driver::startRequest("w");
        auto& value = (*start.mutable_search_attributes()->mutable_indexed_fields())["Note"];
        (*value.mutable_metadata())["encoding"] = "json/plain";
        value.set_data("\"" + std::string(bytes - 2, 'x') + "\"");
        return driver.start(start)->message();
    };
    QCOMPARE(started(2048), std::string());
    QCOMPARE(started(2049), std::string("search attribute Note value size 2049 exceeds size limit 2048"));
}

void LimitsTest::links() {
    const auto signalled = [](int count, size_t idLength) {
        Driver driver;
        driver.start("w");
        auto request = signal();
        for (int i = 0; i < count; ++i) {
            auto* event = request.add_links()->mutable_workflow_event();
            event->set_namespace_("default");
            event->set_workflow_id(std::string(idLength, 'x'));
            event->set_run_id("4b5cc0b5-5f57-4d6e-a6f9-0b5a9a6b2f11");
        }
        return driver.call("SignalWorkflowExecution", request)->message();
    };
    QCOMPARE(signalled(10, 10), std::string());
    QCOMPARE(signalled(11, 10), std::string("cannot attach more than 10 links per request, got 11"));
    QVERIFY(signalled(1, 3'900).empty());
    QVERIFY(signalled(1, 4'000).starts_with("link exceeds allowed size of 4000, got "));
}

void LimitsTest::linksAreKept() {
    Driver driver;
    auto start = Driver::startRequest("w");
    start.mutable_retry_policy()->set_maximum_attempts(2);
    const auto link = [](auto& request, const char* id) {
        auto* event = request.add_links()->mutable_workflow_event();
        event->set_namespace_("default");
        event->set_workflow_id(id);
        event->set_run_id("4b5cc0b5-5f57-4d6e-a6f9-0b5a9a6b2f11");
    };
    link(start, "starter");
    const auto answer = driver.start(start)->as<api::StartWorkflowExecutionResponse>();
    QCOMPARE(answer.link().workflow_event().run_id(), answer.run_id());
    QCOMPARE(answer.link().workflow_event().event_ref().event_id(), int64_t(1));
    const auto linked = [&driver](const std::string& runId, size_t event) {
        const auto events = driver.events("w", runId);
        return events[event].links_size() == 1 ? events[event].links(0).workflow_event().workflow_id() : "";
    };
    QCOMPARE(linked(answer.run_id(), 0), std::string("starter"));
    auto request = signal();
    link(request, "signaller");
    driver.call("SignalWorkflowExecution", request);
    QCOMPARE(linked(answer.run_id(), 2), std::string("signaller"));
    // The next runs of the chain have the first one's.
    Command fail;
    fail.set_command_type(enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    fail.mutable_fail_workflow_execution_command_attributes()->mutable_failure()->set_message("no");
    driver.complete(driver.task(), {fail});
    QCOMPARE(linked({}, 0), std::string("starter"));
    api::TerminateWorkflowExecutionRequest terminate;
    terminate.set_namespace_("default");
    terminate.mutable_workflow_execution()->set_workflow_id("w");
    link(terminate, "terminator");
    driver.call("TerminateWorkflowExecution", terminate);
    QCOMPARE(linked({}, 1), std::string("terminator"));
}

void LimitsTest::userMetadataIsKept() {
    Driver driver;
    auto start = Driver::startRequest("w");
    start.mutable_user_metadata()->mutable_summary()->set_data("\"order\"");
    driver.start(start);
    QCOMPARE(driver.events("w")[0].user_metadata().summary().data(), std::string("\"order\""));
    std::vector<Command> commands = {Driver::schedule("a"), Driver::timer("t", 1h), Driver::child("c"), marker(1)};
    for (Command& command : commands) command.mutable_user_metadata()->mutable_details()->set_data("\"why\"");
    driver.complete(driver.task(), std::move(commands));
    const auto events = driver.events("w");
    for (size_t i = 4; i < 8; ++i) QCOMPARE(events[i].user_metadata().details().data(), std::string("\"why\""));
    QCOMPARE(driver.events("c")[0].user_metadata().details().data(), std::string("\"why\""));
}

void LimitsTest::eventGroupsAreKept() {
    Driver driver;
    driver.start("w");
    std::vector<Command> commands = {Driver::schedule("a"),     Driver::timer("t", 1h), Driver::child("c"),
                                     external(false),           external(true),         marker(1),
                                     Driver::completeWorkflow()};
    for (Command& command : commands) command.add_event_group_markers()->mutable_label();
    driver.complete(driver.task(), commands);
    const auto events = driver.events("w");
    for (size_t i = 4; i < 11; ++i) {
        QVERIFY2(events[i].event_group_markers_size() == 1, qPrintable(Driver::eventName(events[i])));
    }
}

void LimitsTest::prioritiesAreHandedOn() {
    Driver driver;
    auto start = Driver::startRequest("w");
    start.mutable_priority()->set_priority_key(2);
    start.mutable_priority()->set_fairness_key("red");
    driver.start(start);
    Command own = Driver::child("c");
    own.mutable_start_child_workflow_execution_command_attributes()->mutable_priority()->set_priority_key(4);
    Command activity = Driver::schedule("a");
    activity.mutable_schedule_activity_task_command_attributes()->mutable_priority()->set_fairness_key("blue");
    driver.complete(driver.task(), {own, Driver::child("d"), activity});
    // Field by field: what the command does not say is the parent's.
    QCOMPARE(driver.run("c").startedEvent().priority().priority_key(), 4);
    QCOMPARE(driver.run("c").startedEvent().priority().fairness_key(), std::string("red"));
    QCOMPARE(driver.run("d").startedEvent().priority().priority_key(), 2);
    const auto task = driver.activity();
    QCOMPARE(task.priority().priority_key(), 2);
    QCOMPARE(task.priority().fairness_key(), std::string("blue"));
}

void LimitsTest::conflictAttaches() {
    Driver driver;
    const std::string runId = driver.start("w");
    auto again = Driver::startRequest("w");
    again.set_request_id("second");
    again.set_workflow_id_conflict_policy(enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    const auto plain = driver.start(again)->as<api::StartWorkflowExecutionResponse>();
    QVERIFY(!plain.started());
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowTaskScheduled"));
    again.mutable_on_conflict_options()->set_attach_request_id(true);
    for (int i = 0; i < 2; ++i) {
        const auto answer = driver.start(again)->as<api::StartWorkflowExecutionResponse>();
        QCOMPARE(answer.run_id(), runId);
        QCOMPARE(answer.link().workflow_event().request_id_ref().request_id(), std::string("second"));
        // The second time it is known already.
        QVERIFY(driver.history("w").endsWith(QLatin1String("WorkflowTaskScheduled WorkflowExecutionOptionsUpdated")));
    }
    QCOMPARE(driver.events("w").back().workflow_execution_options_updated_event_attributes().attached_request_id(),
             std::string("second"));
    QCOMPARE(driver.run("w").attachedRequests.find("second")->second, int64_t(3));
}

QTEST_GUILESS_MAIN(LimitsTest)
#include "limits_test.moc"
