// SPDX-License-Identifier: MIT
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#ifndef Q_MOC_RUN
#include "core/server/state/cron.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
using server::CronSchedule;

namespace {

base::Timestamp at(const char* text) { return *base::parseTimestamp(text); }

std::string nextOf(const std::string& schedule, base::Timestamp after) {
    const auto parsed = CronSchedule::parse(schedule);
    if (!parsed) return "invalid";
    const auto next = parsed->next(after);
    return next ? base::formatTimestamp(*next) : "none";
}

}  // namespace

class CronTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void computesLikeTheReference();
    void staysUsefulWhereTheReferenceHangs();
    void findsALateSlotAtOnce();
    void backsOffInWholeSeconds();
    void refusesWhatNeverComes();
};

void CronTest::computesLikeTheReference() {
    QFile file(QStringLiteral(ORRERY_SOURCE_DIR "/tests/data/cron/next.tsv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    int rows = 0;
    while (!file.atEnd()) {
        const QList<QByteArray> parts = file.readLine().trimmed().split('\t');
        QCOMPARE(parts.size(), 3);
        const QByteArray quoted = QByteArray("[") + parts[0] + "]";
        const QString schedule = QJsonDocument::fromJson(quoted).array().at(0).toString();
        const auto after = base::parseTimestamp(parts[1].toStdString());
        QVERIFY2(after, parts[1].constData());
        std::string expected = parts[2].toStdString();
        if (const auto time = base::parseTimestamp(expected)) expected = base::formatTimestamp(*time);
        const std::string found = nextOf(schedule.toStdString(), *after);
        QVERIFY2(found == expected,
                 qPrintable(QStringLiteral("%1 after %2: %3, not %4")
                                .arg(schedule, QString::fromUtf8(parts[1]), QString::fromStdString(expected),
                                     QString::fromStdString(found))));
        ++rows;
    }
    QVERIFY(rows > 2500);
}

void CronTest::staysUsefulWhereTheReferenceHangs() {
    // Samoa had no 30th of December 2011; going from day to day there leads the reference back to where it was.
    QCOMPARE(nextOf("TZ=Pacific/Apia 0 0 1 * *", at("2011-12-29T20:00:00Z")), std::string("2011-12-31T10:00:00Z"));
}

void CronTest::findsALateSlotAtOnce() {
    const auto same = [](const char* schedule, base::Timestamp after, base::Timestamp notBefore) {
        const auto parsed = CronSchedule::parse(schedule);
        auto expected = parsed->next(after);
        while (expected && *expected < notBefore) expected = parsed->next(*expected);
        QCOMPARE(parsed->next(after, notBefore), expected);
    };
    const auto start = at("2026-03-01T00:00:00.5Z");
    for (const char* schedule : {"*/7 * * * *", "30 2 * * *", "TZ=America/New_York 30 1,2 * * *", "0 0 31 * *",
                                 "0 12 13 * fri", "@every 7s", "@every 36h", "@monthly"}) {
        for (const auto by : {0h, 1h, 49h, 24h * 7, 24h * 40, 24h * 250}) same(schedule, start, start + by + 1ns);
    }
    // Would take minutes one by one.
    const auto everySecond = CronSchedule::parse("@every 1s");
    QCOMPARE(everySecond->next(start, start + 24h * 365 * 100), start + 24h * 365 * 100 + 500ms);
    const auto everyMinute = CronSchedule::parse("* * * * *");
    QCOMPARE(everyMinute->next(start, start + 24h * 365 * 100), start + 24h * 365 * 100 + 59s + 500ms);
}

void CronTest::backsOffInWholeSeconds() {
    const auto now = at("2026-03-12T09:00:00.300Z");
    QCOMPARE(server::cronBackoff("* * * * *", now, now), std::optional<base::Duration>(60s));
    QCOMPARE(server::cronBackoff("@every 10s", now, now + 3s), std::optional<base::Duration>(7s));
    // Asked before the slot that it was scheduled for.
    QCOMPARE(server::cronBackoff("* * * * *", now + 5s, now), std::optional<base::Duration>(5s));
    // Right at a slot: no wait.
    QCOMPARE(server::cronBackoff("* * * * *", at("2026-03-12T09:00:00Z"), at("2026-03-12T09:01:00Z")),
             std::optional<base::Duration>(0s));
    QCOMPARE(server::cronBackoff("", now, now), std::nullopt);
    QCOMPARE(server::cronBackoff("nonsense", now, now), std::nullopt);
    QCOMPARE(server::cronBackoff("0 0 30 2 *", now, now), std::nullopt);
}

void CronTest::refusesWhatNeverComes() {
    const auto now = at("2026-03-12T09:00:00Z");
    QCOMPARE(server::cronProblem("0 0 30 2 *", now),
             std::optional<std::string>("invalid CronSchedule, no time can be found to satisfy the schedule"));
    QCOMPARE(server::cronProblem("nonsense", now), std::optional<std::string>("invalid CronSchedule."));
    QCOMPARE(server::cronProblem("", now), std::nullopt);
    QCOMPARE(server::cronProblem("@daily", now), std::nullopt);
}

QTEST_GUILESS_MAIN(CronTest)
#include "cron_test.moc"
