// SPDX-License-Identifier: MIT
#include "core/payload/json.h"

#include <QTest>

#include "core/payload/utf8.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

class JsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reformats_data();
    void reformats();
    void refuses_data();
    void refuses();
    void readsStrings();
    void base64RoundTrips();
    void refusesBadBase64();
    void quotesAnything();
    void nestingHasAnEnd();
};

void JsonTest::reformats_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("minified");
    QTest::addColumn<QString>("pretty");
    QTest::newRow("number keeps its digits") << " 1.50e+3 " << "1.50e+3" << "1.50e+3";
    QTest::newRow("order is kept") << R"({"b":1, "a":[ ]})" << R"({"b":1,"a":[]})" << "{\n  \"b\": 1,\n  \"a\": []\n}";
    QTest::newRow("nested") << R"([1,{"x":{}}])" << R"([1,{"x":{}}])" << "[\n  1,\n  {\n    \"x\": {}\n  }\n]";
    QTest::newRow("brackets in text") << R"(["[{,:\"]"])" << R"(["[{,:\"]"])" << "[\n  \"[{,:\\\"]\"\n]";
}

void JsonTest::reformats() {
    QFETCH(QString, input);
    QFETCH(QString, minified);
    QFETCH(QString, pretty);
    QCOMPARE(text(payload::minifyJson(input.toStdString()).value_or("?")), minified);
    QCOMPARE(text(payload::prettyJson(input.toStdString()).value_or("?")), pretty);
}

void JsonTest::refuses_data() {
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("reason");
    const auto row = [](const QByteArray& input, const char* reason) {
        QTest::newRow(input.constData()) << input << QString::fromUtf8(reason);
    };
    row("", "line 1, column 1: the text ends where a value must stand");
    row("[1", "line 1, column 3: the text ends where ',' or ']' must stand");
    row("{\"a\"", "line 1, column 5: the text ends where ':' must stand");
    row("{\"a\":1", "line 1, column 7: the text ends where ',' or '}' must stand");
    row("{a:1}", "line 1, column 2: found 'a' where a key must stand");
    row("[1,]", "line 1, column 4: found ']' where a value must stand");
    row("01", "line 1, column 2: a number must not begin with 0");
    row("1.", "line 1, column 3: a digit must stand here");
    row("-", "line 1, column 2: a digit must stand here");
    row("nul", "line 1, column 1: a value must be true, false, null, or in quotes");
    row("\"a\nb\"", "line 1, column 3: a control character inside a string");
    row("\"a", "line 1, column 1: the text ends inside the string that begins here");
    row("\"\\x\"", "line 1, column 3: an unknown escape in a string");
    row("\"\\u12g4\"", "line 1, column 6: \\u needs four hexadecimal digits");
    row("\"\xFF\"", "line 1, column 1: the string is not valid UTF-8");
    row("1 2", "line 1, column 3: found '2' after the end of the document");
    row("\n\n @", "line 3, column 2: found '@' where a value must stand");
}

void JsonTest::refuses() {
    QFETCH(QByteArray, input);
    QFETCH(QString, reason);
    try {
        const std::string bytes = input.toStdString();
        payload::JsonReader reader(bytes);
        reader.skip();
        reader.end();
        QFAIL("was read");
    } catch (const payload::JsonError& error) {
        QCOMPARE(text(error.what()), reason);
    }
}

void JsonTest::readsStrings() {
    const std::string input = R"("a\n\u00fc\ud83d\ude00\ud83d \/")";
    payload::JsonReader reader(input);
    QCOMPARE(text(reader.string()), QString::fromUtf8("a\nü😀\uFFFD /"));
}

void JsonTest::base64RoundTrips() {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        QCOMPARE(payload::fromBase64(payload::toBase64(bytes)).value_or("?"), bytes);
        bytes += static_cast<char>(i * 7);
    }
    QCOMPARE(text(payload::toBase64("any light work")), QStringLiteral("YW55IGxpZ2h0IHdvcms="));
    QCOMPARE(text(payload::fromBase64("YW55IGxpZ2h0IHdvcms").value_or("?")), QStringLiteral("any light work"));
    QCOMPARE(payload::fromBase64("-_8").value_or("?"), payload::fromBase64("+/8=").value_or("!"));
}

void JsonTest::refusesBadBase64() {
    for (const char* bad : {"A", "====", "AB=", "A*==", "AB==CD", "AAAA="}) {
        QVERIFY2(!payload::fromBase64(bad).has_value(), bad);
    }
}

void JsonTest::quotesAnything() {
    const std::string odd = std::string("\"\\\n\t\x01\x7F\xFF", 7) + "ü";
    const std::string quoted = payload::quoteJson(odd);
    QCOMPARE(text(quoted), QString::fromUtf8(R"("\"\\\n\t\u0001\u007f)"
                                             "\uFFFDü\""));
    payload::JsonReader reader(quoted);
    reader.skip();
    reader.end();
}

void JsonTest::nestingHasAnEnd() {
    const std::string deep(100'000, '[');
    QVERIFY(!payload::minifyJson(deep).has_value());
}

QTEST_GUILESS_MAIN(JsonTest)
#include "json_test.moc"
