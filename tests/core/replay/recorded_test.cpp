// SPDX-License-Identifier: MIT
// Histories of other SDKs' workflows, stepped through with code that does what they say: nothing hard may be told.
#include <QTest>
#include <filesystem>
#include <map>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include "core/history/reader.h"
#include "core/replay/session.h"
#include "tests/core/worker/mirror.h"
#endif
#include "tests/support/shared.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

class RecordedSessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsNothingHard_data();
    void tellsNothingHard();
    void cleanupTestCase();

private:
    std::map<std::string, int> m_left;
    int m_replayed = 0;
};

void RecordedSessionTest::tellsNothingHard_data() {
    QTest::addColumn<QString>("file");
    const auto shared = test::sharedFolder();
    if (!shared) return;
    const std::filesystem::path root = *shared / "histories";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const std::string path = std::filesystem::relative(entry.path(), root).string();
        const std::string extension = entry.path().extension().string();
        if (!entry.is_regular_file() || path.starts_with("negative") || path.starts_with("LICENSES")) continue;
        if (extension == ".json" || extension == ".bin") QTest::newRow(path.c_str()) << text(entry.path().string());
    }
}

void RecordedSessionTest::tellsNothingHard() {
    if (!test::sharedFolder()) QSKIP("no shared folder with recorded histories (ORRERY_SHARED_DIR)");
    QFETCH(QString, file);
    for (const auto& named : history::readHistories(std::filesystem::path(file.toStdString()))) {
        std::shared_ptr<const test::Script> script;
        try {
            std::vector<worker::HistoryEvent> events;
            for (size_t i = 0; i < named.history->size(); ++i) events.push_back((*named.history)[i].message());
            script = std::make_shared<const test::Script>(events);
            static_cast<void>(replay::Session(named.history, std::make_shared<test::MirrorFactory>(script)));
        } catch (const std::exception& reason) {
            ++m_left[reason.what()];
            continue;
        }
        replay::Session session(named.history, std::make_shared<test::MirrorFactory>(script));
        const auto found = session.firstDivergence();
        QVERIFY2(!found || found->severity == replay::Verdict::Soft, found ? found->sentence.c_str() : "");
        ++m_replayed;
    }
}

void RecordedSessionTest::cleanupTestCase() {
    if (!test::sharedFolder()) return;
    qInfo("%d histories stepped through; left out:", m_replayed);
    for (const auto& [reason, count] : m_left) qInfo("  %3d %s", count, reason.c_str());
    QVERIFY(m_replayed > 100);
}

QTEST_GUILESS_MAIN(RecordedSessionTest)
#include "recorded_test.moc"
