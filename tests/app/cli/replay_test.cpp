// SPDX-License-Identifier: MIT
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "tests/app/cli/ended.h"
#include "tests/support/golden.h"
#include "tests/support/strings.h"

#ifndef Q_MOC_RUN
#include <nlohmann/json.hpp>
#endif

using namespace orrery;
using test::text;

namespace {

const QString kData = QStringLiteral(ORRERY_SOURCE_DIR "/tests/data/histories/samples/embedded");

Ended replayed(const QStringList& arguments) { return run(QStringList("replay") + arguments, kData); }

}  // namespace

class ReplayCommandTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanHistories();
    void aChangedWorkflow();
    void jsonForPrograms();
    void softOnesMayPass();
    void unregisteredTypesNameTheRegistered();
    void badUsage();
    void unreadableFiles();
};

void ReplayCommandTest::cleanHistories() {
    const Ended ended = replayed({"."});
    QCOMPARE(ended.err, QString());
    QCOMPARE(ended.code, 0);
    const std::string wrong = test::compareGolden("cli/replay-clean.txt", ended.out.toStdString());
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void ReplayCommandTest::aChangedWorkflow() {
    const Ended ended = replayed({"order_approval.json", "--workflow", "order_approval_changed"});
    QCOMPARE(ended.err, QString());
    QCOMPARE(ended.code, 1);
    const std::string wrong = test::compareGolden("cli/replay-changed.txt", ended.out.toStdString());
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void ReplayCommandTest::jsonForPrograms() {
    const Ended one = replayed({"--json", "order_approval.json", "--workflow", "order_approval_changed"});
    const auto json = nlohmann::json::parse(one.out.toStdString(), nullptr, false);
    QVERIFY(json.is_object());
    QCOMPARE(json["clean"].get<bool>(), false);
    QCOMPARE(text(json["divergence"]["source"]["file"].get<std::string>()),
             QString("app/samples/order_approval_changed.cpp"));
    QVERIFY(json["divergence"]["eventId"].get<int64_t>() > 0);
    QCOMPARE(text(json["divergence"]["severity"].get<std::string>()), QString("hard"));
    const Ended several = replayed({"--json", "order_approval.json", "saga.json"});
    const auto list = nlohmann::json::parse(several.out.toStdString(), nullptr, false);
    QCOMPARE(list.size(), size_t(2));
    QCOMPARE(list[1]["clean"].get<bool>(), true);
    QCOMPARE(several.code, 0);
}

void ReplayCommandTest::softOnesMayPass() {
    std::ifstream in((kData + "/order_approval.json").toStdString());
    std::string json((std::istreambuf_iterator<char>(in)), {});
    const size_t day = json.find("\"86400s\"");
    QVERIFY(day != std::string::npos);
    for (size_t at = day; at != std::string::npos; at = json.find("\"86400s\"", at)) json.replace(at, 8, "\"86401s\"");
    const QTemporaryDir folder;
    const QString file = folder.filePath("longer.json");
    std::ofstream(file.toStdString()) << json;
    QCOMPARE(replayed({file}).code, 1);
    const Ended allowed = replayed({file, "--allow-soft"});
    QCOMPARE(allowed.code, 0);
    QVERIFY(allowed.out.contains("soft divergence"));
}

void ReplayCommandTest::unregisteredTypesNameTheRegistered() {
    const Ended ended = replayed({"../../activities.json"});
    QCOMPARE(ended.code, 1);
    QVERIFY2(ended.err.contains("No workflow type 'Activities' is registered here; registered are: "),
             qPrintable(ended.err));
    QVERIFY(ended.err.contains("order_approval, "));
}

void ReplayCommandTest::badUsage() {
    QCOMPARE(replayed({}).code, 2);
    const Ended ended = replayed({"order_approval.json", "--workflow", "nothing"});
    QCOMPARE(ended.code, 2);
    QVERIFY(ended.err.contains("--workflow nothing: there is no such workflow; registered are: "));
}

void ReplayCommandTest::unreadableFiles() {
    const Ended missing = replayed({"missing.json", "saga.json"});
    QCOMPARE(missing.code, 3);
    QVERIFY(missing.err.contains("missing.json"));
    QVERIFY(missing.out.contains("saga.json"));
    QCOMPARE(missing.err.count("missing.json"), 1);
    // One of a folder is named once too.
    const QTemporaryDir broken;
    QFile file(broken.filePath("cut.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{");
    file.close();
    const Ended cut = replayed({broken.path()});
    QCOMPARE(cut.code, 3);
    QVERIFY2(cut.err.startsWith("orrery: ") && cut.err.count("cut.json") == 1, qPrintable(cut.err));
    const QTemporaryDir empty;
    const Ended folder = replayed({empty.path()});
    QCOMPARE(folder.code, 3);
    QVERIFY(folder.err.contains("has no history files"));
}

QTEST_GUILESS_MAIN(ReplayCommandTest)
#include "replay_test.moc"
