// SPDX-License-Identifier: MIT
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;

class BuildIdsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void areSearchAttributes();
    void areKeptInTheOrderTheyCame();
    void makeRoomForNewOnes();
    void canBeListed();
    void beginAnewInTheNextRun();
    void standBehindWhatTheWorkflowWrote();
    void checksumsOfTheChain();
    void startedTellsTheWorker();
};

namespace {

std::string attribute(Driver& driver, const std::string& id, const std::string& name) {
    const auto described = driver.describe(id);
    const auto& fields = described.workflow_execution_info().search_attributes().indexed_fields();
    const auto found = fields.find(name);
    return found == fields.end() ? std::string("none") : found->second.data();
}
std::string builds(Driver& driver, const std::string& id) { return attribute(driver, id, "BuildIds"); }

/// A worker of this build does the waiting task, and something happens that asks for the next.
void work(Driver& driver, const std::string& build, std::vector<test::Command> commands = {},
          const std::string& checksum = {}, bool versioned = false) {
    auto completion = Driver::completion(driver.task(), std::move(commands));
    if (!build.empty()) completion.mutable_worker_version_stamp()->set_build_id(build);
    if (versioned) completion.mutable_worker_version_stamp()->set_use_versioning(true);
    completion.set_binary_checksum(checksum);
    driver.call("RespondWorkflowTaskCompleted", completion);
    driver.signal("w");
}

int64_t count(Driver& driver, const std::string& query) {
    test::api::CountWorkflowExecutionsRequest request;
    request.set_namespace_("default");
    request.set_query(query);
    return driver.call("CountWorkflowExecutions", request)->as<test::api::CountWorkflowExecutionsResponse>().count();
}

test::Command continueAsNew() {
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    command.mutable_continue_as_new_workflow_execution_command_attributes();
    return command;
}

test::Command upsertBuilds(const std::string& json) {
    test::Command command;
    command.set_command_type(test::enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    auto& value = (*command.mutable_upsert_workflow_search_attributes_command_attributes()
                        ->mutable_search_attributes()
                        ->mutable_indexed_fields())["BuildIds"];
    (*value.mutable_metadata())["encoding"] = "json/plain";
    value.set_data(json);
    return command;
}

}  // namespace

void BuildIdsTest::areSearchAttributes() {
    Driver driver;
    driver.start("w");
    QCOMPARE(builds(driver, "w"), std::string("none"));
    work(driver, "");
    QCOMPARE(builds(driver, "w"), std::string(R"(["unversioned"])"));
    work(driver, "one");
    const auto info = driver.describe("w").workflow_execution_info();
    const auto& value = info.search_attributes().indexed_fields().at("BuildIds");
    QCOMPARE(value.data(), std::string(R"(["unversioned","unversioned:one"])"));
    QCOMPARE(value.metadata().at("type"), std::string("KeywordList"));
    QCOMPARE(value.metadata().at("encoding"), std::string("json/plain"));
    QCOMPARE(info.most_recent_worker_version_stamp().build_id(), std::string("one"));
    QCOMPARE(attribute(driver, "w", "BinaryChecksums"), std::string("none"));
}

void BuildIdsTest::areKeptInTheOrderTheyCame() {
    Driver driver;
    driver.start("w");
    for (const char* build : {"b", "a", "b", "", "a<"}) work(driver, build);
    QCOMPARE(builds(driver, "w"), std::string("[\"unversioned\",\"unversioned:b\",\"unversioned:a\","
                                              "\"unversioned:a\\u003c\"]"));
    work(driver, "a", {}, {}, true);
    QVERIFY(!QString::fromStdString(builds(driver, "w")).startsWith(QLatin1String("[\"unversioned\",")));
    QVERIFY(QString::fromStdString(builds(driver, "w")).endsWith(QLatin1String(",\"versioned:a\"]")));
}

void BuildIdsTest::makeRoomForNewOnes() {
    Driver driver;
    driver.start("w");
    work(driver, std::string(1200, 'x'));
    work(driver, std::string(900, 'y'));
    const std::string all = builds(driver, "w");
    QCOMPARE(all, "[\"unversioned\",\"unversioned:" + std::string(900, 'y') + "\"]");
    work(driver, std::string(2100, 'z'));
    QCOMPARE(builds(driver, "w"), std::string(R"(["unversioned"])"));
}

void BuildIdsTest::canBeListed() {
    Driver driver;
    driver.start("w");
    work(driver, "one");
    driver.start("fresh");
    QCOMPARE(count(driver, "BuildIds = 'unversioned:one'"), 1);
    QCOMPARE(count(driver, "BuildIds IN ('unversioned', 'other')"), 1);
    QCOMPARE(count(driver, "BuildIds = 'unversioned:two'"), 0);
    QCOMPARE(count(driver, "BuildIds IS NULL"), 1);
}

void BuildIdsTest::beginAnewInTheNextRun() {
    Driver driver;
    driver.start("w");
    work(driver, "one", {continueAsNew()});
    driver.pass(2s);
    QCOMPARE(builds(driver, "w"), std::string("none"));
    // It has the reset point of the run before it, and yet a build of its own.
    work(driver, "one");
    QCOMPARE(builds(driver, "w"), std::string(R"(["unversioned","unversioned:one"])"));
}

void BuildIdsTest::standBehindWhatTheWorkflowWrote() {
    Driver driver;
    driver.start("w");
    work(driver, "one", {upsertBuilds(R"(["mine"])")});
    QCOMPARE(builds(driver, "w"), std::string(R"(["mine"])"));
    work(driver, "one");
    QCOMPARE(builds(driver, "w"), std::string(R"(["unversioned","mine","unversioned:one"])"));
}

void BuildIdsTest::checksumsOfTheChain() {
    Driver driver;
    driver.start("w");
    work(driver, "", {continueAsNew()}, "sum");
    driver.pass(2s);
    // The same worker adds no point, so that there is nothing new to say.
    work(driver, "", {}, "sum");
    QCOMPARE(attribute(driver, "w", "BinaryChecksums"), std::string("none"));
    work(driver, "", {}, "other");
    QCOMPARE(attribute(driver, "w", "BinaryChecksums"), std::string(R"(["sum","other"])"));
    QCOMPARE(count(driver, "BinaryChecksums = 'other'"), 1);
}

void BuildIdsTest::startedTellsTheWorker() {
    Driver driver;
    driver.start("w");
    test::api::PollWorkflowTaskQueueRequest poll;
    poll.set_namespace_("default");
    poll.mutable_task_queue()->set_name("queue");
    poll.mutable_worker_version_capabilities()->set_build_id("one");
    driver.call("PollWorkflowTaskQueue", poll);
    const auto started = driver.events("w").at(2);
    QCOMPARE(started.workflow_task_started_event_attributes().worker_version().build_id(), std::string("one"));
    QVERIFY(!started.workflow_task_started_event_attributes().worker_version().use_versioning());
}

QTEST_GUILESS_MAIN(BuildIdsTest)
#include "build_ids_test.moc"
