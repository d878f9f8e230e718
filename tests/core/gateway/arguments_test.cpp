// SPDX-License-Identifier: MIT
#include "core/gateway/arguments.h"

#include <QTest>

#include "tests/support/strings.h"

using namespace orrery;
using test::text;

class ArgumentsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsSeveral_data();
    void readsSeveral();
    void namesThePlace_data();
    void namesThePlace();
};

void ArgumentsTest::readsSeveral_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QStringList>("values");
    QTest::newRow("nothing") << "  \n" << QStringList{};
    QTest::newRow("one, kept as typed") << " { \"a\" : 1.50 } " << QStringList{"{ \"a\" : 1.50 }"};
    QTest::newRow("commas") << "1, \"a,b\\\"\", [1,{\"x\":\"]\"}]"
                            << QStringList{"1", "\"a,b\\\"\"", "[1,{\"x\":\"]\"}]"};
    QTest::newRow("lines") << "true\nnull\n{}" << QStringList{"true", "null", "{}"};
    QTest::newRow("touching") << "1\"a\"[2]" << QStringList{"1", "\"a\"", "[2]"};
}

void ArgumentsTest::readsSeveral() {
    QFETCH(QString, input);
    QFETCH(QStringList, values);
    const auto outcome = gateway::jsonArguments(input.toStdString());
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.problem().message.c_str());
    QStringList found;
    for (const auto& value : outcome.value()) {
        QCOMPARE(text(value.encoding()), QString("json/plain"));
        found << text(value.data);
    }
    QCOMPARE(found, values);
}

void ArgumentsTest::namesThePlace_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("column");
    QTest::newRow("bare word") << "{\"a\": 1}\n hello" << "2" << "2";
    QTest::newRow("cut off") << "{\"a\": " << "1" << "7";
    QTest::newRow("comma first") << " ,1" << "1" << "2";
    QTest::newRow("comma last") << "1," << "1" << "3";
}

void ArgumentsTest::namesThePlace() {
    QFETCH(QString, input);
    const auto outcome = gateway::jsonArguments(input.toStdString());
    QVERIFY(!outcome.ok());
    QCOMPARE(outcome.problem().code, base::ErrorCode::InvalidArgument);
    QTEST(text(outcome.problem().fields.at("line")), "line");
    QTEST(text(outcome.problem().fields.at("column")), "column");
}

QTEST_GUILESS_MAIN(ArgumentsTest)
#include "arguments_test.moc"
