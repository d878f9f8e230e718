// SPDX-License-Identifier: MIT
// `orrery run` and `orrery worker` as programs.
#include <QProcess>
#include <QTest>

#include "tests/app/cli/ended.h"

namespace {

const QString kOrder = QStringLiteral(R"({"id": "4711", "items": ["astrolabe"], "customer": "Ada", "pace": 0})");

}  // namespace

class RunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsEveryEnding_data();
    void tellsEveryEnding();
    void tellsEverySample_data();
    void tellsEverySample();
    void stopsCleanly();
    void refuses_data();
    void refuses();
};

void RunTest::tellsEveryEnding_data() {
    QTest::addColumn<QString>("ending");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("approve") << "approve"
                             << QStringList{"query status", "waiting for approval", "WorkflowExecutionUpdateCompleted",
                                            "\"outcome\":\"completed\"", "Marktplatz 1"};
    QTest::newRow("decline") << "decline" << QStringList{"declined", "release_stock", "\"outcome\":\"declined\""};
    QTest::newRow("expire") << "expire" << QStringList{"TimerFired", "1 d 00 h", "\"outcome\":\"expired\""};
    QTest::newRow("cancel") << "cancel" << QStringList{"WorkflowExecutionCanceled", "release_stock"};
}

void RunTest::tellsEveryEnding() {
    QFETCH(QString, ending);
    QFETCH(QStringList, words);
    const Ended ended = run({"run", "order_approval", "--id", "order-1", "--input", kOrder, "--ending", ending});
    QCOMPARE(ended.err, QString());
    QCOMPARE(ended.code, 0);
    QVERIFY(ended.out.startsWith("Workflow order_approval 'order-1' (run "));
    for (const QString& word : words) QVERIFY2(ended.out.contains(word), qPrintable(word + " in:\n" + ended.out));
}

void RunTest::tellsEverySample_data() {
    QTest::addColumn<QString>("sample");
    QTest::addColumn<QString>("input");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("saga") << "saga" << R"({"id": "1", "destination": "Rome", "failAt": "car", "failUndo": "hotel"})"
                          << QStringList{"cancel_flight", "There is no car to Rome any more.",
                                         "The hotel does not take a cancellation.", "\"undone\":[\"flight\"]"};
    QTest::newRow("entity") << "entity" << R"({"customer": "Ada", "entriesPerRun": 10})"
                            << QStringList{"25 x signal earn",  "WorkflowExecutionContinuedAsNew",
                                           "It goes on as run", "voucher 1 of Ada",
                                           "\"credited\":25",   "\"run\":3"};
    QTest::newRow("fan_out") << "fan_out" << R"({"sectors": 12, "width": 4})"
                             << QStringList{"count_stars, attempt 1, failed: Clouds over sector 7.", "\"retried\":[7]",
                                            "\"sectors\":12"};
    QTest::newRow("order_approval_changed")
        << "order_approval_changed" << kOrder << QStringList{"authorize_card", "\"outcome\":\"completed\""};
}

void RunTest::tellsEverySample() {
    QFETCH(QString, sample);
    QFETCH(QString, input);
    QFETCH(QStringList, words);
    const Ended ended = run({"--log-level", "error", "run", sample, "--input", input});
    QCOMPARE(ended.err, QString());
    QCOMPARE(ended.code, 0);
    for (const QString& word : words) QVERIFY2(ended.out.contains(word), qPrintable(word + " in:\n" + ended.out));
}

void RunTest::stopsCleanly() {
    QProcess process;
    process.start(QStringLiteral(ORRERY_PROGRAM),
                  {"run", "order_approval", "--input", kOrder, "--ending", "wait", "--id", "order-1"});
    QByteArray out;
    while (!out.contains("Now it waits")) {
        QVERIFY(process.waitForReadyRead(30'000));
        out += process.readAllStandardOutput();
    }
    process.terminate();
    QVERIFY(process.waitForFinished(30'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardOutput().contains("Stopped. The run goes with its server."));
}

void RunTest::refuses_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown sample") << QStringList{"run", "nonsense"} << 2 << "there is: order_approval";
    QTest::newRow("broken input") << QStringList{"run", "order_approval", "--input", "{\"id\""} << 2
                                  << "at character 6";
    QTest::newRow("unknown ending") << QStringList{"run", "order_approval", "--ending", "well"} << 2 << "well";
    QTest::newRow("ending of something else")
        << QStringList{"run", "saga", "--ending", "expire"} << 2 << "saga has none";
    QTest::newRow("foreign clock") << QStringList{"run",    "order_approval", "--ending",
                                                  "expire", "--address",      "127.0.0.1:1"}
                                   << 2 << "--ending wait";
    QTest::newRow("nobody there") << QStringList{"run", "order_approval", "--address", "127.0.0.1:1"} << 4
                                  << "127.0.0.1:1";
    QTest::newRow("nobody to work for") << QStringList{"worker", "--address", "127.0.0.1:1"} << 4 << "127.0.0.1:1";
    QTest::newRow("negative cache") << QStringList{"worker", "--cache-size", "-1"} << 2 << "cache-size";
}

void RunTest::refuses() {
    QFETCH(QStringList, arguments);
    QFETCH(int, code);
    QFETCH(QString, message);
    const Ended ended = run(arguments);
    QCOMPARE(ended.code, code);
    QVERIFY2((ended.err + ended.out).contains(message), qPrintable(ended.err + ended.out));
}

QTEST_GUILESS_MAIN(RunTest)
#include "run_test.moc"
