// SPDX-License-Identifier: MIT
#include "core/workflow/other_workflows.h"

#include <QTest>

#include "core/workflow/composition.h"
#include "tests/core/workflow/driver.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::Driver;
using test::text;
using workflow::ChildWorkflowOptions;
using workflow::Task;
namespace job = definition::job;

namespace {

constexpr definition::Workflow<int(std::string)> kShip{"ship"};
constexpr definition::Signal<int> kHurry{"hurry"};

class Parent {
public:
    Task<std::string> run(std::string how) {
        if (how == "random id")
            co_return std::to_string(co_await workflow::execute(kShip, ChildWorkflowOptions(), "x"));
        if (how == "external") {
            const workflow::ExternalWorkflow other("far");
            co_await other.signal(kHurry, 3);
            co_await other.cancel("enough");
            co_return "told";
        }
        const auto child = co_await workflow::startChild(kShip, ChildWorkflowOptions().id("ship-1"), "x");
        co_await child.signal(kHurry, 2);
        co_return child.runId() + "/" + std::to_string(co_await child.result());
    }
};

workflow::WorkflowRegistry registry() {
    workflow::WorkflowRegistry all;
    all.add(workflow::define<Parent>("parent").run(&Parent::run));
    return all;
}

}  // namespace

class OtherWorkflowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void childFromStartToResult();
    void childWhoseIdIsTaken();
    void cancellationReachesTheChild();
    void idsFollowFromTheSeed();
    void externalWorkflow();
    void externalWorkflowIsGone();
};

void OtherWorkflowsTest::childFromStartToResult() {
    const auto all = registry();
    Driver run(all, "parent", "child");
    QCOMPARE(text(run.begin()), QString("StartChild 1 ship-1 ship(\"x\")"));
    QCOMPARE(text(run.run({job::ResolveChildWorkflowStart{1, job::ChildStarted{"run-9"}}})),
             QString("Signal 1 child ship-1 hurry(2)"));
    QCOMPARE(text(run.run({job::ResolveSignalExternal{1, std::nullopt}})), QString());
    const auto result = payload::defaultConverter().toPayload(7);
    QCOMPARE(text(run.run({job::ResolveChildWorkflow{1, definition::Completed{result}}})),
             QString("Complete \"run-9/7\""));
}

void OtherWorkflowsTest::childWhoseIdIsTaken() {
    const auto all = registry();
    Driver run(all, "parent", "child");
    run.begin();
    QCOMPARE(
        text(run.run({job::ResolveChildWorkflowStart{1, job::ChildStartFailed{"ship-1", "ship", true}}})),
        QString("Fail Child workflow 'ship-1' could not be started <- WorkflowAlreadyStarted: A workflow with the id "
                "'ship-1' exists already"));
}

void OtherWorkflowsTest::cancellationReachesTheChild() {
    const auto all = registry();
    Driver run(all, "parent", "child");
    run.begin();
    QCOMPARE(text(run.cancel("late")), QString("CancelChild 1 late"));
    payload::FailureData failure;
    failure.message = "cancelled";
    failure.kind = payload::ChildWorkflowFailureData();
    failure.cause = std::make_shared<const payload::FailureData>(payload::CancelledFailure().data());
    QCOMPARE(text(run.run({job::ResolveChildWorkflowStart{1, definition::Cancelled{failure}}})), QString("Cancel"));
}

void OtherWorkflowsTest::idsFollowFromTheSeed() {
    const auto all = registry();
    Driver run(all, "parent", "random id");
    Driver again(all, "parent", "random id");
    const std::string first = run.begin();
    QVERIFY2(text(first).startsWith("StartChild 1 b358faf7-4ef9-465a-875c-3d964f482cd2 ship"), first.c_str());
    QCOMPARE(text(again.begin()), text(first));
}

void OtherWorkflowsTest::externalWorkflow() {
    const auto all = registry();
    Driver run(all, "parent", "external");
    QCOMPARE(text(run.begin()), QString("Signal 1 external far hurry(3)"));
    QCOMPARE(text(run.run({job::ResolveSignalExternal{1, std::nullopt}})), QString("CancelExternal 1 far enough"));
    QCOMPARE(text(run.run({job::ResolveRequestCancelExternal{1, std::nullopt}})), QString("Complete \"told\""));
}

void OtherWorkflowsTest::externalWorkflowIsGone() {
    const auto all = registry();
    Driver run(all, "parent", "external");
    run.begin();
    const auto failure = payload::ApplicationFailure("not found", "Gone").data();
    QCOMPARE(text(run.run({job::ResolveSignalExternal{1, failure}})), QString("Fail Gone: not found"));
}

QTEST_GUILESS_MAIN(OtherWorkflowsTest)
#include "other_workflows_test.moc"
