// SPDX-License-Identifier: MIT
// Updates whose workflow task does not end as it should.
#include <QTest>

#include "tests/core/server/update_helpers.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

test::api::PollWorkflowTaskQueueResponse askForMoreTime(Driver& driver,
                                                        const test::api::PollWorkflowTaskQueueResponse& task,
                                                        bool wantsNext = true) {
    auto completion = Driver::completion(task);
    completion.set_force_create_new_workflow_task(true);
    completion.set_return_new_workflow_task(wantsNext);
    completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
    const Kept answer = driver.call("RespondWorkflowTaskCompleted", completion);
    return answer->as<test::api::RespondWorkflowTaskCompletedResponse>().workflow_task();
}

Kept completeUpdate(Driver& driver, const test::api::PollWorkflowTaskQueueResponse& task) {
    auto completion = Driver::completion(task);
    test::addOutcome(&completion, "u");
    return driver.call("RespondWorkflowTaskCompleted", completion);
}

/// Of a timer without an id.
test::Command badCommand() { return Driver::timer("", 1s); }

}  // namespace

class UpdateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void heartbeatLeavesUpdateToItsWorker();
    void heartbeatBringsNewUpdates();
    void otherWorkerIsSentItAgain();
    void badCompletionFailsWhatWasSent();
    void badCompletionOfRetry();
    void unhandledCommandFailsWhatWasSent();
    void pagesAreOff();
    void requestIsLookedAt();
    void rejectionBringsItsRequestBack();
};

void UpdateTest::heartbeatLeavesUpdateToItsWorker() {
    Driver driver;
    driver.start("w");
    const Kept asked = test::update(driver, "u");
    const auto first = driver.task();
    QCOMPARE(first.messages_size(), 1);
    const auto second = askForMoreTime(driver, first);
    QVERIFY2(!asked->answered(), "its handler may wait for a local activity");
    QCOMPARE(second.messages_size(), 0);
    const auto third = askForMoreTime(driver, second);
    QVERIFY(!asked->answered());
    completeUpdate(driver, third);
    QVERIFY(asked->as<test::api::UpdateWorkflowExecutionResponse>().outcome().has_success());
}

void UpdateTest::heartbeatBringsNewUpdates() {
    Driver driver;
    driver.start("w");
    const Kept asked = test::update(driver, "u");
    const auto first = driver.task();
    const Kept later = test::update(driver, "later");
    const auto second = askForMoreTime(driver, first);
    QCOMPARE(second.messages_size(), 1);
    QCOMPARE(second.messages(0).protocol_instance_id(), std::string("later"));
    completeUpdate(driver, second);
    QVERIFY(asked->as<test::api::UpdateWorkflowExecutionResponse>().outcome().has_success());
    QVERIFY2(later->as<test::api::UpdateWorkflowExecutionResponse>().outcome().has_failure(), "it was not answered");
}

void UpdateTest::otherWorkerIsSentItAgain() {
    Driver driver;
    driver.start("w");
    const Kept asked = test::update(driver, "u");
    askForMoreTime(driver, driver.task(), false);
    const auto second = driver.task();
    QCOMPARE(second.messages_size(), 1);
    completeUpdate(driver, second);
    QVERIFY(asked->as<test::api::UpdateWorkflowExecutionResponse>().outcome().has_success());
}

void UpdateTest::badCompletionFailsWhatWasSent() {
    Driver driver;
    driver.start("w");
    const Kept sent = test::update(driver, "u");
    const auto task = driver.task();
    const Kept unseen = test::update(driver, "unseen");
    QCOMPARE(driver.complete(task, {badCommand()})->code(), base::ErrorCode::InvalidArgument);
    QCOMPARE(sent->code(), base::ErrorCode::FailedPrecondition);
    QCOMPARE(sent->detail(), std::string("temporal.api.errordetails.v1.WorkflowNotReadyFailure"));
    QCOMPARE(sent->message(), std::string("Unable to perform workflow execution update due to unexpected workflow "
                                          "task failure."));
    QVERIFY(!unseen->answered());
    const auto retry = driver.task();
    QCOMPARE(retry.messages_size(), 1);
    QCOMPARE(retry.messages(0).protocol_instance_id(), std::string("unseen"));
    QCOMPARE(driver.run("w").openUpdates, size_t(1));
}

void UpdateTest::badCompletionOfRetry() {
    Driver driver;
    driver.start("w");
    driver.failTask(driver.task());
    const Kept sent = test::update(driver, "u");
    const auto retry = driver.task();
    QCOMPARE(retry.attempt(), 2);
    QCOMPARE(retry.messages_size(), 1);
    const QString before = driver.history("w");
    driver.complete(retry, {badCommand()});
    QCOMPARE(driver.history("w"), before);
    QCOMPARE(sent->code(), base::ErrorCode::FailedPrecondition);
    QVERIFY2(driver.run("w").taskStarted(), "it is left to time out");
}

void UpdateTest::unhandledCommandFailsWhatWasSent() {
    Driver driver;
    driver.start("w");
    const Kept sent = test::update(driver, "u");
    const auto task = driver.task();
    driver.signal("w");
    driver.complete(task, {Driver::completeWorkflow()});
    QCOMPARE(sent->code(), base::ErrorCode::FailedPrecondition);
    QCOMPARE(driver.task().messages_size(), 0);
}

void UpdateTest::pagesAreOff() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    auto page = Driver::completion(task);
    page.set_intermediate_page(true);
    const Kept first = driver.call("RespondWorkflowTaskCompleted", page);
    QCOMPARE(first->code(), base::ErrorCode::FailedPrecondition);
    QCOMPARE(first->message(),
             std::string("workflow task completion pagination is disabled for this namespace default"));
    page.set_intermediate_page(false);
    page.set_page_number(1);
    QCOMPARE(driver.call("RespondWorkflowTaskCompleted", page)->code(), base::ErrorCode::FailedPrecondition);
    QVERIFY(!driver.complete(task)->failed());
}

void UpdateTest::requestIsLookedAt() {
    Driver driver;
    driver.start("w");
    auto request = test::updateRequest("u");
    auto linked = request;
    linked.mutable_request()->add_links()->mutable_workflow_event()->set_namespace_("default");
    QCOMPARE(driver.call("UpdateWorkflowExecution", linked)->message(),
             std::string("workflow event link must not have an empty workflow ID field"));
    request.mutable_request()->add_completion_callbacks()->mutable_nexus()->set_url("http://localhost/done");
    QCOMPARE(driver.call("UpdateWorkflowExecution", request)->message(),
             std::string("invalid url: url does not match any configured callback address: http://localhost/done"));
    QVERIFY(driver.run("w").updates.empty());
}

/// A worker answers what it was sent by the server before that one was started again.
void UpdateTest::rejectionBringsItsRequestBack() {
    Driver driver;
    driver.start("w");
    const auto task = driver.task();
    temporal::api::update::v1::Rejection rejection;
    rejection.set_rejected_request_message_id("u/request");
    auto completion = Driver::completion(task);
    test::addMessage(&completion, "u", "/reject", rejection);
    QCOMPARE(driver.call("RespondWorkflowTaskCompleted", completion)->code(), base::ErrorCode::InvalidArgument);
    const auto again = driver.task();
    completion = Driver::completion(again);
    rejection.mutable_rejected_request()->mutable_meta()->set_update_id("u");
    test::addMessage(&completion, "u", "/reject", rejection);
    QVERIFY(!driver.call("RespondWorkflowTaskCompleted", completion)->failed());
    QVERIFY(driver.run("w").updates.empty());
    QCOMPARE(driver.run("w").openUpdates, size_t(0));
}

QTEST_GUILESS_MAIN(UpdateTest)
#include "update_test.moc"
