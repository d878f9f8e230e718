// SPDX-License-Identifier: MIT
// What durability is about: the worker is killed in the middle of an order, and another one finishes it.
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include <temporal/api/history/v1/message.pb.h>

#include "core/client/client.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

/// A program that runs until the test ends it.
struct Running {
    explicit Running(const QStringList& arguments) {
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral(ORRERY_PROGRAM), arguments);
    }
    ~Running() {
        process.kill();
        process.waitForFinished();
    }
    /// Reads until the text is there; what was read stays in `out`.
    bool says(const QString& what) {
        while (!out.contains(what)) {
            if (!process.waitForReadyRead(30'000)) return false;
            out += QString::fromUtf8(process.readAll());
        }
        return true;
    }
    QString rest() {
        process.waitForFinished(30'000);
        return out += QString::fromUtf8(process.readAll());
    }
    QProcess process;
    QString out;
};

}  // namespace

class KillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anotherWorkerFinishesTheOrder();
};

void KillTest::anotherWorkerFinishesTheOrder() {
    const QTemporaryDir folder;
    Running server({"serve", "--port", "0"});
    QVERIFY(server.says("Stop it with"));
    const QString address = QRegularExpression("on (127\\.0\\.0\\.1:\\d+)").match(server.out).captured(1);
    QVERIFY2(!address.isEmpty(), qPrintable(server.out));
    const QStringList work{
        "--log-level", "info", "worker", "--address", address, "--ledger", folder.filePath("ledger.tsv")};
    Running first(work);
    QVERIFY(first.says("Stop it with"));

    Running story({"run", "order_approval", "--address", address, "--id", "order-1", "--input",
                   R"({"id": "4711", "items": ["astrolabe"], "customer": "Ada", "pace": 1})"});
    QVERIFY(first.says("activity charge_card of 'order-1' begins"));
    first.process.kill();
    const QString before = first.rest();
    Running second(work);
    const QString told = story.rest();
    QVERIFY2(story.process.exitCode() == 0 && told.contains("\"outcome\":\"completed\""), qPrintable(told));
    second.process.terminate();
    const QString begun = before + second.rest();
    QCOMPARE(second.process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(second.process.exitCode(), 0);

    client::ConnectOptions options;
    options.address = address.toStdString();
    const auto history = client::Client::connect(options).workflow("order-1").history();
    for (size_t i = 0; i < history->size(); ++i) {
        const history::Event event = (*history)[i];
        if (event.typeName() != "ActivityTaskStarted") continue;
        const auto& started = event.message().activity_task_started_event_attributes();
        const auto scheduled = history->find(started.scheduled_event_id());
        const QString type = text(scheduled->name());
        QCOMPARE(begun.count("activity " + type + " of 'order-1' begins"), started.attempt());
        // The killed attempt had to be made again, and nothing else.
        QCOMPARE(started.attempt(), type == "charge_card" ? 2 : 1);
    }
    QFile ledger(folder.filePath("ledger.tsv"));
    QVERIFY(ledger.open(QIODevice::ReadOnly));
    QCOMPARE(QString::fromUtf8(ledger.readAll()).count('\n'), 3);
}

QTEST_GUILESS_MAIN(KillTest)
#include "kill_test.moc"
