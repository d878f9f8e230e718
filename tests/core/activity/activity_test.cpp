// SPDX-License-Identifier: MIT
#include "core/activity/activity.h"

#include <QTest>

#include "core/activity/registry.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;
namespace def = orrery::definition;

namespace {

struct Order {
    std::string id;
    int count = 1;
};
ORRERY_JSON(Order, id, count)

constexpr def::Activity<std::string(Order)> kReserve{"reserve"};

std::string reserve(const Order& order) { return order.id + "×" + std::to_string(order.count); }

class Till {
public:
    int add(int amount) { return m_sum += amount; }
    int sum() const { return m_sum; }

private:
    int m_sum = 0;
};

class Heartbeats final : public def::HeartbeatSink {
public:
    void heartbeat(payload::Payloads details) override { all.push_back(std::move(details)); }
    std::vector<payload::Payloads> all;
};

template <class... A>
def::ActivityTask task(const std::string& type, const A&... arguments) {
    def::ActivityTask task;
    task.info.activityType = type;
    task.info.activityId = "3";
    task.info.workflowId = "order-1";
    task.info.runId = "run-1";
    task.arguments = payload::defaultConverter().toPayloads(arguments...);
    task.cancellation = std::make_shared<def::ActivityCancellation>();
    return task;
}

std::string shown(const def::ActivityOutcome& outcome) {
    if (const auto* completed = std::get_if<def::ActivityCompleted>(&outcome)) {
        return completed->result.encoding() == "binary/null" ? "null" : completed->result.data;
    }
    if (const auto* cancelled = std::get_if<def::ActivityCancelled>(&outcome))
        return "cancelled " + cancelled->failure.message;
    if (std::holds_alternative<def::ActivityCompletesLater>(outcome)) return "later";
    const auto& failure = std::get<def::ActivityFailed>(outcome).failure;
    const auto* kind = std::get_if<payload::ApplicationFailureData>(&failure.kind);
    return "failed " + (kind ? kind->type : std::string("?")) + ": " + failure.message;
}

}  // namespace

class ActivityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void functionsMethodsAndDynamic();
    void failures();
    void heartbeatsCarryDetails();
    void cancellationByReason_data();
    void cancellationByReason();
    void infoOnlyInside();
    void namesAreUnique();
};

void ActivityTest::functionsMethodsAndDynamic() {
    const auto till = std::make_shared<Till>();
    activity::ActivityRegistry all;
    all.add(kReserve, &reserve).add("add", &Till::add, till).add("sum", &Till::sum, till).add("nothing", [] {});
    QCOMPARE(text(shown(all.invoke(task("reserve", Order{"a", 2})))), QString("\"a\\u00d72\""));
    QCOMPARE(text(shown(all.invoke(task("add", 4)))), QString("4"));
    QCOMPARE(text(shown(all.invoke(task("add", 3)))), QString("7"));
    QCOMPARE(text(shown(all.invoke(task("sum")))), QString("7"));
    QCOMPARE(text(shown(all.invoke(task("nothing")))), QString("null"));
    all.addDynamic([](const std::string& name, const payload::Payloads& arguments) {
        return name + " with " + std::to_string(arguments.size());
    });
    QCOMPARE(text(shown(all.invoke(task("unknown", 1, 2)))), QString("\"unknown with 2\""));
    QVERIFY((all.activityTypes() == std::vector<std::string>{"add", "nothing", "reserve", "sum"}));
}

void ActivityTest::failures() {
    activity::ActivityRegistry all;
    all.add("typed", [] { throw activity::ApplicationFailure("declined", "Declined"); });
    all.add("plain", [] { throw std::runtime_error("disk full"); });
    all.add("reserve", &reserve);
    all.add("later", [] { activity::completeLater(); });
    QCOMPARE(text(shown(all.invoke(task("typed")))), QString("failed Declined: declined"));
    QCOMPARE(text(shown(all.invoke(task("plain")))), QString("failed std::runtime_error: disk full"));
    QCOMPARE(text(shown(all.invoke(task("later")))), QString("later"));
    QCOMPARE(text(shown(all.invoke(task("reserve")))),
             QString("failed orrery::base::Error: Expected 1 argument, got 0."));
    QCOMPARE(text(shown(all.invoke(task("reserve", std::string("x"))))),
             QString("failed orrery::base::Error: Argument 1 cannot be read: \"Order\": it is no JSON object"));
    QCOMPARE(
        text(shown(all.invoke(task("nobody")))),
        QString("failed NotFoundError: Activity 'nobody' is not registered on this worker; it knows: later, plain, "
                "reserve, typed"));
}

void ActivityTest::heartbeatsCarryDetails() {
    activity::ActivityRegistry all;
    all.add("resume", [] {
        const int from = activity::heartbeatDetails<int>().value_or(0);
        activity::heartbeat(from + 1, std::string("more"));
        return from;
    });
    def::ActivityTask attempt = task("resume");
    const auto sink = std::make_shared<Heartbeats>();
    attempt.heartbeats = sink;
    QCOMPARE(text(shown(all.invoke(attempt))), QString("0"));
    attempt.info.heartbeatDetails = payload::defaultConverter().toPayloads(41);
    QCOMPARE(text(shown(all.invoke(attempt))), QString("41"));
    QCOMPARE(sink->all.size(), size_t(2));
    QCOMPARE(text(sink->all[1].at(0).data + sink->all[1].at(1).data), QString("42\"more\""));
}

void ActivityTest::cancellationByReason_data() {
    QTest::addColumn<int>("reason");
    QTest::addColumn<QString>("outcome");
    const auto row = [](def::ActivityCancelReason reason, const char* outcome) {
        QTest::newRow(std::string(activityCancelReasonName(reason)).c_str()) << int(reason) << QString(outcome);
    };
    row(def::ActivityCancelReason::CancelRequested, "cancelled Activity cancelled: cancel requested");
    row(def::ActivityCancelReason::TimedOut, "cancelled Activity cancelled: timed out");
    row(def::ActivityCancelReason::Paused, "failed ActivityPause: Activity paused");
    row(def::ActivityCancelReason::Reset, "failed ActivityReset: Activity reset");
    row(def::ActivityCancelReason::WorkerShutdown,
        "failed WorkerShutdown: Activity interrupted by the shutdown of its worker");
}

void ActivityTest::cancellationByReason() {
    QFETCH(int, reason);
    QFETCH(QString, outcome);
    activity::ActivityRegistry all;
    all.add("wait", [] { activity::sleep(std::chrono::hours(1)); });
    all.add("beat", [] { activity::heartbeat(); });
    for (const char* type : {"wait", "beat"}) {
        const def::ActivityTask attempt = task(type);
        attempt.cancellation->request(def::ActivityCancelReason(reason));
        attempt.cancellation->request(def::ActivityCancelReason::NotFound);
        QCOMPARE(text(shown(all.invoke(attempt))), outcome);
    }
}

void ActivityTest::infoOnlyInside() {
    activity::ActivityRegistry all;
    all.add("key", [] { return activity::idempotencyKey(); });
    QCOMPARE(text(shown(all.invoke(task("key")))), QString("\"order-1/run-1/3\""));
    QVERIFY_THROWS_EXCEPTION(base::Error, activity::info());
}

void ActivityTest::namesAreUnique() {
    activity::ActivityRegistry all;
    all.add(kReserve, &reserve);
    QVERIFY_THROWS_EXCEPTION(base::Error, all.add("reserve", &reserve));
}

QTEST_GUILESS_MAIN(ActivityTest)
#include "activity_test.moc"
