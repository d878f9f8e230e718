// SPDX-License-Identifier: MIT
// What a namespace has to be before it is used: registered, but for a test server's.
#include <QTest>

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

QTEST_GUILESS_MAIN(NamespaceTest)
#include "namespace_test.moc"
