// SPDX-License-Identifier: MIT
// Many seeds: whatever the scheduler does, the rules hold. ORRERY_SEEDS says how many, ORRERY_FIRST_SEED from which on,
// ORRERY_SEED=n runs one alone, ORRERY_TRIES=n says how long to look for a shorter story.
#include <QProcess>
#include <QTest>
#include <cstdio>

// moc does not understand macros that protobuf's headers leave behind.
#ifndef Q_MOC_RUN
#include "core/base/log.h"
#include "tests/simulation/shrink.h"
#endif

using namespace orrery;

namespace {

constexpr uint64_t kQuickSeeds = 500;
/// After so many that break a rule there is no more to learn from the next.
constexpr int kMostBroken = 20;

uint64_t numberFrom(const char* variable, uint64_t otherwise) {
    bool fine = false;
    const uint64_t number = qEnvironmentVariable(variable).toULongLong(&fine);
    return fine ? number : otherwise;
}

}  // namespace

class SeedsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Programs that end while handlers run are part of the game.
    void initTestCase() { base::setLogLevel(base::LogLevel::Error); }
    void hold();
    void repeat();
    void sameInAnotherProcess();
};

void SeedsTest::hold() {
    const uint64_t one = numberFrom("ORRERY_SEED", 0);
    const uint64_t first = one != 0 ? one : numberFrom("ORRERY_FIRST_SEED", 1);
    const uint64_t last = one != 0 ? one : first + numberFrom("ORRERY_SEEDS", kQuickSeeds) - 1;
    uint64_t events = 0;
    size_t runs = 0;
    std::set<simulation::enums::EventType> met;
    QStringList broken;
    simulation::Plan firstBroken;
    std::string rule;
    for (uint64_t seed = first; seed <= last; ++seed) {
        const auto plan = simulation::makePlan(seed);
        const auto result = simulation::simulate(plan);
        if (result.failure) {
            broken << QStringLiteral("seed %1: %2: %3")
                          .arg(seed)
                          .arg(QString::fromStdString(result.failure->rule),
                               QString::fromStdString(result.failure->what));
            qWarning("%s", qPrintable(broken.back()));
            if (broken.size() == 1) firstBroken = plan, rule = result.failure->rule;
            if (broken.size() == kMostBroken) break;
        }
        events += result.events;
        runs += result.runs;
        met.insert(result.met.begin(), result.met.end());
    }
    if (!broken.isEmpty()) {
        const std::string report =
            simulation::report(simulation::shrink(firstBroken, rule, {}, int(numberFrom("ORRERY_TRIES", 3000))));
        QFAIL(qPrintable(broken.join(QLatin1Char('\n')) + QLatin1Char('\n') + QString::fromStdString(report)));
    }
    qInfo("%llu seeds, %zu runs, %llu events of %zu types", static_cast<unsigned long long>(last - first + 1), runs,
          static_cast<unsigned long long>(events), met.size());
}

/// The same seed is the same story, to the last event and answer.
void SeedsTest::repeat() {
    std::set<uint64_t> digests;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
        const auto plan = simulation::makePlan(seed);
        const auto first = simulation::simulate(plan);
        QCOMPARE(simulation::simulate(plan).digest, first.digest);
        digests.insert(first.digest);
    }
    QVERIFY(digests.size() > 15);
}

/// Not even where things lie in memory changes a byte of a history.
void SeedsTest::sameInAnotherProcess() {
    constexpr uint64_t kSeeds = 25;
    uint64_t sum = 0;
    for (uint64_t seed = 1; seed <= kSeeds; ++seed)
        sum ^= simulation::simulate(simulation::makePlan(seed)).digest * seed;
    if (qEnvironmentVariableIsSet("ORRERY_DIGEST_ONLY")) {
        std::printf("digest %llu\n", static_cast<unsigned long long>(sum));
        return;
    }
    QProcess other;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("ORRERY_DIGEST_ONLY"), QStringLiteral("1"));
    other.setProcessEnvironment(environment);
    other.start(QCoreApplication::applicationFilePath(), {QStringLiteral("sameInAnotherProcess")});
    QVERIFY(other.waitForFinished(60'000));
    const QByteArray said = other.readAllStandardOutput();
    QVERIFY2(said.contains("digest " + QByteArray::number(qulonglong(sum)) + "\n"), said.constData());
}

QTEST_GUILESS_MAIN(SeedsTest)
#include "seeds_test.moc"
