// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

class WorkerRegistryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whoSpokeIsListed();
    void silentOnesAreForgotten();
    void whoShutsDownIsForgotten();
    void tooManyMakeRoom();
    void namespacesAreApart();
    void pages();
    void filters_data();
    void filters();
    void refusals_data();
    void refusals();
    void systemWorkersOnlyWhereAskedFor();
    void namespaceSaysSo();
};

namespace {

using Heartbeat = temporal::api::worker::v1::WorkerHeartbeat;

Heartbeat heartbeat(const std::string& key, const std::string& queue = "queue") {
    Heartbeat beat;
    beat.set_worker_instance_key(key);
    beat.set_worker_identity("me@" + key);
    beat.mutable_host_info()->set_host_name("host");
    beat.mutable_host_info()->set_process_id("17");
    beat.set_task_queue(queue);
    beat.set_sdk_name("temporal-python");
    beat.set_sdk_version("1.35.0");
    beat.set_status(test::enums::WORKER_STATUS_RUNNING);
    payload::toProto(*base::parseTimestamp("2026-03-12T08:00:00Z"), beat.mutable_start_time());
    return beat;
}

test::Kept say(Driver& driver, const std::vector<Heartbeat>& beats, const std::string& ns = "default") {
    test::api::RecordWorkerHeartbeatRequest request;
    request.set_namespace_(ns);
    for (const auto& beat : beats) *request.add_worker_heartbeat() = beat;
    return driver.call("RecordWorkerHeartbeat", request);
}

test::Kept list(Driver& driver, const std::string& query, int size = 0, const std::string& token = {},
                const std::string& ns = "default") {
    test::api::ListWorkersRequest request;
    request.set_namespace_(ns);
    request.set_query(query);
    request.set_page_size(size);
    request.set_next_page_token(token);
    return driver.call("ListWorkers", request);
}

QString keys(Driver& driver, const std::string& query = {}, const std::string& ns = "default") {
    QStringList found;
    const auto response = list(driver, query, 0, {}, ns)->as<test::api::ListWorkersResponse>();
    for (const auto& worker : response.workers()) found << QString::fromStdString(worker.worker_instance_key());
    return found.join(QLatin1Char(' '));
}

int64_t count(Driver& driver, const std::string& query) {
    test::api::CountWorkersRequest request;
    request.set_namespace_("default");
    request.set_query(query);
    return driver.call("CountWorkers", request)->as<test::api::CountWorkersResponse>().count();
}

test::Kept describe(Driver& driver, const std::string& key, const std::string& ns = "default") {
    test::api::DescribeWorkerRequest request;
    request.set_namespace_(ns);
    request.set_worker_instance_key(key);
    return driver.call("DescribeWorker", request);
}

}  // namespace

void WorkerRegistryTest::whoSpokeIsListed() {
    Driver driver;
    QCOMPARE(keys(driver), QString());
    QCOMPARE(describe(driver, "a")->detail(), std::string("temporal.api.errordetails.v1.NamespaceNotFoundFailure"));
    say(driver, {heartbeat("b"), heartbeat("a")});
    const auto response = list(driver, "")->as<test::api::ListWorkersResponse>();
    QCOMPARE(response.workers_size(), 2);
    QCOMPARE(response.workers_info_size(), 2);
    QCOMPARE(response.workers(0).worker_instance_key(), std::string("a"));
    QCOMPARE(response.workers(0).host_name(), std::string("host"));
    QCOMPARE(response.workers(0).process_id(), std::string("17"));
    QCOMPARE(response.workers_info(0).worker_heartbeat().sdk_version(), std::string("1.35.0"));
    auto newer = heartbeat("a");
    newer.set_sdk_version("2");
    say(driver, {newer});
    const auto described = describe(driver, "a")->as<test::api::DescribeWorkerResponse>();
    QCOMPARE(described.worker_info().worker_heartbeat().sdk_version(), std::string("2"));
    QCOMPARE(count(driver, ""), 2);
    const auto unknown = describe(driver, "c");
    QCOMPARE(unknown->code(), base::ErrorCode::NotFound);
    QCOMPARE(unknown->message(), std::string("Worker c not found"));
}

void WorkerRegistryTest::silentOnesAreForgotten() {
    Driver driver;
    say(driver, {heartbeat("a"), heartbeat("b")});
    driver.pass(4min);
    say(driver, {heartbeat("a")});
    driver.pass(1min);
    QCOMPARE(keys(driver), QStringLiteral("a b"));
    driver.pass(1ns);
    QCOMPARE(keys(driver), QStringLiteral("a"));
    driver.pass(4min);
    QCOMPARE(keys(driver), QString());
    QCOMPARE(driver.world.workers.size(), size_t(0));
}

void WorkerRegistryTest::whoShutsDownIsForgotten() {
    Driver driver;
    say(driver, {heartbeat("a"), heartbeat("b")});
    auto last = heartbeat("a");
    last.set_status(test::enums::WORKER_STATUS_SHUTDOWN);
    say(driver, {last});
    QCOMPARE(keys(driver), QStringLiteral("b"));
    test::api::ShutdownWorkerRequest shutdown;
    shutdown.set_namespace_("default");
    *shutdown.mutable_worker_heartbeat() = heartbeat("b");
    shutdown.mutable_worker_heartbeat()->set_status(test::enums::WORKER_STATUS_SHUTDOWN);
    driver.call("ShutdownWorker", shutdown);
    QCOMPARE(keys(driver), QString());
    QCOMPARE(describe(driver, "b")->message(), std::string("Worker b not found"));
}

void WorkerRegistryTest::tooManyMakeRoom() {
    Driver driver;
    driver.world.workers.setLimit(2);
    say(driver, {heartbeat("a"), heartbeat("b"), heartbeat("c")});
    QCOMPARE(keys(driver), QStringLiteral("a b c"));
    driver.pass(1min + 1s);
    say(driver, {heartbeat("a")});
    QCOMPARE(keys(driver), QStringLiteral("a c"));
}

void WorkerRegistryTest::namespacesAreApart() {
    Driver driver;
    test::api::RegisterNamespaceRequest request;
    request.set_namespace_("other");
    payload::toProto(base::Duration(24h), request.mutable_workflow_execution_retention_period());
    driver.call("RegisterNamespace", request);
    say(driver, {heartbeat("a")}, "other");
    QCOMPARE(keys(driver), QString());
    QCOMPARE(keys(driver, {}, "other"), QStringLiteral("a"));
    driver.input([&] { driver.world.removeNamespace("other"); });
    QCOMPARE(driver.world.workers.size(), size_t(0));
    QCOMPARE(say(driver, {heartbeat("a")}, "other")->code(), base::ErrorCode::NotFound);
    QCOMPARE(list(driver, "", 0, {}, "other")->code(), base::ErrorCode::NotFound);
}

void WorkerRegistryTest::pages() {
    Driver driver;
    say(driver, {heartbeat("a"), heartbeat("b"), heartbeat("c"), heartbeat("d"), heartbeat("e")});
    std::string token;
    QStringList found;
    int pageCount = 0;
    do {
        const auto page = list(driver, "WorkerInstanceKey != 'c'", 2, token)->as<test::api::ListWorkersResponse>();
        for (const auto& worker : page.workers()) found << QString::fromStdString(worker.worker_instance_key());
        token = page.next_page_token();
        ++pageCount;
    } while (!token.empty() && pageCount < 10);
    QCOMPARE(found.join(' '), QStringLiteral("a b d e"));
    QCOMPARE(pageCount, 2);
    QCOMPARE(list(driver, "", 2, "nonsense")->message(), std::string("invalid next_page_token"));
}

void WorkerRegistryTest::filters_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("found");
    const auto row = [](const char* query, const char* found) {
        QTest::newRow(query) << QString::fromUtf8(query) << QString::fromUtf8(found);
    };
    row("TaskQueue = 'queue'", "a b");
    row("TaskQueue != 'queue'", "c");
    row("TaskQueue starts_with 'qu'", "a b");
    row("TaskQueue not starts_with 'qu'", "c");
    row("WorkerIdentity = 'me@b' or WorkerInstanceKey = 'c'", "b c");
    row("(SdkName = 'temporal-python' and TaskQueue = 'queue') and WorkerInstanceKey != 'a'", "b");
    row("HostName = 'host' and SdkVersion = '1.35.0'", "a b c");
    row("BuildId = 'build' and DeploymentName = 'shop'", "c");
    row("BuildId is null", "a b");
    row("BuildId is not null", "c");
    row("WorkerStatus = 'ShuttingDown'", "b");
    row("Status = 'Running'", "a c");
    row("StartTime > '2026-03-12T07:00:00Z'", "a b");
    row("StartTime between '2026-03-12T08:00:00Z' and '2026-03-12T08:00:00Z'", "a b");
    row("StartTime not between '2026-03-12T09:00:00Z' and '2026-03-12T10:00:00Z'", "a b");
    row("StartTime is null", "c");
    row("HeartbeatTime is not null", "");
    // What cannot be asked is true of nobody.
    row("StartTime > 'yesterday'", "");
    row("Colour = 'red'", "");
    row("TaskQueue > 'a'", "");
    row("not TaskQueue = 'queue'", "");
    row("TaskQueue = ''", "");
    row("TaskQueue = 'queue' or Colour = 'red'", "a b");
}

void WorkerRegistryTest::filters() {
    QFETCH(QString, query);
    Driver driver;
    auto stopping = heartbeat("b");
    stopping.set_status(test::enums::WORKER_STATUS_SHUTTING_DOWN);
    auto other = heartbeat("c", "other");
    other.clear_start_time();
    other.mutable_deployment_version()->set_build_id("build");
    other.mutable_deployment_version()->set_deployment_name("shop");
    say(driver, {heartbeat("a"), stopping, other});
    QTEST(keys(driver, query.toStdString()), "found");
    QCOMPARE(count(driver, query.toStdString()),
             int64_t(keys(driver, query.toStdString()).split(' ', Qt::SkipEmptyParts).size()));
}

void WorkerRegistryTest::refusals_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("beginning");
    QTest::newRow("broken") << "(((" << "malformed query: syntax error";
    QTest::newRow("blank") << " " << "malformed query: syntax error";
    QTest::newRow("limit") << "TaskQueue = 'a' limit 3" << "operation is not supported: 'limit' clause";
    QTest::newRow("statement") << "where TaskQueue = 'a'" << "invalid filter: where TaskQueue = 'a'";
}

void WorkerRegistryTest::refusals() {
    QFETCH(QString, query);
    QFETCH(QString, beginning);
    Driver driver;
    const auto refused = list(driver, query.toStdString());
    QVERIFY(refused->failed());
    QVERIFY2(QString::fromStdString(refused->message()).startsWith(beginning), refused->message().c_str());
}

void WorkerRegistryTest::systemWorkersOnlyWhereAskedFor() {
    Driver driver;
    say(driver, {heartbeat("a"), heartbeat("system", "temporal-sys-per-ns-tq")});
    QCOMPARE(keys(driver), QStringLiteral("a"));
    test::api::CountWorkersRequest request;
    request.set_namespace_("default");
    request.set_include_system_workers(true);
    QCOMPARE(driver.call("CountWorkers", request)->as<test::api::CountWorkersResponse>().count(), int64_t(2));
}

void WorkerRegistryTest::namespaceSaysSo() {
    Driver driver;
    test::api::DescribeNamespaceRequest request;
    request.set_namespace_("default");
    const auto described = driver.call("DescribeNamespace", request)->as<test::api::DescribeNamespaceResponse>();
    QVERIFY(described.namespace_info().capabilities().worker_heartbeats());
}

QTEST_GUILESS_MAIN(WorkerRegistryTest)
#include "worker_registry_test.moc"
