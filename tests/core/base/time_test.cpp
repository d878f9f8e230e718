// SPDX-License-Identifier: MIT
#include "core/base/time.h"

#include <QTest>

#include "core/base/spell_duration.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::text;

class TimeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void spellsDurations_data();
    void spellsDurations();
    void timestampsRoundTrip_data();
    void timestampsRoundTrip();
    void endsOfTime();
    void refusesWhatIsNoTimestamp_data();
    void refusesWhatIsNoTimestamp();
    void durationsForPeople_data();
    void durationsForPeople();
    void readsDurations_data();
    void readsDurations();
};

void TimeTest::timestampsRoundTrip_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::newRow("whole") << "2026-03-12T09:14:03Z" << "2026-03-12T09:14:03Z";
    QTest::newRow("millis") << "2026-03-12T09:14:03.25Z" << "2026-03-12T09:14:03.250Z";
    QTest::newRow("nanos") << "2026-03-12T09:14:03.000000001Z" << "2026-03-12T09:14:03.000000001Z";
    QTest::newRow("offset") << "2026-03-12T09:14:03+01:30" << "2026-03-12T07:44:03Z";
    QTest::newRow("negative offset") << "2026-03-12T23:14:03-01:00" << "2026-03-13T00:14:03Z";
    QTest::newRow("before the epoch") << "1969-12-31T23:59:59.5Z" << "1969-12-31T23:59:59.500Z";
    QTest::newRow("leap day") << "2024-02-29T00:00:00Z" << "2024-02-29T00:00:00Z";
    QTest::newRow("earliest year") << "1678-01-01T00:00:00Z" << "1678-01-01T00:00:00Z";
    QTest::newRow("latest year") << "2261-12-31T23:59:59.999999999Z" << "2261-12-31T23:59:59.999999999Z";
}

void TimeTest::timestampsRoundTrip() {
    QFETCH(QString, input);
    QFETCH(QString, output);
    const auto time = base::parseTimestamp(input.toStdString());
    QVERIFY(time.has_value());
    QCOMPARE(text(base::formatTimestamp(*time)), output);
}

void TimeTest::endsOfTime() {
    QCOMPARE(text(base::formatTimestamp(base::Timestamp::min())), QStringLiteral("1677-09-21T00:12:43.145224192Z"));
    QCOMPARE(text(base::formatTimestamp(base::Timestamp::max())), QStringLiteral("2262-04-11T23:47:16.854775807Z"));
}

void TimeTest::refusesWhatIsNoTimestamp_data() {
    QTest::addColumn<QString>("input");
    for (const char* bad :
         {"", "2026", "2026-02-29T00:00:00Z", "2026-03-12T09:14:03", "2026-03-12T09:14:03.Z", "2026-03-12T24:00:00Z",
          "2026-03-12T09:14:03Z ", "12 March 2026", "1677-12-31T00:00:00Z", "9999-01-01T00:00:00Z"}) {
        QTest::newRow(bad) << QString::fromUtf8(bad);
    }
}

void TimeTest::refusesWhatIsNoTimestamp() {
    QFETCH(QString, input);
    QVERIFY(!base::parseTimestamp(input.toStdString()).has_value());
}

void TimeTest::durationsForPeople_data() {
    QTest::addColumn<qint64>("nanos");
    QTest::addColumn<QString>("output");
    const auto row = [](base::Duration value, const char* out) {
        QTest::newRow(out) << qint64(value.count()) << QString::fromUtf8(out);
    };
    row(0ns, "0 s");
    row(17ns, "17 ns");
    row(38ms, "38 ms");
    row(999ms, "999 ms");
    row(1s, "1 s");
    row(1250ms, "1.25 s");
    row(125s, "2 m 05 s");
    row(23h + 59min, "23 h 59 m");
    row(24h, "1 d 00 h");
    row(-90s, "-1 m 30 s");
}

void TimeTest::durationsForPeople() {
    QFETCH(qint64, nanos);
    QFETCH(QString, output);
    QCOMPARE(text(base::formatDuration(base::Duration(nanos))), output);
}

void TimeTest::readsDurations_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<qint64>("millis");
    QTest::newRow("seconds") << "90s" << qint64(90'000);
    QTest::newRow("parts") << "1h30m" << qint64(5'400'000);
    QTest::newRow("spaced") << "2 d 4 h" << qint64(187'200'000);
    QTest::newRow("fraction") << "1.5h" << qint64(5'400'000);
    QTest::newRow("bare number") << "90" << qint64(-1);
    QTest::newRow("unknown unit") << "3 weeks" << qint64(-1);
    QTest::newRow("empty") << "" << qint64(-1);
    QTest::newRow("negative") << "-3s" << qint64(-1);
}

void TimeTest::readsDurations() {
    QFETCH(QString, input);
    QFETCH(qint64, millis);
    const auto duration = base::parseDuration(input.toStdString());
    QCOMPARE(duration ? qint64(*duration / 1ms) : qint64(-1), millis);
}

void TimeTest::spellsDurations_data() {
    QTest::addColumn<qint64>("nanos");
    QTest::addColumn<QString>("output");
    const auto row = [](base::Duration duration, const char* output) {
        QTest::newRow(output) << qint64(duration.count()) << output;
    };
    row(std::chrono::seconds(0), "0 s");
    row(std::chrono::nanoseconds(1), "0.000000001 s");
    row(std::chrono::milliseconds(2500), "2.5 s");
    row(std::chrono::seconds(60), "1 m");
    row(std::chrono::minutes(90), "1 h 30 m");
    row(std::chrono::hours(24), "24 h");
    row(std::chrono::hours(24) + std::chrono::seconds(1), "1 d 1 s");
    row(std::chrono::hours(25), "25 h");
    row(std::chrono::hours(24 * 30), "30 d");
    row(-std::chrono::hours(1), "-1 h");
}

void TimeTest::spellsDurations() {
    QFETCH(qint64, nanos);
    QFETCH(QString, output);
    QCOMPARE(text(base::spellDuration(base::Duration(nanos))), output);
}

QTEST_GUILESS_MAIN(TimeTest)
#include "time_test.moc"
