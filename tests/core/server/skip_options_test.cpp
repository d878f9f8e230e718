// SPDX-License-Identifier: MIT
// What the history says of a run whose own time is changed, and of one that is left alone.
#include <QTest>

#include "tests/core/server/reset_helpers.h"
#include "tests/core/server/skip_helpers.h"

using namespace orrery;
using namespace orrery::test;

namespace {

/// The last event of that kind.
auto lastOptions(Driver& driver, const std::string& runId = {}) {
    temporal::api::history::v1::WorkflowExecutionOptionsUpdatedEventAttributes found;
    for (const HistoryEvent& event : driver.events("w", runId)) {
        if (event.has_workflow_execution_options_updated_event_attributes()) {
            found = event.workflow_execution_options_updated_event_attributes();
        }
    }
    return found;
}

Kept updatePriority(Driver& driver, int key) {
    api::UpdateWorkflowExecutionOptionsRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.mutable_workflow_execution_options()->mutable_priority()->set_priority_key(key);
    request.mutable_update_mask()->add_paths("priority");
    return driver.call("UpdateWorkflowExecutionOptions", request);
}

bool hasTime(const Kept& answer) { return answer->as<api::UpdateWorkflowExecutionOptionsResponse>().has_update_time(); }

/// Nothing is skipped while somebody works.
Command busy() { return Driver::schedule("a", 1h); }

/// Another start of the same workflow, which its history tells of.
void attach(Driver& driver) {
    auto start = Driver::startRequest("w");
    start.set_request_id("another");
    start.set_workflow_id_conflict_policy(enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
    start.mutable_on_conflict_options()->set_attach_request_id(true);
    driver.start(start);
}

}  // namespace

class SkipOptionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newConfigIsMarked();
    void otherOptionsLeaveForwardAlone();
    void attachedStartLeavesConfigAlone();
    void resetRunTakesConfigOver();
    void resetRunLosesConfig();
};

void SkipOptionsTest::newConfigIsMarked() {
    Driver driver(skipping());
    driver.start("w");
    driver.pass(1h);
    const auto wanted = config();
    const auto answer = update(driver, &wanted)->as<api::UpdateWorkflowExecutionOptionsResponse>();
    QVERIFY(payload::fromProto(answer.update_time()) == driver.world.now);
    QVERIFY(lastOptions(driver).time_skipping_config_updated());
    QVERIFY2(!hasTime(update(driver, &wanted)), "nothing changed");
    QVERIFY(hasTime(update(driver, nullptr)));
    QVERIFY(lastOptions(driver).time_skipping_config_updated());
    QVERIFY(!lastOptions(driver).has_time_skipping_config());
}

void SkipOptionsTest::otherOptionsLeaveForwardAlone() {
    Driver driver(skipping());
    begin(driver, request(config(2h)));
    const auto before = infoOf(driver).fast_forward_info().target_time();
    driver.pass(1h);
    QVERIFY(hasTime(updatePriority(driver, 2)));
    QVERIFY(lastOptions(driver).has_time_skipping_config());
    QVERIFY(!lastOptions(driver).time_skipping_config_updated());
    QVERIFY(payload::fromProto(infoOf(driver).fast_forward_info().target_time()) == payload::fromProto(before));
    // The same config once more is a new fast-forward.
    const auto same = infoOf(driver).effective_config();
    QVERIFY(hasTime(update(driver, &same)));
    QVERIFY(lastOptions(driver).time_skipping_config_updated());
    QVERIFY(payload::fromProto(infoOf(driver).fast_forward_info().target_time()) > payload::fromProto(before));
}

void SkipOptionsTest::attachedStartLeavesConfigAlone() {
    Driver driver(skipping());
    begin(driver, request(config()));
    attach(driver);
    QVERIFY(!lastOptions(driver).has_time_skipping_config());
    QVERIFY(infoOf(driver).effective_config().enabled());
    // A run that is made from this history has it too.
    driver.complete(driver.task(), {busy()});
    reset(driver, resetRequest(5));
    QVERIFY(infoOf(driver).effective_config().enabled());
}

void SkipOptionsTest::resetRunTakesConfigOver() {
    Driver driver(skipping());
    driver.start("w");
    driver.complete(driver.task(), {busy()});
    const auto wanted = config(2h);
    update(driver, &wanted);
    attach(driver);
    const std::string runId = reset(driver, resetRequest(4));
    QVERIFY(lastOptions(driver, runId).attached_request_id() == "another");
    QVERIFY(infoOf(driver, "w", runId).effective_config().enabled());
    QCOMPARE(infoOf(driver, "w", runId).fast_forward_info().fast_forward_id(), std::string("forward"));
}

void SkipOptionsTest::resetRunLosesConfig() {
    Driver driver(skipping());
    begin(driver, request(config()));
    driver.complete(driver.task(), {busy()});
    update(driver, nullptr);
    const std::string runId = reset(driver, resetRequest(4));
    QVERIFY(!infoOf(driver, "w", runId).has_effective_config());
}

QTEST_GUILESS_MAIN(SkipOptionsTest)
#include "skip_options_test.moc"
