// SPDX-License-Identifier: MIT
#include "core/gateway/replay.h"

#include <QTest>

#include "app/samples/samples.h"
#include "core/history/reader.h"
#include "tests/support/mailbox.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::gateway;
using test::Mailbox;
using test::text;

namespace {

constexpr const char* kRecorded = ORRERY_SOURCE_DIR "/tests/data/histories/samples/embedded/order_approval.json";

std::shared_ptr<Replay> replays() {
    auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    activity::ActivityRegistry activities;
    samples::registerSamples(*workflows, activities);
    return makeReplay(workflows);
}

std::shared_ptr<ReplaySession> opened(const std::string& type = {}) {
    Mailbox<Outcome<std::shared_ptr<ReplaySession>>> box;
    const auto request =
        replays()->open(history::readHistories(std::filesystem::path(kRecorded)).at(0).history, type, box.sink());
    auto outcome = box.take();
    if (!outcome.ok()) qFatal("%s", outcome.problem().message.c_str());
    return outcome.value();
}

}  // namespace

class GatewayReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTheTypes();
    void stepsAndAsks();
    void answersInTheOrderOfTheCalls();
    void walksToTheDivergence();
    void saysWhatIsNotRegistered();
    void outlivesTheSession();
};

void GatewayReplayTest::namesTheTypes() {
    const auto types = replays()->workflowTypes();
    QVERIFY(std::ranges::find(types, "order_approval") != types.end());
    QVERIFY(std::ranges::is_sorted(types));
}

void GatewayReplayTest::stepsAndAsks() {
    const auto session = opened();
    QCOMPARE(text(session->overview().workflowType), QString("order_approval"));
    Mailbox<Outcome<StepPtr>> steps;
    const auto step = session->step(1, {}, steps.sink());
    const auto first = steps.take();
    QVERIFY(first.ok());
    QVERIFY(text(first.value()->summary).startsWith("order_approval starts"));
    Mailbox<Outcome<std::vector<replay::QueryInfo>>> queries;
    const auto asked = session->queries(1, queries.sink());
    QVERIFY(queries.take().value().size() >= 3);
    Mailbox<Outcome<payload::Payload>> answers;
    const auto status = session->query(1, "status", {}, answers.sink());
    QCOMPARE(text(answers.take().value().data), QString("\"reserving stock\""));
    const auto wrong = session->query(1, "nonsense", {}, answers.sink());
    QCOMPARE(answers.take().problem().code, base::ErrorCode::InvalidArgument);
    const auto beyond = session->step(1000, {}, steps.sink());
    QCOMPARE(steps.take().problem().code, base::ErrorCode::OutOfRange);
}

void GatewayReplayTest::answersInTheOrderOfTheCalls() {
    const auto session = opened();
    Mailbox<Outcome<StepPtr>> steps;
    std::vector<Request> requests;
    const int last = static_cast<int>(session->overview().tasks.size());
    for (int task = last; task > 0; --task) requests.push_back(session->step(task, {}, steps.sink()));
    for (int task = last; task > 0; --task) QCOMPARE(steps.take().value()->task.number, task);
}

void GatewayReplayTest::walksToTheDivergence() {
    Mailbox<Outcome<Walk>> walks;
    const auto clean = opened();
    const auto first = clean->walk({}, walks.sink());
    QVERIFY(!walks.take().value().first);
    const auto changed = opened("order_approval_changed");
    const auto second = changed->walk({}, walks.sink());
    const auto walk = walks.take().value();
    QVERIFY(walk.first);
    QCOMPARE(walk.verdicts.size(), changed->overview().tasks.size());
    QCOMPARE(walk.verdicts[static_cast<size_t>(walk.first->task) - 1], walk.first->severity);
}

void GatewayReplayTest::saysWhatIsNotRegistered() {
    Mailbox<Outcome<std::shared_ptr<ReplaySession>>> box;
    const auto request =
        replays()->open(history::readHistories(std::filesystem::path(kRecorded)).at(0).history, "nothing", box.sink());
    const auto outcome = box.take();
    QCOMPARE(outcome.problem().code, base::ErrorCode::NotFound);
    QVERIFY(text(outcome.problem().fields.at("known")).contains("order_approval"));
}

void GatewayReplayTest::outlivesTheSession() {
    Mailbox<Outcome<StepPtr>> steps;
    auto session = opened();
    const auto request = session->step(2, {}, steps.sink());
    session.reset();
    QVERIFY(steps.take().ok());
}

QTEST_GUILESS_MAIN(GatewayReplayTest)
#include "replay_test.moc"
