// SPDX-License-Identifier: MIT
// `orrery clock` against `orrery serve`, both as programs.
#include <QProcess>
#include <QTest>

#include "tests/app/cli/ended.h"

#ifndef Q_MOC_RUN
#include <nlohmann/json.hpp>
#endif

class ClockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void setsAndShows();
    void speaksJson();
    void refuses_data();
    void refuses();

private:
    Ended clock(QStringList words) { return run(QStringList{"clock", "--address", m_address} + words); }

    QProcess m_server;
    QString m_address;
};

void ClockTest::initTestCase() {
    m_server.start(QStringLiteral(ORRERY_PROGRAM), {"serve", "--port", "0"});
    while (!m_server.canReadLine()) QVERIFY(m_server.waitForReadyRead(30'000));
    m_address = QString::fromUtf8(m_server.readLine()).trimmed().section(' ', -1);
}

void ClockTest::cleanupTestCase() {
    m_server.terminate();
    QVERIFY(m_server.waitForFinished(30'000));
}

void ClockTest::setsAndShows() {
    Ended ended = clock({"pause"});
    QCOMPARE(ended.err, QString());
    QVERIFY(ended.out.startsWith("paused: ") && ended.out.contains("Time is paused."));
    ended = clock({"skip", "2d"});
    QVERIFY(ended.out.startsWith("paused: ") && ended.out.contains("ahead of the wall"));
    ended = clock({"resume"});
    QVERIFY(ended.out.startsWith("real: "));
    ended = clock({});
    QCOMPARE(ended.code, 0);
    QVERIFY(ended.out.startsWith("real: "));
}

void ClockTest::speaksJson() {
    const Ended ended = clock({"--json"});
    const auto status = nlohmann::json::parse(ended.out.toStdString(), nullptr, false);
    QVERIFY(status.is_object());
    QCOMPARE(QString::fromStdString(status["mode"].get<std::string>()), QStringLiteral("real"));
    QCOMPARE(status["holderCount"].get<int>(), 0);
}

void ClockTest::refuses_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("message");
    QTest::newRow("no unit") << QStringList{"skip", "2"} << "'2' is no duration";
    QTest::newRow("nothing") << QStringList{"skip", "0s"} << "positive duration";
    QTest::newRow("no time") << QStringList{"run-to", "tomorrow"} << "'tomorrow' is no time";
    QTest::newRow("past") << QStringList{"run-to", "2020-01-01T00:00:00Z"} << "2020-01-01T00:00:00Z is past";
    QTest::newRow("unknown word") << QStringList{"rewind"} << "rewind";
}

void ClockTest::refuses() {
    QFETCH(QStringList, words);
    QFETCH(QString, message);
    const Ended ended = clock(words);
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains(message), qPrintable(ended.err));
}

QTEST_GUILESS_MAIN(ClockTest)
#include "clock_test.moc"
