// SPDX-License-Identifier: MIT
// Every recorded run of the samples, of both servers, is replayed clean by the samples of today.
#include "app/samples/samples.h"

#include <QTest>
#include <filesystem>
#include <set>

#include "core/replay/replayer.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

const std::filesystem::path kRecorded = ORRERY_SOURCE_DIR "/tests/data/histories/samples";

std::shared_ptr<const workflow::WorkflowRegistry> registry() {
    auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    activity::ActivityRegistry activities;
    samples::registerSamples(*workflows, activities);
    return workflows;
}

}  // namespace

class SamplesReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replaysClean_data();
    void replaysClean();
    void everySampleIsThere();
    void theChangedOrderParts();
    void throwsTheFirstSentence();
    void namesWhatIsMissing();
};

void SamplesReplayTest::replaysClean_data() {
    QTest::addColumn<QString>("file");
    for (const auto& file : replay::historyFiles(kRecorded)) {
        QTest::newRow(std::filesystem::relative(file, kRecorded).c_str()) << text(file.string());
    }
}

void SamplesReplayTest::replaysClean() {
    QFETCH(QString, file);
    for (const auto& outcome : replay::Replayer(registry()).replayFiles(file.toStdString())) {
        QVERIFY2(!outcome.problem, outcome.problem ? outcome.problem->what() : "");
        QVERIFY2(!outcome.divergence, outcome.divergence ? outcome.divergence->sentence.c_str() : "");
        QVERIFY(outcome.tasks > 0);
    }
}

void SamplesReplayTest::everySampleIsThere() {
    for (const char* server : {"embedded", "real"}) {
        std::set<std::string> types;
        for (const auto& outcome : replay::Replayer(registry()).replayFiles(kRecorded / server)) {
            types.insert(outcome.workflowType);
        }
        for (const std::string& type : registry()->workflowTypes()) QVERIFY2(types.contains(type), type.c_str());
    }
}

void SamplesReplayTest::theChangedOrderParts() {
    replay::ReplayOptions options;
    options.workflowType = "order_approval_changed";
    const auto outcomes =
        replay::Replayer(registry()).replayFiles(kRecorded / "embedded" / "order_approval.json", options);
    QCOMPARE(outcomes.size(), size_t(1));
    QVERIFY(outcomes[0].divergence);
    qInfo("%s", outcomes[0].divergence->sentence.c_str());
    QCOMPARE(text(outcomes[0].divergence->source.file), QString("app/samples/order_approval_changed.cpp"));
}

void SamplesReplayTest::throwsTheFirstSentence() {
    replay::ReplayOptions options;
    options.workflowType = "order_approval_changed";
    const auto outcomes =
        replay::Replayer(registry()).replayFiles(kRecorded / "embedded" / "order_approval.json", options);
    std::string message;
    try {
        replay::Replayer::throwIfDiverged(outcomes);
    } catch (const base::Error& error) {
        message = error.what();
    }
    QCOMPARE(text(message), text("order_approval.json: " + outcomes[0].divergence->sentence));
}

void SamplesReplayTest::namesWhatIsMissing() {
    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    const auto outcomes = replay::Replayer(workflows).replayFiles(kRecorded / "embedded" / "saga.json");
    QVERIFY(outcomes.at(0).problem);
    QCOMPARE(outcomes[0].problem->code(), base::ErrorCode::NotFound);
    QVERIFY(text(outcomes[0].problem->what()).contains("registered are: none"));
    QVERIFY_THROWS_EXCEPTION(base::Error, replay::historyFiles(kRecorded.parent_path() / ".." / ".." / "lint"));
}

QTEST_GUILESS_MAIN(SamplesReplayTest)
#include "samples_test.moc"
