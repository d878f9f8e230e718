// SPDX-License-Identifier: MIT
#include "core/server/dynamic_config.h"

#include <QTest>

#include "core/base/error.h"

using namespace orrery;
using namespace orrery::server;
using namespace std::chrono_literals;

class DynamicConfigTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void setsWhole();
    void setsDurations_data();
    void setsDurations();
    void setsSwitches();
    void refuses_data();
    void refuses();
    void tellsWhatIsIgnored_data();
    void tellsWhatIsIgnored();
};

void DynamicConfigTest::setsWhole() {
    Limits limits;
    QVERIFY(applyConfig(limits, "history.MaxBufferedQueryCount", "10000") == ConfigEffect::Honoured);
    QCOMPARE(limits.bufferedQueries, size_t(10000));
    QVERIFY(applyConfig(limits, "LIMIT.historyCount.suggestContinueAsNew", " 50 ") == ConfigEffect::Honoured);
    QCOMPARE(limits.suggestContinueEvents, int64_t(50));
    QVERIFY(applyConfig(limits, "history.maxTotalUpdates.suggestContinueAsNewThreshold", "0.5") ==
            ConfigEffect::Honoured);
    QCOMPARE(limits.suggestContinueUpdates, 0.5);
    QVERIFY(applyConfig(limits, "history.maxInFlightUpdates", "0") == ConfigEffect::Honoured);
    QCOMPARE(limits.updatesInFlight, size_t(0));
}

void DynamicConfigTest::setsDurations_data() {
    QTest::addColumn<QString>("json");
    QTest::addColumn<qint64>("millis");
    QTest::newRow("words") << R"("1m30s")" << qint64(90'000);
    QTest::newRow("seconds") << "5" << qint64(5'000);
    QTest::newRow("part of a second") << "0.25" << qint64(250);
    QTest::newRow("none") << R"("0s")" << qint64(0);
}

void DynamicConfigTest::setsDurations() {
    QFETCH(QString, json);
    QFETCH(qint64, millis);
    Limits limits;
    QVERIFY(applyConfig(limits, "matching.longPollExpirationInterval", json.toStdString()) == ConfigEffect::Honoured);
    QVERIFY(limits.taskPoll == base::Duration(std::chrono::milliseconds(millis)));
}

void DynamicConfigTest::setsSwitches() {
    Limits limits;
    QVERIFY(!limits.workflowTimeSkipping);
    applyConfig(limits, "frontend.WorkflowTimeSkippingEnabled", "true");
    QVERIFY(limits.workflowTimeSkipping);
}

void DynamicConfigTest::refuses_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("words");
    QTest::newRow("no JSON") << "limit.blobSize.error" << "many" << "limit.blobSize.error has to be JSON, not many.";
    QTest::newRow("no JSON for a key that nobody knows") << "some.key" << "{" << "some.key has to be JSON";
    QTest::newRow("nothing") << "limit.blobSize.error" << "" << "has to be JSON";
    QTest::newRow("two values") << "limit.blobSize.error" << "1 2" << "has to be JSON";
    QTest::newRow("text for a number") << "limit.blobSize.error" << R"("5")" << "a whole number from 0";
    QTest::newRow("a part") << "limit.blobSize.error" << "1.5" << "a whole number from 0";
    QTest::newRow("negative") << "limit.blobSize.error" << "-1" << "a whole number from 0";
    QTest::newRow("beyond an int") << "frontend.visibilityMaxPageSize" << "3000000000" << "a whole number from 0";
    QTest::newRow("beyond all") << "limit.blobSize.error" << "1e300" << "a whole number from 0";
    QTest::newRow("a number for a switch") << "frontend.WorkflowTimeSkippingEnabled" << "1" << "true or false";
    QTest::newRow("a word for a duration") << "history.longPollExpirationInterval" << R"("soon")" << "a duration";
    QTest::newRow("negative duration") << "history.longPollExpirationInterval" << R"("-1s")" << "a duration";
    QTest::newRow("endless duration") << "history.longPollExpirationInterval" << "1e12" << "a duration";
    QTest::newRow("a word for a ratio") << "history.maxTotalUpdates.suggestContinueAsNewThreshold" << "true"
                                        << "a number from 0";
}

void DynamicConfigTest::refuses() {
    QFETCH(QString, key);
    QFETCH(QString, json);
    QFETCH(QString, words);
    Limits limits;
    try {
        applyConfig(limits, key.toStdString(), json.toStdString());
        QFAIL("It was taken.");
    } catch (const base::Error& error) {
        QVERIFY(error.code() == base::ErrorCode::InvalidArgument);
        QVERIFY2(QString(error.what()).contains(words), error.what());
    }
}

void DynamicConfigTest::tellsWhatIsIgnored_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("words");
    QTest::newRow("honoured") << "limit.blobSize.error" << "5" << "";
    QTest::newRow("on") << "system.enableEagerWorkflowStart" << "true" << "";
    QTest::newRow("off") << "system.enableEagerWorkflowStart" << "false" << "this is always on here.";
    QTest::newRow("another part") << "activity.enableStandalone" << "true"
                                  << "it belongs to a part that this server does not have.";
    QTest::newRow("fixed") << "limit.maxIDLength" << "5" << "this limit is fixed here.";
    QTest::newRow("tuning") << "matching.rps" << "12000" << "there is nothing to tune here.";
    QTest::newRow("family") << "history.enableCHASMCallbacks" << "true" << "there is nothing to tune here.";
    QTest::newRow("misspelt") << "system.system.refreshNexusEndpointsMinWait" << R"("0s")" << "nobody knows the key.";
    QTest::newRow("a key that only begins like one") << "matching.rpsx" << "1" << "nobody knows the key.";
}

void DynamicConfigTest::tellsWhatIsIgnored() {
    QFETCH(QString, key);
    QFETCH(QString, json);
    QFETCH(QString, words);
    Limits limits;
    const ConfigEffect effect = applyConfig(limits, key.toStdString(), json.toStdString());
    const std::string remark = configRemark(effect, key.toStdString(), json.toStdString());
    const QString begin = "Dynamic configuration value " + key + "=" + json + " is ignored: ";
    QCOMPARE(QString::fromStdString(remark), words.isEmpty() ? QString() : begin + words);
}

QTEST_GUILESS_MAIN(DynamicConfigTest)
#include "dynamic_config_test.moc"
