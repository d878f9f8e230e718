// SPDX-License-Identifier: MIT
// Runs the program itself: what it prints, and how it ends.
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "tests/app/cli/ended.h"
#include "tests/support/golden.h"
#include "tests/support/strings.h"

#ifndef Q_MOC_RUN
#include <nlohmann/json.hpp>
#endif

using namespace orrery;
using test::text;

namespace {

const QString kData = QStringLiteral(ORRERY_SOURCE_DIR "/tests/data/histories/");

Ended runBesideData(const QStringList& arguments, const QString& folder = kData) { return run(arguments, folder); }

nlohmann::json parsed(const QString& out) { return nlohmann::json::parse(out.toStdString(), nullptr, false); }

}  // namespace

class InspectTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textForPeople_data();
    void textForPeople();
    void oneObjectForOneHistory();
    void arrayForSeveral();
    void nullsWhereNothingIsKnown();
    void unreadableFilesNameThePlace();
    void badUsage_data();
    void badUsage();
    void helpTeaches();
    void namesItsVersion();
    void saysWhichPackageHoldsTheWindow();
};

void InspectTest::textForPeople_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"activities", "messages", "children", "markers"}) QTest::newRow(name) << name;
}

void InspectTest::textForPeople() {
    QFETCH(QString, name);
    const Ended ended = runBesideData({"inspect", name + ".json"});
    QCOMPARE(ended.code, 0);
    QCOMPARE(ended.err, QString());
    const std::string wrong =
        test::compareGolden("cli/inspect-" + name.toStdString() + ".txt", ended.out.toStdString());
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void InspectTest::oneObjectForOneHistory() {
    const Ended ended = runBesideData({"inspect", "--json", "activities.json"});
    QCOMPARE(ended.code, 0);
    const nlohmann::json out = parsed(ended.out);
    QVERIFY(out.is_object());
    QCOMPARE(text(out["file"].get<std::string>()), QStringLiteral("activities.json"));
    QCOMPARE(text(out["workflowType"].get<std::string>()), QStringLiteral("Activities"));
    QCOMPARE(text(out["workflowId"].get<std::string>()), QStringLiteral("order-1"));
    QCOMPARE(text(out["runId"].get<std::string>()), QStringLiteral("run-1"));
    QCOMPARE(text(out["status"].get<std::string>()), QStringLiteral("Running"));
    QCOMPARE(out["eventCount"].get<int>(), 26);
    QCOMPARE(text(out["startTime"].get<std::string>()), QStringLiteral("2026-03-12T09:00:00Z"));
    QVERIFY(out["closeTime"].is_null());
    QCOMPARE(out.size(), size_t(9));
    const nlohmann::json group = out["groups"].at(2);
    QCOMPARE(text(group.dump()),
             QStringLiteral(R"({"attempts":3,"closed":"2026-03-12T09:00:06Z","eventIds":[6,13,14],"firstEventId":6,)"
                            R"("kind":"activity","name":"charge","scheduled":"2026-03-12T09:00:00.030Z",)"
                            R"("started":"2026-03-12T09:00:05Z","state":"Failed"})"));
}

void InspectTest::arrayForSeveral() {
    const Ended ended = runBesideData({"inspect", "--json", "markers.json", "messages.json"});
    QCOMPARE(ended.code, 0);
    const nlohmann::json out = parsed(ended.out);
    QVERIFY(out.is_array());
    QCOMPARE(out.size(), size_t(2));
    QCOMPARE(text(out[0]["status"].get<std::string>()), QStringLiteral("Failed"));
    QCOMPARE(text(out[1]["status"].get<std::string>()), QStringLiteral("Canceled"));
}

void InspectTest::nullsWhereNothingIsKnown() {
    QTemporaryDir folder;
    QFile file(folder.filePath("tail.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"([{"eventId":"9","eventType":"TimerFired","timerFiredEventAttributes":{"timerId":"1"}}])");
    file.close();
    const Ended ended = runBesideData({"inspect", "--json", "tail.json"}, folder.path());
    QCOMPARE(ended.code, 0);
    const nlohmann::json out = parsed(ended.out);
    for (const char* key : {"workflowType", "startTime", "closeTime"}) QVERIFY2(out[key].is_null(), key);
    QVERIFY(out["groups"][0]["scheduled"].is_null());
}

void InspectTest::unreadableFilesNameThePlace() {
    QTemporaryDir folder;
    QFile file(folder.filePath("bad.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"events\":[\n{\"eventId\":\"5\",\"eventType\":\"DecisionTaskScheduled\"}]}");
    file.close();
    QVERIFY(QFile::copy(kData + "markers.json", folder.filePath("good.json")));
    const Ended ended = runBesideData({"inspect", "--json", "bad.json", "good.json", "none.json"}, folder.path());
    QCOMPARE(ended.code, 3);
    QCOMPARE(
        ended.err,
        QStringLiteral("orrery: bad.json: line 2, column 28, event 5: \"DecisionTaskScheduled\" is an event type from "
                       "before Temporal 1.0; such histories cannot be read\n"
                       "orrery: none.json: cannot be opened: No such file or directory\n"));
    // What can be read is still shown.
    QCOMPARE(parsed(ended.out).size(), size_t(1));
}

void InspectTest::badUsage_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("no file") << QStringList{"inspect"};
    QTest::newRow("unknown option") << QStringList{"inspect", "--yaml", "markers.json"};
    QTest::newRow("unknown verb") << QStringList{"explain"};
    QTest::newRow("unknown log level") << QStringList{"--log-level", "loud", "inspect", "markers.json"};
}

void InspectTest::badUsage() {
    QFETCH(QStringList, arguments);
    const Ended ended = runBesideData(arguments);
    QCOMPARE(ended.code, 2);
    QVERIFY(!ended.err.isEmpty());
    QCOMPARE(ended.out, QString());
}

void InspectTest::helpTeaches() {
    const Ended ended = runBesideData({"--help"});
    QCOMPARE(ended.code, 0);
    for (const char* part : {"Examples:", "orrery serve --port 7233", "inspect", "Exit codes"}) {
        QVERIFY2(ended.out.contains(QLatin1String(part)), part);
    }
    QVERIFY(runBesideData({"inspect", "--help"}).out.contains("orrery inspect order.json"));
}

void InspectTest::namesItsVersion() {
    const Ended ended = runBesideData({"--version"});
    QCOMPARE(ended.code, 0);
    QCOMPARE(ended.out, QStringLiteral("orrery " ORRERY_VERSION "\n"));
}

void InspectTest::saysWhichPackageHoldsTheWindow() {
    // A place where no workbench lies beside the program.
    QTemporaryDir folder(QStringLiteral(ORRERY_BINARY_DIR "/alone-XXXXXX"));
    const std::filesystem::path alone = folder.filePath("orrery").toStdString();
    std::filesystem::create_hard_link(ORRERY_PROGRAM, alone);
    QProcess process;
    process.start(QString::fromStdString(alone.string()), QStringList());
    QVERIFY(process.waitForFinished(30'000));
    QCOMPARE(process.exitCode(), 1);
    const QString message = QString::fromUtf8(process.readAllStandardError());
    QVERIFY2(message.contains("Install the package orrery-workbench"), qPrintable(message));
}

QTEST_GUILESS_MAIN(InspectTest)
#include "inspect_test.moc"
