// SPDX-License-Identifier: MIT
// The clock's knob over the wire: orrery.clock.v1.Clock.
#include <QTest>

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#endif

using namespace orrery;
using namespace std::chrono_literals;
using google::protobuf::Empty;
using google::protobuf::Struct;
using test::Driver;

namespace {

template <typename Request = Empty>
test::Kept ask(Driver& driver, const std::string& method, const Request& request = {}) {
    return driver.call(method, request, "orrery.clock.v1.Clock");
}

QString textOf(const Struct& fields, const char* name) {
    return QString::fromStdString(fields.fields().at(name).string_value());
}

QString modeAfter(const test::Kept& call) { return textOf(call->as<Struct>(), "mode"); }

google::protobuf::Duration duration(base::Duration value) {
    google::protobuf::Duration wire;
    payload::toProto(value, &wire);
    return wire;
}

google::protobuf::Timestamp timestamp(base::Timestamp value) {
    google::protobuf::Timestamp wire;
    payload::toProto(value, &wire);
    return wire;
}

bool fired(Driver& driver) { return driver.history("w").contains(QLatin1String("TimerFired")); }

/// A workflow that waits for a timer of a day.
void waitsADay(Driver& driver) {
    driver.start("w");
    driver.complete(driver.task(), {Driver::timer("day", 24h)});
}

}  // namespace

class ClockCallsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pauseAndResume();
    void statusNamesWhatIsDue();
    void statusNamesWhatHolds();
    void skipGoesThrough();
    void stepAndRunToEndPaused();
    void goOnPassesHolders();
    void refusals();
};

void ClockCallsTest::pauseAndResume() {
    Driver driver;
    waitsADay(driver);
    QCOMPARE(modeAfter(ask(driver, "Status")), QStringLiteral("real"));
    QCOMPARE(modeAfter(ask(driver, "Pause")), QStringLiteral("paused"));
    driver.pass(48h);
    QVERIFY(!fired(driver));
    QCOMPARE(ask(driver, "Status")->as<Struct>().fields().at("aheadSeconds").number_value(), -48.0 * 3600);
    QCOMPARE(modeAfter(ask(driver, "Resume")), QStringLiteral("real"));
    driver.pass(24h);
    QVERIFY(fired(driver));
    QCOMPARE(modeAfter(ask(driver, "Automatic")), QStringLiteral("automatic"));
}

void ClockCallsTest::statusNamesWhatIsDue() {
    Driver driver;
    waitsADay(driver);
    const auto status = ask(driver, "Status")->as<Struct>();
    QCOMPARE(status.fields().at("dueCount").number_value(), 1.0);
    const Struct due = status.fields().at("due").list_value().values(0).struct_value();
    QCOMPARE(textOf(due, "kind"), QStringLiteral("timer"));
    QCOMPARE(textOf(due, "name"), QStringLiteral("day"));
    QCOMPARE(textOf(due, "workflowId"), QStringLiteral("w"));
    QCOMPARE(textOf(due, "time"), QString::fromStdString(base::formatTimestamp(driver.world.now + 24h)));
    QVERIFY(!status.fields().contains("holders"));
}

void ClockCallsTest::statusNamesWhatHolds() {
    Driver driver;
    driver.start("w");
    const auto status = ask(driver, "Status")->as<Struct>();
    const Struct holder = status.fields().at("holders").list_value().values(0).struct_value();
    QCOMPARE(textOf(holder, "kind"), QStringLiteral("workflow task"));
    QCOMPARE(textOf(holder, "detail"), QStringLiteral("waits for a worker on task queue queue"));
}

void ClockCallsTest::skipGoesThrough() {
    Driver driver;
    waitsADay(driver);
    const auto before = driver.world.now;
    QCOMPARE(modeAfter(ask(driver, "Skip", duration(25h))), QStringLiteral("skip"));
    QVERIFY(fired(driver));
    QVERIFY2(driver.world.now == before + 24h, "the woken task holds the clock");
    driver.complete(driver.task());
    QVERIFY(driver.world.now == before + 25h);
    QCOMPARE(modeAfter(ask(driver, "Status")), QStringLiteral("real"));
}

void ClockCallsTest::stepAndRunToEndPaused() {
    Driver driver;
    waitsADay(driver);
    const auto before = driver.world.now;
    ask(driver, "RunTo", timestamp(before + 1h));
    QVERIFY(driver.world.now == before + 1h);
    QCOMPARE(modeAfter(ask(driver, "Status")), QStringLiteral("paused"));
    ask(driver, "Step");
    QVERIFY(driver.world.now == before + 24h);
    QCOMPARE(modeAfter(ask(driver, "Status")), QStringLiteral("paused"));
}

void ClockCallsTest::goOnPassesHolders() {
    Driver driver;
    waitsADay(driver);
    driver.start("busy");
    ask(driver, "Skip", duration(25h));
    QVERIFY2(!fired(driver), "a task that waits for a worker holds the clock");
    ask(driver, "GoOn");
    QVERIFY(fired(driver));
}

void ClockCallsTest::refusals() {
    Driver driver;
    for (const auto by : {base::Duration(0), base::Duration(-1s)}) {
        const auto refused = ask(driver, "Skip", duration(by));
        QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
        QVERIFY(refused->message().find("positive duration") != std::string::npos);
    }
    const auto refused = ask(driver, "RunTo", timestamp(driver.world.now));
    QCOMPARE(refused->code(), base::ErrorCode::InvalidArgument);
    QVERIFY(refused->message().find("2026-03-12T09:00:00Z is past") != std::string::npos);
}

QTEST_GUILESS_MAIN(ClockCallsTest)
#include "clock_calls_test.moc"
