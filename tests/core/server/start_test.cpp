// SPDX-License-Identifier: MIT
// Starts of an id that is taken, late starts, and the links between callers and events.
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

void addLink(google::protobuf::RepeatedPtrField<temporal::api::common::v1::Link>* links, const std::string& id) {
    auto* event = links->Add()->mutable_workflow_event();
    event->set_namespace_("default");
    event->set_workflow_id(id);
    event->set_run_id("r");
}

std::string linked(const test::HistoryEvent& event) {
    return event.links_size() == 1 ? event.links(0).workflow_event().workflow_id() : std::string();
}

}  // namespace

class StartTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takenIds_data();
    void takenIds();
    void repeatedRequestIsTheSameStart();
    void startDelay();
    void linksStayWithTheirEvents();
    void answersLink();
    void existingRunTellsOfItsCallers();
    void signalWithStartEndsDelay();
    void repeatedEagerStart();
    void eagerStartRepeatedTooLate();
};

void StartTest::takenIds_data() {
    QTest::addColumn<bool>("closed");
    QTest::addColumn<int>("reuse");
    QTest::addColumn<int>("conflict");
    QTest::addColumn<QString>("outcome");
    using namespace temporal::api::enums::v1;
    const auto row = [](const char* name, bool closed, int reuse, int conflict, const char* outcome) {
        QTest::newRow(name) << closed << reuse << conflict << QString::fromUtf8(outcome);
    };
    row("running", false, 0, 0, "refused");
    row("running, use", false, 0, WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, "existing");
    row("running, terminate", false, 0, WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING, "new");
    constexpr int kTerminateIfRunning = 4;  // deprecated, but older SDKs send it
    row("running, terminate (old name)", false, kTerminateIfRunning, 0, "new");
    row("closed", true, 0, 0, "new");
    row("completed, failed only", true, WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, 0, "refused");
    row("closed, reject", true, WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, 0, "refused");
}

void StartTest::takenIds() {
    QFETCH(bool, closed);
    QFETCH(int, reuse);
    QFETCH(int, conflict);
    QFETCH(QString, outcome);
    Driver driver;
    const std::string first = driver.start("w");
    if (closed) driver.complete(driver.task(), {Driver::completeWorkflow()});
    auto request = Driver::startRequest("w");
    request.set_request_id("another");
    request.set_workflow_id_reuse_policy(static_cast<test::enums::WorkflowIdReusePolicy>(reuse));
    request.set_workflow_id_conflict_policy(static_cast<test::enums::WorkflowIdConflictPolicy>(conflict));
    const Kept again = driver.start(request);
    if (outcome == QLatin1String("refused")) {
        QCOMPARE(again->code(), base::ErrorCode::AlreadyExists);
        QCOMPARE(again->detail(), std::string("temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure"));
        return;
    }
    const auto response = again->as<test::api::StartWorkflowExecutionResponse>();
    QCOMPARE(response.run_id() == first, outcome == QLatin1String("existing"));
    QCOMPARE(response.started(), outcome == QLatin1String("new"));
}

void StartTest::repeatedRequestIsTheSameStart() {
    Driver driver;
    QCOMPARE(driver.start("w"), driver.start("w"));
    QCOMPARE(driver.world.runs.size(), size_t(1));
}

void StartTest::startDelay() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(1h, request.mutable_workflow_start_delay());
    driver.start(request);
    driver.signal("w");
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowExecutionSignaled"));
    QVERIFY(!driver.world.held());
    driver.pass(1h);
    QCOMPARE(driver.task().history().events_size(), 4);
}

void StartTest::linksStayWithTheirEvents() {
    Driver driver;
    auto start = Driver::startRequest("w");
    addLink(start.mutable_links(), "from");
    driver.start(start);
    QCOMPARE(linked(driver.events("w").front()), std::string("from"));

    test::api::SignalWorkflowExecutionRequest signal;
    signal.set_namespace_("default");
    signal.mutable_workflow_execution()->set_workflow_id("w");
    signal.set_signal_name("approve");
    signal.set_request_id("s");
    addLink(signal.mutable_links(), "signaller");
    const auto signalled =
        driver.call("SignalWorkflowExecution", signal)->as<test::api::SignalWorkflowExecutionResponse>();
    QCOMPARE(linked(driver.events("w").back()), std::string("signaller"));
    QCOMPARE(signalled.link().workflow_event().request_id_ref().request_id(), std::string("s"));

    test::api::TerminateWorkflowExecutionRequest end;
    end.set_namespace_("default");
    end.mutable_workflow_execution()->set_workflow_id("w");
    addLink(end.mutable_links(), "terminator");
    driver.call("TerminateWorkflowExecution", end);
    QCOMPARE(linked(driver.events("w").back()), std::string("terminator"));
}

void StartTest::answersLink() {
    Driver driver;
    const auto started = driver.start(Driver::startRequest("w"))->as<test::api::StartWorkflowExecutionResponse>();
    const auto& to = started.link().workflow_event();
    QCOMPARE(to.run_id(), started.run_id());
    QCOMPARE(to.event_ref().event_id(), 1);
    QCOMPARE(to.event_ref().event_type(), test::enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    driver.complete(driver.task(), {Driver::timer("day", 24h)});
    const Kept asked = driver.query("w");
    driver.answerQuery(driver.task());
    const auto link = asked->as<test::api::QueryWorkflowResponse>().link();
    QCOMPARE(link.workflow().run_id(), started.run_id());
    QCOMPARE(link.workflow().reason(), std::string("Query processed"));
}

void StartTest::existingRunTellsOfItsCallers() {
    Driver driver;
    driver.start("w");
    auto again = Driver::startRequest("w");
    again.set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    again.set_request_id("second");
    addLink(again.mutable_links(), "from");
    again.mutable_on_conflict_options()->set_attach_request_id(true);
    again.mutable_on_conflict_options()->set_attach_links(true);
    for (int i = 0; i < 2; ++i) {
        const auto met = driver.start(again)->as<test::api::StartWorkflowExecutionResponse>();
        QVERIFY(!met.started());
        QCOMPARE(met.link().workflow_event().request_id_ref().request_id(), std::string("second"));
        QCOMPARE(met.link().workflow_event().request_id_ref().event_type(),
                 test::enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED);
    }
    QCOMPARE(driver.history("w"), QStringLiteral("WorkflowExecutionStarted WorkflowTaskScheduled "
                                                 "WorkflowExecutionOptionsUpdated"));
    const auto updated = driver.events("w").back();
    QCOMPARE(linked(updated), std::string("from"));
    QCOMPARE(updated.workflow_execution_options_updated_event_attributes().attached_request_id(),
             std::string("second"));
    QCOMPARE(driver.run("w").attachedRequests.find("second")->second, 3);

    // While a worker has the task the event waits, and the request is known all the same.
    const auto task = driver.task();
    again.set_request_id("third");
    driver.start(again);
    QCOMPARE(driver.run("w").attachedRequests.find("third")->second, 0);
    driver.complete(task, {Driver::timer("day", 24h)});
    QVERIFY(driver.run("w").attachedRequests.find("third")->second > 3);
}

void StartTest::signalWithStartEndsDelay() {
    Driver driver;
    auto request = Driver::startRequest("w");
    payload::toProto(1h, request.mutable_workflow_start_delay());
    driver.start(request);
    driver.signal("w");
    QVERIFY2(!driver.poll()->answered(), "a signal alone waits");
    test::api::SignalWithStartWorkflowExecutionRequest signal;
    signal.set_namespace_("default");
    signal.set_workflow_id("w");
    signal.mutable_workflow_type()->set_name("Order");
    signal.mutable_task_queue()->set_name("other");
    signal.set_signal_name("approve");
    signal.set_request_id("again");
    driver.call("SignalWithStartWorkflowExecution", signal);
    QCOMPARE(driver.history("w"),
             QStringLiteral("WorkflowExecutionStarted WorkflowExecutionSignaled WorkflowExecutionSignaled "
                            "WorkflowTaskScheduled WorkflowTaskStarted"));
    driver.pass(2h);
    QCOMPARE(driver.history("w").count(QLatin1String("WorkflowTaskScheduled")), 1);
}

void StartTest::repeatedEagerStart() {
    Driver driver;
    auto request = Driver::startRequest("w");
    request.set_request_eager_execution(true);
    const auto first = driver.start(request)->as<test::api::StartWorkflowExecutionResponse>();
    driver.signal("w");
    driver.pass(1s);
    const QString before = driver.history("w");
    const auto again = driver.start(request)->as<test::api::StartWorkflowExecutionResponse>();
    QCOMPARE(again.run_id(), first.run_id());
    QVERIFY(first.has_eager_workflow_task());
    QCOMPARE(again.eager_workflow_task().SerializeAsString(), first.eager_workflow_task().SerializeAsString());
    QCOMPARE(driver.history("w"), before);
    QVERIFY(!driver.complete(again.eager_workflow_task())->failed());
    request.set_request_eager_execution(false);
    QVERIFY(!driver.start(request)->as<test::api::StartWorkflowExecutionResponse>().has_eager_workflow_task());
}

void StartTest::eagerStartRepeatedTooLate() {
    Driver driver;
    auto request = Driver::startRequest("w");
    driver.start(request);
    request.set_request_eager_execution(true);
    const auto repeated = [&] { return driver.start(request)->as<test::api::StartWorkflowExecutionResponse>(); };
    QVERIFY2(!repeated().has_eager_workflow_task(), "nobody has it yet");
    driver.failTask(driver.task());
    driver.task();
    QVERIFY2(!repeated().has_eager_workflow_task(), "it is the second try");
    driver.pass(1min);
    driver.complete(driver.task());
    QVERIFY2(!repeated().has_eager_workflow_task(), "it is done");
}

QTEST_GUILESS_MAIN(StartTest)
#include "start_test.moc"
