// SPDX-License-Identifier: MIT
#include "core/payload/render.h"

#include <QTest>

#include "tests/support/strings.h"

#ifndef Q_MOC_RUN
#include <temporal/api/common/v1/message.pb.h>
#endif

using namespace orrery;
using test::text;

class RenderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void renders_data();
    void renders();
    void knowsTemporalsOwnMessages();
    void callArguments();
    void ellipsizesByCharacter();
};

void RenderTest::renders_data() {
    QTest::addColumn<QString>("encoding");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<bool>("isJson");
    QTest::newRow("json") << "json/plain" << QByteArray("{\"a\" : 1.0}") << "{\"a\":1.0}" << true;
    QTest::newRow("json with a line feed behind its name") << "json/plain\n" << QByteArray("1") << "1" << true;
    QTest::newRow("no json") << "json/plain" << QByteArray("{a}") << "{a}" << false;
    QTest::newRow("json/protobuf") << "json/protobuf" << QByteArray("{}") << "{}" << true;
    QTest::newRow("null") << "binary/null" << QByteArray() << "null" << true;
    QTest::newRow("text bytes") << "binary/plain" << QByteArray("hello") << "hello" << false;
    QTest::newRow("bytes") << "binary/plain" << QByteArray("\x00\xFF", 2) << "2 bytes, binary/plain" << false;
    QTest::newRow("one byte") << "binary/plain" << QByteArray("\xFF", 1) << "1 byte, binary/plain" << false;
    QTest::newRow("encrypted") << "binary/encrypted" << QByteArray("looks like text") << "15 bytes, binary/encrypted"
                               << false;
    QTest::newRow("no encoding") << "" << QByteArray() << "0 bytes, no encoding" << false;
}

void RenderTest::renders() {
    QFETCH(QString, encoding);
    QFETCH(QByteArray, data);
    QFETCH(QString, shown);
    QFETCH(bool, isJson);
    payload::Payload payload;
    if (!encoding.isEmpty()) payload.metadata["encoding"] = encoding.toStdString();
    payload.data = data.toStdString();
    const payload::RenderedPayload rendered = payload::renderPayload(payload);
    QCOMPARE(text(rendered.text), shown);
    QCOMPARE(rendered.isJson, isJson);
    QCOMPARE(text(rendered.encoding), encoding.trimmed());
}

void RenderTest::knowsTemporalsOwnMessages() {
    temporal::api::common::v1::WorkflowExecution execution;
    execution.set_workflow_id("order-1");
    payload::Payload payload;
    payload.metadata = {{"encoding", "binary/protobuf"}, {"messageType", "temporal.api.common.v1.WorkflowExecution"}};
    payload.data = execution.SerializeAsString();
    QCOMPARE(text(payload::renderPayload(payload).text), QStringLiteral("{\"workflowId\":\"order-1\"}"));
    QCOMPARE(text(payload::renderPayload(payload, payload::RenderStyle::Pretty).text),
             QStringLiteral("{\n  \"workflowId\": \"order-1\"\n}"));
    payload.metadata["messageType"] = "shop.Order";
    QCOMPARE(text(payload::renderPayload(payload).text), QStringLiteral("9 bytes, shop.Order"));
}

void RenderTest::callArguments() {
    const payload::Payload one{{{"encoding", "json/plain"}}, "1"};
    const payload::Payload none{{{"encoding", "binary/null"}}, ""};
    QCOMPARE(text(payload::renderPayloads({one, none})), QStringLiteral("1, null"));
    QCOMPARE(text(payload::renderPayloads({})), QString());
}

void RenderTest::ellipsizesByCharacter() {
    QCOMPARE(text(payload::ellipsize("äöü", 3)), QString::fromUtf8("äöü"));
    QCOMPARE(text(payload::ellipsize("äöüß", 3)), QString::fromUtf8("äö…"));
    QCOMPARE(text(payload::ellipsize("  a \n b  ", 10)), QStringLiteral("a b"));
}

QTEST_GUILESS_MAIN(RenderTest)
#include "render_test.moc"
