// SPDX-License-Identifier: MIT
// What a namespace has to be before it is used: registered, but for a test server's.
#include <QTest>

#ifndef Q_MOC_RUN
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#endif

#include "tests/core/server/driver.h"

using namespace orrery;
namespace api = test::api;
namespace enums = test::enums;
using test::Driver;

namespace {

server::WorldOptions testServer() {
    server::WorldOptions options;
    options.testService = true;
    options.searchAttributes = {{"CustomKeywordField", enums::INDEXED_VALUE_TYPE_KEYWORD}};
    return options;
}

void setAttribute(api::StartWorkflowExecutionRequest* request, const std::string& name) {
    auto& value = (*request->mutable_search_attributes()->mutable_indexed_fields())[name];
    value.set_data("\"blue\"");
    (*value.mutable_metadata())["encoding"] = "json/plain";
}

api::StartWorkflowExecutionRequest startOf(const std::string& ns) {
    auto request = Driver::startRequest("w");
    request.set_namespace_(ns);
    setAttribute(&request, "CustomKeywordField");
    return request;
}

test::Kept describe(Driver& driver, const std::string& ns) {
    api::DescribeNamespaceRequest request;
    request.set_namespace_(ns);
    return driver.call("DescribeNamespace", request);
}

test::Kept registerNamespace(Driver& driver, const std::string& ns) {
    api::RegisterNamespaceRequest request;
    request.set_namespace_(ns);
    request.mutable_workflow_execution_retention_period()->set_seconds(24 * 3600);
    return driver.call("RegisterNamespace", request);
}

}  // namespace

class NamespaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isRegisteredFirst();
    void testServersMakeUpWhatIsAskedFor();
    void testServersMakeUpNoBadNames();
    void testServersKnowTheirAttributesInEachNamespace();
    void listComesInPages();
    void saysWhatItCan();
    void isDeletedWithItsRuns();
    void refusesToDelete_data();
    void refusesToDelete();
};

void NamespaceTest::isRegisteredFirst() {
    Driver driver;
    QCOMPARE(driver.start(startOf("other"))->code(), base::ErrorCode::NotFound);
    QCOMPARE(describe(driver, "other")->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.world.namespaces().size(), size_t(1));
    QVERIFY(!registerNamespace(driver, "other")->failed());
    QVERIFY(!describe(driver, "other")->failed());
    QVERIFY(driver.world.namespaceOf("other").searchAttributes.empty());
}

void NamespaceTest::testServersMakeUpWhatIsAskedFor() {
    Driver driver(testServer());
    const auto started = driver.start(startOf("other"));
    QVERIFY2(!started->failed(), started->message().c_str());
    QVERIFY(driver.world.findRun("other", "w", {}) != nullptr);
    QVERIFY(driver.world.findRun("default", "w", {}) == nullptr);
    const auto described = describe(driver, "third")->as<api::DescribeNamespaceResponse>();
    QCOMPARE(described.namespace_info().name(), std::string("third"));
    QVERIFY(!described.namespace_info().id().empty());
}

void NamespaceTest::testServersMakeUpNoBadNames() {
    Driver driver(testServer());
    QCOMPARE(driver.start(startOf({}))->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(driver.start(startOf(std::string(1001, 'n')))->code(), base::ErrorCode::InvalidArgument);
    api::UpdateNamespaceRequest update;
    update.set_namespace_("other");
    QCOMPARE(driver.call("UpdateNamespace", update)->code(), base::ErrorCode::NotFound);
    QVERIFY(!registerNamespace(driver, "other")->failed());
    QCOMPARE(registerNamespace(driver, "other")->code(), base::ErrorCode::AlreadyExists);
    QCOMPARE(driver.world.namespaces().size(), size_t(2));
}

void NamespaceTest::testServersKnowTheirAttributesInEachNamespace() {
    Driver driver(testServer());
    QVERIFY(!registerNamespace(driver, "registered")->failed());
    const auto started = driver.start(startOf("registered"));
    QVERIFY2(!started->failed(), started->message().c_str());
    auto unknown = startOf("registered");
    unknown.set_workflow_id("unknown");
    setAttribute(&unknown, "Colour");
    QCOMPARE(driver.start(unknown)->code(), base::ErrorCode::InvalidArgument);
}

void NamespaceTest::listComesInPages() {
    Driver driver;
    for (const char* name : {"a", "b", "c", "e"}) registerNamespace(driver, name);
    const auto pages = [&driver](int size) {
        QString names;
        api::ListNamespacesRequest request;
        request.set_page_size(size);
        do {
            const auto page = driver.call("ListNamespaces", request)->as<api::ListNamespacesResponse>();
            for (const auto& each : page.namespaces()) {
                names += QString::fromStdString(each.namespace_info().name()) + QLatin1Char(' ');
            }
            names += QLatin1Char('|');
            request.set_next_page_token(page.next_page_token());
        } while (!request.next_page_token().empty());
        return names;
    };
    QCOMPARE(pages(0), QStringLiteral("a b c default e |"));
    QCOMPARE(pages(5), QStringLiteral("a b c default e |"));
    QCOMPARE(pages(2), QStringLiteral("a b |c default |e |"));
    QCOMPARE(pages(1), QStringLiteral("a |b |c |default |e |"));
}

void NamespaceTest::saysWhatItCan() {
    Driver driver;
    const auto info = describe(driver, "default")->as<api::DescribeNamespaceResponse>().namespace_info();
    QVERIFY(info.capabilities().poller_autoscaling());
    QVERIFY(!info.capabilities().workflow_task_completion_pagination());
    QCOMPARE(info.limits().workflow_task_completion_size_limit_error(), int64_t(40 * 1024 * 1024));
}

namespace {

test::Kept deleteNamespace(Driver& driver, const std::string& name, const std::string& id = {}) {
    temporal::api::operatorservice::v1::DeleteNamespaceRequest request;
    request.set_namespace_(name);
    request.set_namespace_id(id);
    return driver.call("DeleteNamespace", request, "temporal.api.operatorservice.v1.OperatorService");
}

}  // namespace

void NamespaceTest::isDeletedWithItsRuns() {
    Driver driver;
    registerNamespace(driver, "other");
    const std::string id = driver.world.namespaceOf("other").id;
    driver.start("stays");
    for (const char* workflow : {"a", "b"}) {
        auto request = Driver::startRequest(workflow);
        request.set_namespace_("other");
        request.mutable_task_queue()->set_name("elsewhere");
        QVERIFY(!driver.start(request)->failed());
    }
    api::GetWorkflowExecutionHistoryRequest history;
    history.set_namespace_("other");
    history.mutable_execution()->set_workflow_id("a");
    history.set_wait_new_event(true);
    history.set_history_event_filter_type(enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT);
    const auto waiting = driver.call("GetWorkflowExecutionHistory", history);
    const auto answer =
        deleteNamespace(driver, {}, id)->as<temporal::api::operatorservice::v1::DeleteNamespaceResponse>();
    QCOMPARE(answer.deleted_namespace(), "other-deleted-" + id.substr(0, 5));
    QVERIFY(waiting->as<api::GetWorkflowExecutionHistoryResponse>()
                .history()
                .events(0)
                .has_workflow_execution_terminated_event_attributes());
    QCOMPARE(describe(driver, "other")->code(), base::ErrorCode::NotFound);
    QCOMPARE(driver.world.runs.size(), size_t(1));
    driver.pass(std::chrono::hours(48));
    // Its name is free, and nothing of it is left.
    registerNamespace(driver, "other");
    QVERIFY(driver.world.findRun("other", "a", {}) == nullptr);
    QVERIFY(driver.world.namespaceOf("other").id != id);
}

void NamespaceTest::refusesToDelete_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const int invalid = int(base::ErrorCode::InvalidArgument);
    QTest::newRow("none") << "" << "" << invalid << "namespace or namespace ID is required";
    QTest::newRow("both") << "default" << "x" << invalid << "only one of namespace or namespace ID must be set";
    QTest::newRow("unknown") << "nowhere" << "" << invalid << "namespace nowhere is not found";
    QTest::newRow("unknown id") << "" << "x" << invalid << "namespace x is not found";
    QTest::newRow("system") << "temporal-system" << "" << int(base::ErrorCode::FailedPrecondition)
                            << "unable to delete system namespace";
}

void NamespaceTest::refusesToDelete() {
    QFETCH(QString, name);
    QFETCH(QString, id);
    Driver driver;
    const auto refused = deleteNamespace(driver, name.toStdString(), id.toStdString());
    QTEST(int(refused->code()), "code");
    QTEST(QString::fromStdString(refused->message()), "message");
    QCOMPARE(driver.world.namespaces().size(), size_t(1));
}

QTEST_GUILESS_MAIN(NamespaceTest)
#include "namespace_test.moc"
