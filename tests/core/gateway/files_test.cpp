// SPDX-License-Identifier: MIT
#include "core/gateway/files.h"

#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <fstream>

#include "tests/support/mailbox.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::gateway;
using test::Mailbox;
using test::text;

namespace {

constexpr const char* kHistory = R"({"events": [
  {"eventId": "1", "eventTime": "2026-03-12T09:14:03Z", "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
   "workflowExecutionStartedEventAttributes": {"workflowType": {"name": "Order"}}},
  {"eventId": "2", "eventTime": "2026-03-12T09:14:04Z", "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
   "workflowExecutionTerminatedEventAttributes": {}}]})";

}  // namespace

class FilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void savesWhatItLoaded_data();
    void savesWhatItLoaded();
    void namesAMissingFile();
    void namesThePlaceInABadFile();
    void tellsProgress();
    void droppingSilencesTheAnswer();

private:
    std::string write(const char* name, const std::string& content) const {
        const std::string path = m_folder.filePath(name).toStdString();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }

    QTemporaryDir m_folder;
};

void FilesTest::savesWhatItLoaded_data() {
    QTest::addColumn<QString>("target");
    QTest::newRow("JSON") << "saved.json";
    QTest::newRow("binary") << "saved.binpb";
}

void FilesTest::savesWhatItLoaded() {
    QFETCH(QString, target);
    Mailbox<Outcome<LoadedHistories>> loaded;
    const auto first = loadHistories(write("order.json", kHistory), nullptr, loaded.sink());
    const auto outcome = loaded.take();
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.problem().message.c_str());
    const auto history = outcome.value().at(0).history;
    QCOMPARE(history->size(), size_t(2));

    const std::string saved = m_folder.filePath(target).toStdString();
    Mailbox<Outcome<Done>> done;
    const auto save = saveHistory(history, saved, done.sink());
    QVERIFY(done.take().ok());
    const auto second = loadHistories(saved, nullptr, loaded.sink());
    const auto again = loaded.take();
    QVERIFY2(again.ok(), again.ok() ? "" : again.problem().message.c_str());
    QCOMPARE(text(again.value().at(0).history->summary().workflowType.value()), QString("Order"));
    QCOMPARE(again.value().at(0).history->summary().status, history::WorkflowStatus::Terminated);
}

void FilesTest::namesAMissingFile() {
    Mailbox<Outcome<LoadedHistories>> loaded;
    const std::string path = m_folder.filePath("nowhere.json").toStdString();
    const auto load = loadHistories(path, nullptr, loaded.sink());
    const auto outcome = loaded.take();
    QVERIFY(!outcome.ok());
    QCOMPARE(text(outcome.problem().fields.at("file")), text(path));
}

void FilesTest::namesThePlaceInABadFile() {
    Mailbox<Outcome<LoadedHistories>> loaded;
    const auto load = loadHistories(write("bad.json", "{\"events\": [\n  {\"eventId\": }]}"), nullptr, loaded.sink());
    const auto outcome = loaded.take();
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.problem().code, base::ErrorCode::Unreadable);
    QCOMPARE(text(outcome.problem().fields.at("line")), QString("2"));
}

void FilesTest::tellsProgress() {
    Mailbox<Outcome<LoadedHistories>> loaded;
    std::atomic<double> most = 0;
    const auto load = loadHistories(
        write("order.json", kHistory), [&](double done) { most = std::max(most.load(), done); }, loaded.sink());
    QVERIFY(loaded.take().ok());
    QVERIFY(most > 0 && most <= 1);
}

void FilesTest::droppingSilencesTheAnswer() {
    Mailbox<Outcome<LoadedHistories>> dropped;
    Mailbox<Outcome<LoadedHistories>> loaded;
    const std::string path = write("order.json", kHistory);
    auto first = loadHistories(path, nullptr, dropped.sink());
    first.drop();
    const size_t told = dropped.empty() ? 0 : 1;
    const auto second = loadHistories(path, nullptr, loaded.sink());
    QVERIFY(loaded.take().ok());
    if (told == 1) QVERIFY(dropped.take().ok());
    QVERIFY(dropped.empty());
}

QTEST_GUILESS_MAIN(FilesTest)
#include "files_test.moc"
