// SPDX-License-Identifier: MIT
// Texts of the debugger: states compared, source coloured, names shortened.
#include <QTest>

#include "tests/views/panels/made_history.h"
#include "tests/views/support/fake_replay.h"
#include "views/screens/debugger/cpp_source_format.h"
#include "views/screens/debugger/replay_format.h"
#include "views/screens/debugger/state_format.h"

using namespace orrery;
using namespace orrery::ui;
using debugger::SourceSpan;
using debugger::SourceState;
using debugger::stateText;
using shared::Role;

class FormatsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comparesStates_data();
    void comparesStates();
    void firstStateMarksNothing();
    void colours_data();
    void colours();
    void commentsReachOverLines();
    void shortensFunctions_data();
    void shortensFunctions();
    void saysWhatTasksDid();
};

void FormatsTest::comparesStates_data() {
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("now");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("changed");
    QTest::newRow("same") << "{\"a\":1}" << "{ \"a\" : 1 }" << "  {\n    \"a\": 1\n  }" << 0;
    QTest::newRow("a value") << "{\"risk\":null,\"n\":1.50}" << "{\"risk\":\"high\",\"n\":1.50}"
                             << "  {\n▸   \"risk\": null  →  \"high\",\n    \"n\": 1.50\n  }" << 1;
    QTest::newRow("plain text") << "waiting" << "charging" << "▸ waiting  →  charging" << 1;
    QTest::newRow("a string") << "\"new\"" << "\"done\"" << "▸ \"new\"  →  \"done\"" << 1;
    QTest::newRow("deep") << R"({"a":{"b":{"c":1}}})" << R"({"a":{"b":{"c":2}}})"
                          << "  {\n    \"a\": {\n      \"b\": {\n▸       \"c\": 1  →  2\n      }\n    }\n  }" << 1;
    QTest::newRow("comes and goes") << R"({"a":1})" << R"({"b":2})"
                                    << "  {\n▸   \"b\": nothing  →  2\n▸   \"a\": 1  →  nothing\n  }" << 2;
    QTest::newRow("a list grows") << R"({"l":["x"]})" << R"({"l":["x","y"]})"
                                  << "  {\n▸   \"l\": [\"x\"]  →  [\"x\", \"y\"]\n  }" << 1;
    QTest::newRow("becomes another kind") << R"({"a":{"b":1}})" << R"({"a":[]})"
                                          << "  {\n▸   \"a\": {\"b\": 1}  →  []\n  }" << 1;
    QTest::newRow("list of objects") << R"([{"a":1},{"a":2}])" << R"([{"a":1},{"a":3}])"
                                     << "  [\n    {\n      \"a\": 1\n    },\n    {\n▸     \"a\": 2  →  3\n    }\n  ]"
                                     << 1;
    QTest::newRow("digits stay") << R"({"n":12345678901234567890})" << R"({"n":12345678901234567891})"
                                 << "  {\n▸   \"n\": 12345678901234567890  →  12345678901234567891\n  }" << 1;
    QTest::newRow("brackets in strings") << R"({"s":"a,}]\"{"})" << R"({"s":"a,}]\"{"})"
                                         << "  {\n    \"s\": \"a,}]\\\"{\"\n  }" << 0;
    QTest::newRow("torn json is text") << R"({"a":1})" << R"({"a":)" << "▸ {\"a\": 1}  →  {\"a\":" << 1;
}

void FormatsTest::comparesStates() {
    QFETCH(QString, before);
    QFETCH(QString, now);
    QFETCH(QString, text);
    QFETCH(int, changed);
    const debugger::StateText state = stateText(before, now);
    QCOMPARE(state.plain(), text);
    QCOMPARE(state.changed, changed);
}

void FormatsTest::firstStateMarksNothing() {
    const debugger::StateText state = stateText(QString(), R"({"a":1})");
    QCOMPARE(state.changed, 0);
    for (const debugger::StateLine& line : state.lines) QVERIFY(!line.changed);
}

void FormatsTest::colours_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("spans");
    QTest::newRow("await") << "  co_await pay(order);" << QStringList{"co_await Activity"};
    QTest::newRow("names that hold keywords") << "int_ newOrder = forEach;" << QStringList{};
    QTest::newRow("string with quotes") << R"(say("a \" // b", 'c');)"
                                        << QStringList{R"("a \" // b" Update)", "'c' Update"};
    QTest::newRow("comment") << "x = 24h; // if so" << QStringList{"24h Update", "// if so Secondary"};
    QTest::newRow("comment inside") << "a /* if */ return" << QStringList{"/* if */ Secondary", "return Activity"};
    QTest::newRow("directive") << "#include <vector>" << QStringList{"#include Activity"};
    QTest::newRow("lone hash") << "#" << QStringList{"# Activity"};
    QTest::newRow("number with marks") << "24'000.5 + x1" << QStringList{"24'000.5 Update"};
    QTest::newRow("open string") << "x = \"abc" << QStringList{"\"abc Update"};
    QTest::newRow("nothing") << "" << QStringList{};
}

void FormatsTest::colours() {
    QFETCH(QString, line);
    QFETCH(QStringList, spans);
    SourceState state = SourceState::Code;
    QStringList found;
    for (const SourceSpan& span : debugger::sourceSpans(line, state)) {
        const char* role = span.role == Role::Activity ? "Activity"
                           : span.role == Role::Update ? "Update"
                                                       : "Secondary";
        found << line.mid(span.from, span.length) + QLatin1Char(' ') + QLatin1String(role);
    }
    QCOMPARE(found, spans);
    QCOMPARE(state, SourceState::Code);
}

void FormatsTest::commentsReachOverLines() {
    SourceState state = SourceState::Code;
    QCOMPARE(debugger::sourceSpans("a /* if", state), (std::vector<SourceSpan>{{2, 5, Role::Secondary}}));
    QCOMPARE(state, SourceState::Comment);
    QCOMPARE(debugger::sourceSpans("return", state), (std::vector<SourceSpan>{{0, 6, Role::Secondary}}));
    QCOMPARE(state, SourceState::Comment);
    QCOMPARE(debugger::sourceSpans("*/ return", state),
             (std::vector<SourceSpan>{{0, 2, Role::Secondary}, {3, 6, Role::Activity}}));
    QCOMPARE(state, SourceState::Code);
}

void FormatsTest::shortensFunctions_data() {
    QTest::addColumn<QString>("spelled");
    QTest::addColumn<QString>("words");
    QTest::newRow("method") << "Task<OrderResult> orrery::samples::OrderApproval::process()"
                            << "OrderApproval::process";
    QTest::newRow("parameters") << "Task<> orrery::samples::Saga::undo(std::vector<int, A<int>> const &, int)"
                                << "Saga::undo";
    QTest::newRow("anonymous") << "Task<int> (anonymous namespace)::helper(int)" << "helper";
    QTest::newRow("inner anonymous") << "Task<int> shop::(anonymous namespace)::helper(int)" << "shop::helper";
    QTest::newRow("template result") << "workflow::Task<std::vector<std::pair<int, int>>> a::b::run(Order)" << "b::run";
    QTest::newRow("plain") << "main" << "main";
    QTest::newRow("none") << "" << "";
}

void FormatsTest::shortensFunctions() {
    QFETCH(QString, spelled);
    QFETCH(QString, words);
    QCOMPARE(debugger::functionWords(spelled.toStdString()), words);
}

void FormatsTest::saysWhatTasksDid() {
    const auto history = test::orderHistory();
    const shared::HistoryView view = shared::HistoryView::of(history);
    QStringList said;
    int64_t after = 0;
    for (const replay::TaskInfo& task : test::tasksOf(*history)) {
        said << debugger::taskWords(view, task, after);
        after = task.lastEventId;
    }
    QVERIFY2(said.first().startsWith("started → "), qPrintable(said.first()));
    QVERIFY2(!said.filter("createOrder done → ").isEmpty(), qPrintable(said.join('\n')));
    QVERIFY2(!said.filter("signal note → nothing").isEmpty(), qPrintable(said.join('\n')));
    QVERIFY2(!said.filter("update setAddress, approval time-out fired → sendReminder").isEmpty(),
             qPrintable(said.join('\n')));
    QVERIFY2(!said.filter("task failed").isEmpty(), qPrintable(said.join('\n')));
    QVERIFY(said.filter("createOrder started").isEmpty());
}

QTEST_MAIN(FormatsTest)
#include "formats_test.moc"
