// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

class QueueCallsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unusedQueue();
    void pollersAreKnownForAWhile();
    void pollersSayWhatTheyAre();
    void backlogIsCounted();
    void backlogIsToldByPriority();
    void ratesAreThoseOfTheLastHalfMinute();
    void statusCountsTheBacklog();
    void versions();
    void refusals_data();
    void refusals();
    void partitions();
    void workerThatShutsDownIsNotShown();
};

namespace {

using Request = test::api::DescribeTaskQueueRequest;
using Response = test::api::DescribeTaskQueueResponse;

Request about(const std::string& name = "queue") {
    Request request;
    request.set_namespace_("default");
    request.mutable_task_queue()->set_name(name);
    return request;
}

Request stats() {
    Request request = about();
    request.set_report_stats(true);
    return request;
}

Response describe(Driver& driver, const Request& request) {
    return driver.call("DescribeTaskQueue", request)->as<Response>();
}

}  // namespace

void QueueCallsTest::unusedQueue() {
    Driver driver;
    const auto response = describe(driver, stats());
    QCOMPARE(response.pollers_size(), 0);
    QCOMPARE(response.versioning_info().current_version(), std::string("__unversioned__"));
    QCOMPARE(response.effective_rate_limit().rate_limit_source(), test::enums::RATE_LIMIT_SOURCE_SYSTEM);
    QVERIFY(response.stats().has_approximate_backlog_age());
    QCOMPARE(response.stats().approximate_backlog_count(), int64_t(0));
    QCOMPARE(response.stats_by_priority_key().size(), size_t(1));
    QVERIFY(!response.has_task_queue_status());
    // Asking does not bring it into being.
    QVERIFY(driver.world.matching.find("default", server::QueueType::Workflow, "queue") == nullptr);
}

void QueueCallsTest::pollersAreKnownForAWhile() {
    Driver driver;
    driver.poll();
    const auto seen = describe(driver, about());
    QCOMPARE(seen.pollers_size(), 1);
    QCOMPARE(seen.pollers(0).identity(), std::string("worker"));
    QCOMPARE(seen.pollers(0).rate_per_second(), 100'000.0);
    auto activities = about();
    activities.set_task_queue_type(test::enums::TASK_QUEUE_TYPE_ACTIVITY);
    QCOMPARE(describe(driver, activities).pollers_size(), 0);
    driver.pass(5min);
    QCOMPARE(describe(driver, about()).pollers_size(), 1);
    driver.pass(1s);
    QCOMPARE(describe(driver, about()).pollers_size(), 0);
}

void QueueCallsTest::pollersSayWhatTheyAre() {
    Driver driver;
    test::api::PollActivityTaskQueueRequest poll;
    poll.set_namespace_("default");
    poll.set_identity("slow");
    poll.mutable_task_queue()->set_name("queue");
    poll.mutable_task_queue_metadata()->mutable_max_tasks_per_second()->set_value(2.5);
    poll.mutable_worker_version_capabilities()->set_build_id("one");
    poll.mutable_deployment_options()->set_deployment_name("shop");
    driver.call("PollActivityTaskQueue", poll);
    auto request = about();
    request.set_task_queue_type(test::enums::TASK_QUEUE_TYPE_ACTIVITY);
    const auto poller = describe(driver, request).pollers(0);
    QCOMPARE(poller.rate_per_second(), 2.5);
    QCOMPARE(poller.worker_version_capabilities().build_id(), std::string("one"));
    QCOMPARE(poller.deployment_options().deployment_name(), std::string("shop"));
    QCOMPARE(poller.identity(), std::string("slow"));
}

void QueueCallsTest::backlogIsCounted() {
    Driver driver;
    driver.start("a");
    driver.pass(7s);
    driver.start("b");
    auto response = describe(driver, stats());
    QCOMPARE(response.stats().approximate_backlog_count(), int64_t(2));
    QCOMPARE(payload::fromProto(response.stats().approximate_backlog_age()), base::Duration(7s));
    driver.task();
    response = describe(driver, stats());
    QCOMPARE(response.stats().approximate_backlog_count(), int64_t(1));
    QCOMPARE(payload::fromProto(response.stats().approximate_backlog_age()), base::Duration(0s));
}

void QueueCallsTest::backlogIsToldByPriority() {
    Driver driver;
    driver.start("plain");
    auto urgent = Driver::startRequest("urgent");
    urgent.mutable_priority()->set_priority_key(1);
    driver.start(urgent);
    const auto response = describe(driver, stats());
    QCOMPARE(response.stats_by_priority_key().size(), size_t(2));
    QCOMPARE(response.stats_by_priority_key().at(1).approximate_backlog_count(), int64_t(1));
    QCOMPARE(response.stats_by_priority_key().at(3).approximate_backlog_count(), int64_t(1));
    QCOMPARE(response.stats().approximate_backlog_count(), int64_t(2));
}

void QueueCallsTest::ratesAreThoseOfTheLastHalfMinute() {
    Driver driver;
    for (int i = 0; i < 30; ++i) {
        driver.start("w" + std::to_string(i));
        if (i % 2 == 0) driver.complete(driver.task());
        driver.pass(1s);
    }
    auto measured = describe(driver, stats()).stats();
    QCOMPARE(measured.tasks_add_rate(), 1.0F);
    QCOMPARE(measured.tasks_dispatch_rate(), 0.5F);
    // A poller that waits takes what comes at once; that counts as well.
    driver.pass(1min);
    measured = describe(driver, stats()).stats();
    QCOMPARE(measured.tasks_add_rate(), 0.0F);
    QCOMPARE(measured.tasks_dispatch_rate(), 0.0F);
    driver.poll("other");
    auto elsewhere = Driver::startRequest("elsewhere");
    elsewhere.mutable_task_queue()->set_name("other");
    driver.start(elsewhere);
    driver.pass(2s);
    auto request = stats();
    request.mutable_task_queue()->set_name("other");
    measured = describe(driver, request).stats();
    QCOMPARE(measured.tasks_add_rate(), 0.5F);
    QCOMPARE(measured.tasks_dispatch_rate(), 0.5F);
    QCOMPARE(measured.approximate_backlog_count(), int64_t(0));
}

void QueueCallsTest::statusCountsTheBacklog() {
    Driver driver;
    driver.start("a");
    driver.start("b");
    auto request = about();
    request.set_include_task_queue_status(true);
    const auto response = describe(driver, request);
    QCOMPARE(response.task_queue_status().backlog_count_hint(), int64_t(2));
    QVERIFY(!response.has_stats());
}

void QueueCallsTest::versions() {
    Driver driver;
    driver.start("a");
    driver.pollActivity();
    auto request = about();
    request.set_api_mode(test::enums::DESCRIBE_TASK_QUEUE_MODE_ENHANCED);
    request.set_report_stats(true);
    request.set_report_pollers(true);
    request.set_report_task_reachability(true);
    auto response = describe(driver, request);
    QCOMPARE(response.versions_info().size(), size_t(1));
    const auto& all = response.versions_info().at("");
    QCOMPARE(all.task_reachability(), test::enums::BUILD_ID_TASK_REACHABILITY_REACHABLE);
    QCOMPARE(all.types_info().size(), size_t(2));
    QCOMPARE(all.types_info().at(1).stats().approximate_backlog_count(), int64_t(1));
    QCOMPARE(all.types_info().at(1).pollers_size(), 0);
    QCOMPARE(all.types_info().at(2).pollers_size(), 1);
    request.mutable_versions()->add_build_ids("one");
    request.add_task_queue_types(test::enums::TASK_QUEUE_TYPE_NEXUS);
    response = describe(driver, request);
    QCOMPARE(response.versions_info().size(), size_t(1));
    QCOMPARE(response.versions_info().at("one").task_reachability(),
             test::enums::BUILD_ID_TASK_REACHABILITY_UNREACHABLE);
    QVERIFY(response.versions_info().at("one").types_info().contains(3));
    request.mutable_versions()->clear_build_ids();
    QCOMPARE(describe(driver, request).versions_info().size(), size_t(0));
}

void QueueCallsTest::refusals_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("sticky");
    QTest::addColumn<bool>("enhanced");
    QTest::addColumn<int>("builds");
    QTest::addColumn<QString>("message");
    QTest::newRow("no name") << "" << false << false << 0 << "missing task queue name";
    QTest::newRow("stats of a sticky queue")
        << "s" << true << false << 0 << "DescribeTaskQueue stats are only supported for the root partition";
    QTest::newRow("stats of a partition")
        << "/_sys/q/2" << false << false << 0 << "DescribeTaskQueue stats are only supported for the root partition";
    QTest::newRow("versions of a sticky queue")
        << "s" << true << true << 0
        << "Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.";
    QTest::newRow("versions of a partition")
        << "/_sys/q/2" << false << true << 0 << "task queue name cannot start with reserved prefix /_sys/";
    QTest::newRow("builds") << "q" << false << true << 6
                            << "Too many build ids queried at once with ReportTaskReachability==true, limit: 5";
}

void QueueCallsTest::refusals() {
    QFETCH(QString, name);
    QFETCH(bool, sticky);
    QFETCH(bool, enhanced);
    QFETCH(int, builds);
    Driver driver;
    auto request = about(name.toStdString());
    request.set_report_stats(true);
    request.set_report_task_reachability(true);
    if (sticky) request.mutable_task_queue()->set_kind(test::enums::TASK_QUEUE_KIND_STICKY);
    if (enhanced) request.set_api_mode(test::enums::DESCRIBE_TASK_QUEUE_MODE_ENHANCED);
    for (int i = 0; i < builds; ++i) request.mutable_versions()->add_build_ids(std::to_string(i));
    const auto refused = driver.call("DescribeTaskQueue", request);
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QTEST(QString::fromStdString(refused->message()), "message");
}

void QueueCallsTest::partitions() {
    Driver driver;
    test::api::ListTaskQueuePartitionsRequest request;
    request.set_namespace_("default");
    request.mutable_task_queue()->set_name("queue");
    const auto response =
        driver.call("ListTaskQueuePartitions", request)->as<test::api::ListTaskQueuePartitionsResponse>();
    QCOMPARE(response.workflow_task_queue_partitions_size(), 1);
    QCOMPARE(response.activity_task_queue_partitions(0).key(), std::string("queue"));
    QVERIFY(!response.activity_task_queue_partitions(0).owner_host_name().empty());
    request.mutable_task_queue()->set_name("/_sys/queue/1");
    QCOMPARE(driver.call("ListTaskQueuePartitions", request)->message(),
             std::string("task queue name cannot start with reserved prefix /_sys/"));
}

void QueueCallsTest::workerThatShutsDownIsNotShown() {
    Driver driver;
    driver.poll();
    test::api::ShutdownWorkerRequest request;
    request.set_namespace_("default");
    request.set_identity("worker");
    request.set_task_queue("queue");
    request.add_task_queue_types(test::enums::TASK_QUEUE_TYPE_WORKFLOW);
    driver.call("ShutdownWorker", request);
    QCOMPARE(describe(driver, about()).pollers_size(), 1);
    request.set_worker_instance_key("key");
    request.set_identity("another");
    driver.call("ShutdownWorker", request);
    QCOMPARE(describe(driver, about()).pollers_size(), 1);
    request.set_identity("worker");
    driver.call("ShutdownWorker", request);
    QCOMPARE(describe(driver, about()).pollers_size(), 0);
}

QTEST_GUILESS_MAIN(QueueCallsTest)
#include "queue_calls_test.moc"
