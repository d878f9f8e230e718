// SPDX-License-Identifier: MIT
#include <QTest>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include <map>

#include "core/worker/history_chunker.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::text;
namespace enums = temporal::api::enums::v1;

namespace {

/// A history as letters: X started, W task scheduled, S task started, C task completed, F failed, T timed out,
/// t timer started, f timer fired, s signal, x closed, D terminated, a<digit> update accepted that was sequenced after
/// that event.
std::vector<worker::HistoryEvent> history(const std::string& letters) {
    const std::map<char, enums::EventType> types = {{'X', enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED},
                                                    {'W', enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED},
                                                    {'S', enums::EVENT_TYPE_WORKFLOW_TASK_STARTED},
                                                    {'C', enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED},
                                                    {'F', enums::EVENT_TYPE_WORKFLOW_TASK_FAILED},
                                                    {'T', enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT},
                                                    {'t', enums::EVENT_TYPE_TIMER_STARTED},
                                                    {'f', enums::EVENT_TYPE_TIMER_FIRED},
                                                    {'s', enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED},
                                                    {'x', enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED},
                                                    {'D', enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED},
                                                    {'a', enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED}};
    std::vector<worker::HistoryEvent> events;
    for (size_t i = 0; i < letters.size(); ++i) {
        worker::HistoryEvent& event = events.emplace_back();
        event.set_event_id(static_cast<int64_t>(events.size()));
        event.set_event_type(types.at(letters[i]));
        if (letters[i] == 'a') {
            event.mutable_workflow_execution_update_accepted_event_attributes()
                ->set_accepted_request_sequencing_event_id(letters[++i] - '0');
        }
    }
    return events;
}

/// The number of events in each chunk.
std::string sizes(worker::HistoryChunker* chunks) {
    std::string out;
    while (!chunks->empty()) {
        const size_t peeked = chunks->peek().size();
        const worker::HistoryChunk chunk = chunks->take();
        if (chunk.events.size() != peeked) return "peek and take differ";
        if (chunk.last != chunks->empty()) return "last is wrong";
        out += (out.empty() ? "" : " ") + std::to_string(chunk.events.size());
    }
    return out;
}

}  // namespace

class ChunkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cuts_data();
    void cuts();
    void skipsWhatIsBehindTheRun();
};

void ChunkerTest::cuts_data() {
    QTest::addColumn<QString>("letters");
    QTest::addColumn<QString>("chunks");
    const auto row = [](const char* name, const char* letters, const char* chunks) {
        QTest::newRow(name) << letters << chunks;
    };
    row("first task", "XWS", "3");
    row("two tasks", "XWSCtfWS", "3 5");
    row("to the end", "XWSCtfWSCx", "3 5 2");
    row("tail without a task", "XWSCtfWSCt", "3 5 2");
    row("failed task", "XWSFWS", "6");
    row("timed out task", "XWSCtfWSTWS", "3 8");
    row("never started task", "XWSCtfWTWS", "3 7");
    row("terminated in a task", "XWSCtfWSD", "3 6");
    row("idle and terminated", "XWSCtD", "3 3");
    row("heartbeats", "XWSCWSCWSCtfWS", "9 5");
    row("heartbeat after commands", "XWSCtfWSCWSCt", "3 5 3 2");
    row("signal in between", "XWSCsWSCx", "3 4 2");
    row("signal while the next task waits", "XWSCWsSCx", "3 4 2");
    row("update in its own task", "XWSCtWSCa6", "3 4 2");
    row("update after an idle task", "XWSCWSCa5", "3 3 2");
    row("update in the first task", "XWSCa2", "3 2");
    row("nothing but an opening", "X", "1");
    row("empty", "", "");
}

void ChunkerTest::cuts() {
    QFETCH(QString, letters);
    QFETCH(QString, chunks);
    worker::HistoryChunker chunker;
    chunker.reset(history(letters.toStdString()), 0);
    QCOMPARE(text(sizes(&chunker)), chunks);
}

void ChunkerTest::skipsWhatIsBehindTheRun() {
    worker::HistoryChunker chunker;
    chunker.reset(history("XWSCtfWSCx"), 5);
    QCOMPARE(chunker.peek().front()->event_id(), int64_t(6));
    QCOMPARE(text(sizes(&chunker)), "3 2");
    chunker.reset(history("XWS"), 3);
    QVERIFY(chunker.empty());
}

QTEST_GUILESS_MAIN(ChunkerTest)
#include "chunker_test.moc"
