// SPDX-License-Identifier: MIT
#include "core/history/reader.h"

#include <QTest>

#include "core/base/error.h"
#include "core/history/writer.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

QString refusal(std::string_view bytes) {
    try {
        history::readHistories(bytes, "f");
        return QStringLiteral("(was read)");
    } catch (const base::Error& error) {
        if (error.code() != base::ErrorCode::Unreadable || error.fields().at("file") != "f")
            return QStringLiteral("(code)");
        return text(error.what());
    }
}

/// The event of a document with one event, as the writer would write it.
QString oneEvent(const std::string& document, QStringList* notes = nullptr) {
    const auto read = history::readHistories(document, "f");
    if (notes) {
        for (const std::string& note : read[0].notes) notes->append(text(note));
    }
    return text((*read[0].history)[0].json());
}

const QString kSignal = QStringLiteral(
    R"({"eventId":"1","eventType":"EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED","workflowExecutionSignaledEventAttributes":)");

/// A signal whose input is written as `input`; gives the input as the writer writes it.
QString inputOf(const QString& input, QStringList* notes = nullptr) {
    const QString event = kSignal + R"({"input":)" + input + "}}";
    QString out = oneEvent(QString("[" + event + "]").toStdString(), notes);
    const QString lead = kSignal + R"({"input":)";
    if (!out.startsWith(lead)) return out;
    return out.mid(lead.size()).chopped(2);
}

}  // namespace

class ReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formsOfDocuments_data();
    void formsOfDocuments();
    void refuses_data();
    void refuses();
    void enumsInAnyForm_data();
    void enumsInAnyForm();
    void payloadsInAnyForm_data();
    void payloadsInAnyForm();
    void timesInAnyYear_data();
    void timesInAnyYear();
    void sortsAndMerges();
    void keepsUnknownEvents();
    void keepsUnknownEventsInBinary();
    void refusesSourcesOfOtherEvents_data();
    void refusesSourcesOfOtherEvents();
    void knowsWhatClosesARun();
    void everyPrefixIsAnErrorOrAHistory_data();
    void everyPrefixIsAnErrorOrAHistory();
    void flippedBitsGiveAnErrorOrAHistory();
    void canBeStopped();
    void refusesFiles();
};

void ReaderTest::formsOfDocuments_data() {
    QTest::addColumn<QString>("document");
    QTest::addColumn<int>("histories");
    const QString event = R"({"eventId":"1","eventType":"TimerStarted"})";
    QTest::newRow("events") << R"({"events":[)" + event + "]}" << 1;
    QTest::newRow("response") << R"({"history":{"events":[)" + event + R"(]},"nextPageToken":"abc"})" << 1;
    QTest::newRow("list of events") << "[" + event + "]" << 1;
    QTest::newRow("list of histories") << R"([{"events":[)" + event + R"(]},{"history":{"events":[)" + event + "]}}]"
                                       << 2;
    QTest::newRow("byte order mark") << QString(QChar(0xFEFF)) + R"({"events":[)" + event + "]}" << 1;
    QTest::newRow("proto names") << R"({"events":[{"event_id":1,"event_type":10}]})" << 1;
    QTest::newRow("nulls") << R"({"events":[{"eventId":"1","eventTime":null,"eventType":"TimerStarted","links":null}]})"
                           << 1;
}

void ReaderTest::formsOfDocuments() {
    QFETCH(QString, document);
    QFETCH(int, histories);
    const auto read = history::readHistories(document.toStdString(), "dir/f");
    QCOMPARE(int(read.size()), histories);
    QCOMPARE(read[0].history->size(), size_t(1));
    QCOMPARE(text(read[0].name), QStringLiteral("f"));
    QCOMPARE(text(read[0].file), QStringLiteral("dir/f"));
    if (histories > 1) QCOMPARE(text(read[1].name), QStringLiteral("f#2"));
}

void ReaderTest::refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const QByteArray& bytes, const char* message) {
        QTest::newRow(name) << bytes << QString::fromUtf8(message);
    };
    row("empty", "", "f: the file is empty");
    row("blank", " \n", "f: the file is empty");
    row("no history", "{\"a\":1}",
        "f: line 1, column 1: the object has neither \"events\" nor \"history\": this is no workflow history");
    row("no events", "{\"events\":[]}", "f: the history has no events");
    row("empty list", "[]", "f: the list is empty: there is no history in it");
    row("a string", "\"x\"", "f: line 1, column 1: a history must be an object or a list");
    row("words", "hello", "f: line 1, column 1: found 'h' where a value must stand");
    row("gzip", QByteArray("\x1F\x8B\x08\x00", 4), "f: the file is compressed with gzip: unpack it first");
    row("noise", QByteArray("\x01\x02\x03\x04", 4),
        "f: the file is neither JSON nor a binary temporal.api.history.v1.History, or it is cut off");
    row("single event", "{\"eventId\":1}",
        "f: line 1, column 1: this is a single event: events need a list around them, as in {\"events\": [...]}");
    row("comma missing", "{\"events\":[\n {\"eventId\":1 \"eventType\":1}]}",
        "f: line 2, column 15, event 1: found '\"' where ',' or '}' must stand");
    row("trailing comma", "{\"events\":[{\"eventId\":1,\"eventType\":1},]}",
        "f: line 1, column 40: found ']' where a value must stand");
    row("more behind", "{\"events\":[{\"eventId\":1,\"eventType\":1}]} x",
        "f: line 1, column 42: found 'x' after the end of the document");
    row("characters, not bytes", "{\"\xC3\xBC\xC3\xBC\":1,,}", "f: line 1, column 9: found ',' where a key must stand");
    row("bad time", "[{\"eventId\":7,\"eventType\":1,\n\"eventTime\":\"soon\"}]",
        "f: line 2, column 13, event 7: \"soon\" is not a time");
    row("number for time", "[{\"eventId\":7,\"eventType\":1,\"eventTime\":12}]",
        "f: line 1, column 41, event 7: a time must be text like 2026-03-12T09:14:03Z, not a number");
    row("bad duration",
        "[{\"eventId\":7,\"eventType\":1,\"timerStartedEventAttributes\":{\"startToFireTimeout\":\"10 minutes\"}}]",
        "f: line 1, column 81, event 7: \"10 minutes\" is not a duration in seconds");
    row("text for number", "[{\"eventId\":7,\"eventType\":1,\"taskId\":\"many\"}]",
        "f: line 1, column 38, event 7: \"many\" is not a whole number that fits here");
    row("object for text", "[{\"eventId\":7,\"eventType\":1,\"timerStartedEventAttributes\":{\"timerId\":{}}}]",
        "f: line 1, column 70, event 7: timerId must be a string");
    row("no id", "[{\"eventType\":1}]", "f: line 1, column 2: the event has no eventId");
    row("no type", "[{\"eventId\":7}]", "f: line 1, column 2, event 7: event 7 has no eventType");
    row("two kinds of attributes",
        "[{\"eventId\":7,\"eventType\":1,\"timerStartedEventAttributes\":{},\"timerFiredEventAttributes\":{}}]",
        "f: line 1, column 90, event 7: timerFiredEventAttributes stands beside timerStartedEventAttributes");
    row("before 1.0", "[{\"eventId\":7,\"eventType\":\"DecisionTaskStarted\"}]",
        "f: line 1, column 27, event 7: \"DecisionTaskStarted\" is an event type from before Temporal 1.0; such "
        "histories "
        "cannot be read");
    row("twice", "[{\"eventId\":7,\"eventType\":1},{\"eventId\":7,\"eventType\":2}]",
        "f: event 7: occurs twice with different content");
}

void ReaderTest::refuses() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, message);
    QCOMPARE(refusal(bytes.toStdString()), message);
}

void ReaderTest::enumsInAnyForm_data() {
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("type");
    for (const char* form :
         {"\"EVENT_TYPE_WORKFLOW_TASK_STARTED\"", "\"WorkflowTaskStarted\"", "6", "\"workflow_task_started\""}) {
        QTest::newRow(form) << form << "EVENT_TYPE_WORKFLOW_TASK_STARTED";
    }
}

void ReaderTest::enumsInAnyForm() {
    QFETCH(QString, written);
    QFETCH(QString, type);
    const QString document = R"([{"eventId":"1","eventType":)" + written + "}]";
    QCOMPARE(oneEvent(document.toStdString()), R"({"eventId":"1","eventType":")" + type + R"("})");
}

void ReaderTest::payloadsInAnyForm_data() {
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("read");
    QTest::addColumn<bool>("converted");
    const QString plain = R"({"data":"%1","metadata":{"encoding":"anNvbi9wbGFpbg=="}})";
    // Fields are written in the order of their numbers: metadata before data.
    const auto json = [](const QByteArray& value) {
        return QString(R"({"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"%1"}]})")
            .arg(QString::fromLatin1(value.toBase64()));
    };
    QTest::newRow("proto JSON") << R"({"payloads":[)" + plain.arg("MTI=") + "]}" << json("12") << false;
    QTest::newRow("decoded number") << R"({"payloads":[12]})" << json("12") << true;
    QTest::newRow("decoded big number") << R"({"payloads":[123456789012345678901234567890.10]})"
                                        << json("123456789012345678901234567890.10") << true;
    QTest::newRow("decoded object") << R"({"payloads":[{"a" : [1, 2]}]})" << json("{\"a\":[1,2]}") << true;
    QTest::newRow("decoded data and metadata keys")
        << R"({"payloads":[{"data":5,"other":1}]})" << json("{\"data\":5,\"other\":1}") << true;
    QTest::newRow("list without wrapper") << R"(["x"])" << json("\"x\"") << true;
    QTest::newRow("readable metadata") << R"({"payloads":[{"metadata":{"encoding":"json/plain"},"data":{"a":1}}]})"
                                       << json("{\"a\":1}") << true;
    QTest::newRow("readable metadata, base64 data")
        << R"({"payloads":[{"metadata":{"encoding":"json/plain"},"data":"MTI="}]})" << json("12") << false;
    QTest::newRow("readable metadata, readable text")
        << R"({"payloads":[{"metadata":{"encoding":"json/plain"},"data":"hello there"}]})" << json("\"hello there\"")
        << true;
    const auto encoding = [](const char* name) {
        return QString(R"({"payloads":[{"metadata":{"encoding":"%1"},"data":"MTI="}]})").arg(QLatin1String(name));
    };
    // Base64 of an encoding that is no word, and words that could be base64.
    for (const char* none : {"YW5OdmJpOXdiR0Z/Ymc9PQ==", "/w==", "gIGCg4SFhoeIiYqL"}) {
        QTest::addRow("encoding %s", none) << encoding(none) << encoding(none) << false;
    }
    for (const char* name : {"gzip", "AES256", "messagePack", "binary/plain"}) {
        QTest::addRow("encoding %s", name)
            << encoding(name) << encoding(QByteArray(name).toBase64().constData()) << false;
    }
    QTest::newRow("null in a list") << R"({"payloads":[null]})"
                                    << R"({"payloads":[{"metadata":{"encoding":"YmluYXJ5L251bGw="}}]})" << true;
    QTest::newRow("empty payload") << R"({"payloads":[{}]})" << R"({"payloads":[{}]})" << false;
    QTest::newRow("viewer's addition")
        << R"({"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg==","encodingDecoded":"json/plain"},"data":"MTI="}]})"
        << json("12") << false;
    QTest::newRow("shorthand of a message")
        << R"([{"_protoMessageType":"a.B","x":1}])"
        << R"({"payloads":[{"metadata":{"encoding":"anNvbi9wcm90b2J1Zg==","messageType":"YS5C"},"data":")" +
               QString::fromLatin1(QByteArray(R"({"_protoMessageType":"a.B","x":1})").toBase64()) + R"("}]})"
        << true;
}

void ReaderTest::payloadsInAnyForm() {
    QFETCH(QString, written);
    QFETCH(QString, read);
    QFETCH(bool, converted);
    QStringList notes;
    QCOMPARE(inputOf(written, &notes), read);
    QCOMPARE(notes.contains(QStringLiteral("encoded a readable payload again (event 1)")), converted);
}

void ReaderTest::timesInAnyYear_data() {
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("read");
    QTest::newRow("zero of Go") << "0001-01-01T00:00:00Z" << "0001-01-01T00:00:00Z";
    QTest::newRow("far") << "9999-12-31T23:59:59.999999999Z" << "9999-12-31T23:59:59.999999999Z";
    QTest::newRow("leap day") << "2400-02-29T00:00:00Z" << "2400-02-29T00:00:00Z";
    QTest::newRow("offset") << "2026-03-12T10:00:00.5+01:00" << "2026-03-12T09:00:00.500Z";
}

void ReaderTest::timesInAnyYear() {
    QFETCH(QString, written);
    QFETCH(QString, read);
    const QString document = R"([{"eventId":"1","eventTime":")" + written + R"(","eventType":"TimerStarted"}])";
    QCOMPARE(oneEvent(document.toStdString()),
             R"({"eventId":"1","eventTime":")" + read + R"(","eventType":"EVENT_TYPE_TIMER_STARTED"})");
}

void ReaderTest::sortsAndMerges() {
    const auto read = history::readHistories(
        R"([{"eventId":3,"eventType":1},{"eventId":1,"eventType":1},{"eventId":2,"eventType":1},{"eventId":1,"eventType":1}])",
        "f");
    QCOMPARE(read[0].history->size(), size_t(3));
    for (size_t i = 0; i < 3; ++i) QCOMPARE((*read[0].history)[i].id(), int64_t(i) + 1);
    QCOMPARE(read[0].notes, (std::vector<std::string>{"sorted the events, which were out of order",
                                                      "left out a repeated event (event 1)"}));
}

void ReaderTest::keepsUnknownEvents() {
    const auto read = history::readHistories(
        R"({"events":[{"eventId":"1", "eventType":"ComesLater", "comesLaterEventAttributes":{"deep":[1,{"a":null}]}}]})",
        "f");
    const history::Event event = (*read[0].history)[0];
    QVERIFY(!event.isKnown());
    QCOMPARE(text(event.typeName()), QStringLiteral("ComesLater"));
    const QString source =
        R"({"eventId":"1","eventType":"ComesLater","comesLaterEventAttributes":{"deep":[1,{"a":null}]}})";
    QCOMPARE(text(event.json()), source);
    QCOMPARE(text(history::toJson(*read[0].history)), "{\"events\":[\n" + source + "\n]}\n");
    const auto numbered = history::readHistories(R"([{"eventId":1,"eventType":999,"later":2}])", "f");
    QCOMPARE(text((*numbered[0].history)[0].typeName()), QStringLiteral("EventType 999"));
    QCOMPARE(text((*numbered[0].history)[0].json()), QStringLiteral(R"({"eventId":1,"eventType":999,"later":2})"));
    QCOMPARE(text(event.attributes().children.at(2).children.at(0).children.at(0).value), QStringLiteral("1"));
}

/// Their message alone says neither the name of the type nor the attributes.
void ReaderTest::keepsUnknownEventsInBinary() {
    const std::string document = R"({"events":[
{"eventId":"1","eventType":"EVENT_TYPE_TIMER_STARTED"},
{"eventId":"2","eventTime":"2026-03-12T09:00:00Z","eventType":"ComesLater","comesLaterEventAttributes":{"deep":[1]}},
{"eventId":3,"eventType":999,"later":2},
{"eventId":"4","eventType":"EVENT_TYPE_TIMER_FIRED"}
]}
)";
    const auto written = history::readHistories(document, "f");
    QCOMPARE(text(history::toJson(*written[0].history)), text(document));
    const std::string bytes = history::toBinary(*written[0].history);
    const auto read = history::readHistories(bytes, "f");
    QCOMPARE(text(history::toJson(*read[0].history)), text(document));
    QVERIFY(history::toBinary(*read[0].history) == bytes);
    const history::Event event = (*read[0].history)[1];
    QVERIFY(!event.isKnown());
    QCOMPARE(text(event.typeName()), QStringLiteral("ComesLater"));
    QVERIFY(event.time() == base::parseTimestamp("2026-03-12T09:00:00Z"));
    QCOMPARE(read[0].notes, written[0].notes);
    // What differs only in what the message does not say is not the same.
    QVERIFY(refusal(R"([{"eventId":1,"eventType":"New","a":1},{"eventId":1,"eventType":"New","a":2}])")
                .contains("occurs twice with different content"));
}

void ReaderTest::refusesSourcesOfOtherEvents_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("says");
    QTest::newRow("another id") << R"({"eventId":8,"eventType":"New"})"
                                << "f: event 7: the JSON in it is of another event";
    QTest::newRow("a known type") << R"({"eventId":7,"eventType":"TimerFired"})"
                                  << "f: event 7: the JSON in it is of another event";
    QTest::newRow("no object") << "7"
                               << "f: event 7: the JSON in it cannot be read: an event must be an object";
    QTest::newRow("behind it") << R"({"eventId":7,"eventType":"N"} 1)" << "f: event 7: the JSON in it cannot be read: ";
}

void ReaderTest::refusesSourcesOfOtherEvents() {
    QFETCH(QString, source);
    QFETCH(QString, says);
    const std::string good = R"({"eventId":7,"eventType":"N","a":"as long as all that stands in its place"})";
    const auto written = history::readHistories("[" + good + "]", "f");
    std::string bytes = history::toBinary(*written[0].history);
    const size_t at = bytes.find(good);
    QVERIFY(at != std::string::npos);
    const std::string other = source.toStdString() + std::string(good.size() - size_t(source.size()), ' ');
    bytes.replace(at, good.size(), other);
    const QString said = refusal(bytes);
    QVERIFY2(said.startsWith(says), qPrintable(said));
}

void ReaderTest::knowsWhatClosesARun() {
    QStringList closing;
    for (int type = 0; type < 100; ++type) {
        const std::string document = R"([{"eventId":1,"eventType":)" + std::to_string(type) + "}]";
        if (history::isClosing(type))
            closing << text((*history::readHistories(document, "f")[0].history)[0].typeName());
    }
    QCOMPARE(closing.join(' '), QStringLiteral("WorkflowExecutionCompleted WorkflowExecutionFailed "
                                               "WorkflowExecutionTimedOut WorkflowExecutionCanceled "
                                               "WorkflowExecutionTerminated WorkflowExecutionContinuedAsNew"));
}

void ReaderTest::everyPrefixIsAnErrorOrAHistory_data() {
    QTest::addColumn<bool>("binary");
    QTest::newRow("JSON") << false;
    QTest::newRow("binary") << true;
}

void ReaderTest::everyPrefixIsAnErrorOrAHistory() {
    QFETCH(bool, binary);
    const auto whole =
        history::readHistories(std::filesystem::path(ORRERY_SOURCE_DIR "/tests/data/histories/markers.json"));
    const std::string bytes = binary ? history::toBinary(*whole[0].history) : history::toJson(*whole[0].history);
    int read = 0;
    for (size_t length = 0; length < bytes.size(); ++length) {
        const QString message = refusal(std::string_view(bytes).substr(0, length));
        QVERIFY(message != "(code)");
        read += message == "(was read)" ? 1 : 0;
    }
    // A binary history cut between two events is a shorter history; JSON is whole without its last line feed only.
    QCOMPARE(read, binary ? int(whole[0].history->size()) - 1 : 1);
}

void ReaderTest::flippedBitsGiveAnErrorOrAHistory() {
    const auto whole =
        history::readHistories(std::filesystem::path(ORRERY_SOURCE_DIR "/tests/data/histories/markers.json"));
    for (const bool binary : {false, true}) {
        const std::string bytes = binary ? history::toBinary(*whole[0].history) : history::toJson(*whole[0].history);
        for (size_t i = 0; i < bytes.size(); i += 3) {
            std::string bent = bytes;
            bent[i] = static_cast<char>(bent[i] ^ (i % 2 == 0 ? 0x01 : 0x20));
            QVERIFY(refusal(bent) != "(code)");
        }
    }
}

void ReaderTest::canBeStopped() {
    std::string document = "[";
    for (int i = 1; i <= 2000; ++i) {
        document += (i > 1 ? "," : "") + std::string(R"({"eventId":)") + std::to_string(i) + R"(,"eventType":1})";
    }
    document += "]";
    std::stop_source source;
    std::vector<double> told;
    history::ReadOptions options;
    options.progress = [&](double done) { told.push_back(done); };
    options.stop = source.get_token();
    QCOMPARE(history::readHistories(document, "f", options)[0].history->size(), size_t(2000));
    QVERIFY(told.size() > 2 && std::is_sorted(told.begin(), told.end()));
    QCOMPARE(told.back(), 1.0);
    source.request_stop();
    try {
        history::readHistories(document, "f", options);
        QFAIL("was not stopped");
    } catch (const base::Error& error) {
        QCOMPARE(error.code(), base::ErrorCode::Cancelled);
    }
}

void ReaderTest::refusesFiles() {
    try {
        history::readHistories(std::filesystem::path("no/such/file.json"));
        QFAIL("was read");
    } catch (const base::Error& error) {
        QCOMPARE(text(error.what()), QStringLiteral("no/such/file.json: cannot be opened: No such file or directory"));
    }
    QVERIFY_THROWS_EXCEPTION(base::Error, history::readHistories(std::filesystem::path(ORRERY_SOURCE_DIR)));
}

QTEST_GUILESS_MAIN(ReaderTest)
#include "reader_test.moc"
