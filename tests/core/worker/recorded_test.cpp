// SPDX-License-Identifier: MIT
// Histories of other SDKs' workflows, replayed by code that mirrors them: every event must find its machine.
#include <QTest>
#include <filesystem>
#include <map>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include "core/history/reader.h"
#include "core/worker/run.h"
#include "tests/core/worker/mirror.h"
#endif
#include "tests/support/shared.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;
namespace enums = temporal::api::enums::v1;

namespace {

std::vector<worker::HistoryEvent> eventsOf(const history::History& history) {
    std::vector<worker::HistoryEvent> events;
    for (size_t i = 0; i < history.size(); ++i) {
        if (!history[i].isKnown()) throw std::runtime_error("unknown event");
        events.push_back(history[i].message());
    }
    if (events.empty() || events.front().event_id() != 1) throw std::runtime_error("does not begin at event 1");
    return events;
}

/// "here" when the whole history went through.
std::string replay(const std::vector<worker::HistoryEvent>& events) {
    const auto script = std::make_shared<const test::Script>(events);
    worker::Run run(std::make_shared<test::MirrorFactory>(script), "default", "wf", "run", "type");
    worker::WorkflowTask task;
    task.events = events;
    task.previousStartedEventId = events.back().event_id();
    task.legacyQuery.emplace().set_query_type("anything");
    const worker::TaskReply reply = run.process(std::move(task));
    if (const auto* failed = std::get_if<worker::TaskFailed>(&reply)) return failed->failure.message;
    const auto* answered = std::get_if<worker::TaskAnswered>(&reply);
    if (!answered) return "no answer";
    const auto* value = std::get_if<definition::Payload>(&answered->answer.result);
    return value ? value->data : std::get<definition::FailureData>(answered->answer.result).message;
}

}  // namespace

class RecordedReplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replays_data();
    void replays();
    void cleanupTestCase();

private:
    std::map<std::string, int> m_left;
    int m_replayed = 0;
};

void RecordedReplayTest::replays_data() {
    QTest::addColumn<QString>("file");
    const auto shared = test::sharedFolder();
    if (!shared) return;
    const std::filesystem::path root = *shared / "histories";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const std::string path = std::filesystem::relative(entry.path(), root).string();
        const std::string extension = entry.path().extension().string();
        if (!entry.is_regular_file() || path.starts_with("negative") || path.starts_with("LICENSES")) continue;
        if (extension != ".json" && extension != ".bin") continue;
        QTest::newRow(path.c_str()) << text(entry.path().string());
    }
}

void RecordedReplayTest::replays() {
    if (!test::sharedFolder()) QSKIP("no shared folder with recorded histories (ORRERY_SHARED_DIR)");
    QFETCH(QString, file);
    for (const auto& named : history::readHistories(std::filesystem::path(file.toStdString()))) {
        std::vector<worker::HistoryEvent> events;
        try {
            events = eventsOf(*named.history);
            static_cast<void>(test::Script(events));
        } catch (const std::exception& reason) {
            ++m_left[reason.what()];
            continue;
        }
        QCOMPARE(text(replay(events)), "here");
        ++m_replayed;
    }
}

void RecordedReplayTest::cleanupTestCase() {
    if (!test::sharedFolder()) return;
    qInfo("%d histories replayed; left out:", m_replayed);
    for (const auto& [reason, count] : m_left) qInfo("  %3d %s", count, reason.c_str());
    QVERIFY(m_replayed > 100);
}

QTEST_GUILESS_MAIN(RecordedReplayTest)
#include "recorded_test.moc"
