// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"
#include "tests/support/kept_world.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

class PriorityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void levels_data();
    void levels();
    void workflowTasksComeByPriority();
    void activitiesComeByPriority();
    void activitiesTakeOverTheirWorkflows();
    void queriesComeBeforeTasksOfTheirPriority();
    void orderSurvivesARestart();
    void goneTasksAreLeftOut();
};

namespace {

void start(Driver& driver, const std::string& id, int priority) {
    auto request = Driver::startRequest(id);
    if (priority != 0) request.mutable_priority()->set_priority_key(priority);
    driver.start(request);
}

test::Command activity(const std::string& id, int priority) {
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    attributes->set_activity_id(id);
    attributes->mutable_activity_type()->set_name("Charge");
    attributes->mutable_task_queue()->set_name("queue");
    payload::toProto(base::Duration(60s), attributes->mutable_start_to_close_timeout());
    if (priority != 0) attributes->mutable_priority()->set_priority_key(priority);
    return command;
}

QStringList workflowsInTurn(Driver& driver, int count) {
    QStringList ids;
    for (int i = 0; i < count; ++i) ids << QString::fromStdString(driver.task().workflow_execution().workflow_id());
    return ids;
}

QStringList activitiesInTurn(Driver& driver, int count) {
    QStringList ids;
    for (int i = 0; i < count; ++i) ids << QString::fromStdString(driver.activity().activity_id());
    return ids;
}

}  // namespace

void PriorityTest::levels_data() {
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("level");
    QTest::newRow("none") << 0 << 3;
    QTest::newRow("first") << 1 << 1;
    QTest::newRow("last") << 5 << 5;
    QTest::newRow("beyond the last") << 6 << 5;
    QTest::newRow("far beyond") << 1'000'000 << 5;
    QTest::newRow("negative") << -1 << 1;
}

void PriorityTest::levels() {
    QFETCH(int, key);
    temporal::api::common::v1::Priority priority;
    priority.set_priority_key(key);
    QTEST(int(server::priorityLevel(priority)), "level");
}

void PriorityTest::workflowTasksComeByPriority() {
    Driver driver;
    const std::vector<std::pair<const char*, int>> started = {{"last", 5},  {"plain", 0},  {"urgent", 1}, {"normal", 3},
                                                              {"first", 1}, {"second", 2}, {"late", 4},   {"later", 9}};
    for (const auto& [id, priority] : started) start(driver, id, priority);
    QCOMPARE(workflowsInTurn(driver, 8).join(' '), QStringLiteral("urgent first second plain normal late last later"));
    QVERIFY(!driver.poll()->answered());
}

void PriorityTest::activitiesComeByPriority() {
    Driver driver;
    driver.start("w");
    driver.complete(driver.task(),
                    {activity("c", 0), activity("e", 5), activity("a", 1), activity("d", 3), activity("b", 2)});
    QCOMPARE(activitiesInTurn(driver, 5).join(' '), QStringLiteral("a b c d e"));
}

void PriorityTest::activitiesTakeOverTheirWorkflows() {
    Driver driver;
    start(driver, "calm", 0);
    driver.complete(driver.task(), {activity("of the calm", 0)});
    start(driver, "urgent", 1);
    driver.complete(driver.task(), {activity("of the urgent", 0), activity("for later", 5)});
    QCOMPARE(activitiesInTurn(driver, 3).join(QLatin1String(", ")),
             QStringLiteral("of the urgent, of the calm, for later"));
}

void PriorityTest::queriesComeBeforeTasksOfTheirPriority() {
    Driver driver;
    driver.start("asked");
    driver.complete(driver.task());
    start(driver, "plain", 0);
    start(driver, "urgent", 1);
    driver.query("asked");
    driver.query("asked");
    QCOMPARE(workflowsInTurn(driver, 4).join(' '), QStringLiteral("urgent asked asked plain"));
}

void PriorityTest::orderSurvivesARestart() {
    test::Rows disk;
    Driver driver;
    std::optional<test::KeptWorld> kept;
    kept.emplace(driver.world, disk, driver.wall);
    driver.afterInput = [&] { kept->save(); };
    start(driver, "plain", 0);
    start(driver, "urgent", 1);
    driver.restart([&](server::World& world) { kept.emplace(world, disk, driver.wall); });
    QCOMPARE(workflowsInTurn(driver, 2).join(' '), QStringLiteral("urgent plain"));
}

void PriorityTest::goneTasksAreLeftOut() {
    Driver driver;
    start(driver, "gone", 1);
    start(driver, "plain", 0);
    test::api::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("gone");
    driver.call("TerminateWorkflowExecution", request);
    QCOMPARE(workflowsInTurn(driver, 1).join(' '), QStringLiteral("plain"));
    QVERIFY(!driver.poll()->answered());
}

QTEST_GUILESS_MAIN(PriorityTest)
#include "priority_test.moc"
