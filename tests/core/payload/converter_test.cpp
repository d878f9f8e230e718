// SPDX-License-Identifier: MIT
#include "core/payload/converter.h"

#include <QTest>
#include <limits>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include <temporal/api/common/v1/message.pb.h>
#endif

#include "core/payload/json_text.h"
#include "tests/support/strings.h"

using namespace orrery;
using payload::defaultConverter;
using payload::Payload;
using test::text;

namespace {

struct Item {
    std::string name;
    int count = 1;
    std::optional<std::string> note;
};
ORRERY_JSON(Item, name, count, note)

struct Basket {
    std::vector<Item> items;
    std::map<std::string, double> prices;
};
ORRERY_JSON(Basket, items, prices)

Payload json(const std::string& data) { return Payload{{{"encoding", "json/plain"}}, data}; }

QString errorOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const base::Error& error) {
        return text(error.what());
    }
    return "no error";
}

}  // namespace

class ConverterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jsonBytesArePythons_data();
    void jsonBytesArePythons();
    void encodingsFollowFromTypes();
    void structsRoundTrip();
    void fieldsAddedLaterKeepDefaults();
    void unreadableValuesSayWhy();
    void argumentsByCount();
    void messages();
    void ownConverter();
};

// The right column is what json.dumps(value, separators=(",", ":"), sort_keys=True) of CPython 3.11 prints.
void ConverterTest::jsonBytesArePythons_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    const auto row = [](const char* in, const char* out) {
        QTest::newRow(in) << QString::fromUtf8(in) << QString(out);
    };
    row("{ \"b\": 1, \"a\": [ 1, 2.5, null, true ] }", "{\"a\":[1,2.5,null,true],\"b\":1}");
    row("{}", "{}");
    row("[]", "[]");
    row("120.0", "120.0");
    row("-0.0", "-0.0");
    row("0.1", "0.1");
    row("1e15", "1000000000000000.0");
    row("1e16", "1e+16");
    row("123456789012345680.0", "1.2345678901234568e+17");
    row("0.0001", "0.0001");
    row("0.00001", "1e-05");
    row("1.5e300", "1.5e+300");
    row("18446744073709551615", "18446744073709551615");
    row("\"Straße \xF0\x9F\x9A\x80\"", "\"Stra\\u00dfe \\ud83d\\ude80\"");
    row("\"tab\\t quote\\\" slash/ back\\\\ \\u0001 \\u007f\"", "\"tab\\t quote\\\" slash/ back\\\\ \\u0001 \\u007f\"");
}

void ConverterTest::jsonBytesArePythons() {
    QFETCH(QString, input);
    QFETCH(QString, output);
    QCOMPARE(text(payload::compactJson(nlohmann::json::parse(input.toStdString()))), output);
}

void ConverterTest::encodingsFollowFromTypes() {
    const auto& converter = defaultConverter();
    const auto shown = [](const Payload& payload) { return text(payload.encoding() + " " + payload.data); };
    QCOMPARE(shown(converter.toPayload(std::monostate())), QString("binary/null "));
    QCOMPARE(shown(converter.toPayload(std::optional<int>())), QString("binary/null "));
    QCOMPARE(shown(converter.toPayload(std::optional<int>(3))), QString("json/plain 3"));
    QCOMPARE(shown(converter.toPayload(std::vector<uint8_t>{'a', 'b'})), QString("binary/plain ab"));
    QCOMPARE(shown(converter.toPayload("text")), QString("json/plain \"text\""));
    QCOMPARE(shown(converter.toPayload(true)), QString("json/plain true"));
    QCOMPARE(shown(converter.toPayload(Payload{{{"encoding", "mine"}}, "raw"})), QString("mine raw"));
    QVERIFY((converter.fromPayload<std::vector<uint8_t>>(Payload{{{"encoding", "binary/plain"}}, "ab"}) ==
             std::vector<uint8_t>{'a', 'b'}));
    QVERIFY(!converter.fromPayload<std::optional<int>>(converter.toPayload(std::monostate())).has_value());
}

void ConverterTest::structsRoundTrip() {
    Basket basket;
    basket.items.resize(2);
    basket.items[0].name = "lens";
    basket.items[1].note = "fragile";
    basket.prices["lens"] = 12;
    const Payload payload = defaultConverter().toPayload(basket);
    QCOMPARE(text(payload.data),
             QString("{\"items\":[{\"count\":1,\"name\":\"lens\",\"note\":null},{\"count\":1,\"name\":\"\","
                     "\"note\":\"fragile\"}],\"prices\":{\"lens\":12.0}}"));
    const auto back = defaultConverter().fromPayload<Basket>(payload);
    QCOMPARE(text(back.items[1].note.value()), QString("fragile"));
    QCOMPARE(defaultConverter().toPayload(back).data, payload.data);
}

void ConverterTest::fieldsAddedLaterKeepDefaults() {
    const auto item = defaultConverter().fromPayload<Item>(json("{\"name\":\"lens\",\"unknown\":[]}"));
    QCOMPARE(item.count, 1);
    QVERIFY(!item.note.has_value());
}

void ConverterTest::unreadableValuesSayWhy() {
    const auto& converter = defaultConverter();
    QCOMPARE(errorOf([&] { converter.fromPayload<Item>(json("{\"count\":\"two\"}")); }),
             QString("\"count\": type must be number, but is string"));
    QCOMPARE(errorOf([&] { converter.fromPayload<int>(Payload{{{"encoding", "binary/encrypted"}}, "x"}); }),
             QString("A payload with the encoding \"binary/encrypted\" cannot be read as JSON."));
    QVERIFY(errorOf([&] { converter.fromPayload<int>(json("{")); }).contains("marked as JSON cannot be read"));
    QVERIFY(errorOf([&] { converter.toPayload(std::numeric_limits<double>::infinity()); }).contains("JSON has no way"));
    QVERIFY(errorOf([&] { converter.toPayload(std::string("\xFF")); }).contains("cannot be written as JSON"));
}

void ConverterTest::argumentsByCount() {
    const auto& converter = defaultConverter();
    const auto payloads = converter.toPayloads(1, std::string("two"), 3.5);
    const auto [number, word] = converter.fromPayloads<int, std::string>(payloads);
    QCOMPARE(number, 1);
    QCOMPARE(text(word), QString("two"));
    QVERIFY(!std::get<1>(converter.fromPayloads<int, std::optional<int>>({payloads[0]})).has_value());
    QCOMPARE(errorOf([&] { converter.fromPayloads<int, int>({payloads[0]}); }),
             QString("Expected 2 arguments, got 1."));
    QCOMPARE(errorOf([&] { converter.fromPayloads<int, int>(payloads); }),
             QString("Argument 2 cannot be read: The value cannot be read: type must be number, but is string"));
}

void ConverterTest::messages() {
    temporal::api::common::v1::WorkflowExecution execution;
    execution.set_workflow_id("w");
    execution.set_run_id("r");
    const Payload payload = defaultConverter().toPayload(execution);
    QCOMPARE(text(payload.data), QString("{\"runId\":\"r\",\"workflowId\":\"w\"}"));
    QCOMPARE(text(payload.metadata.at("messageType")), QString("temporal.api.common.v1.WorkflowExecution"));
    QCOMPARE(text(payload.encoding()), QString("json/protobuf"));
    const auto back = defaultConverter().fromPayload<temporal::api::common::v1::WorkflowExecution>(payload);
    QCOMPARE(text(back.workflow_id()), QString("w"));
    const Payload binary{{{"encoding", "binary/protobuf"}}, execution.SerializeAsString()};
    QCOMPARE(text(defaultConverter().fromPayload<temporal::api::common::v1::WorkflowExecution>(binary).run_id()),
             QString("r"));
}

void ConverterTest::ownConverter() {
    class Upper final : public payload::PayloadConverter {
    public:
        Payload fromJson(const nlohmann::json& value) const override {
            return Payload{{{"encoding", "json/loud"}}, value.dump() + "!"};
        }
        nlohmann::json toJson(const Payload& payload) const override {
            return nlohmann::json::parse(payload.data.substr(0, payload.data.size() - 1));
        }
    };
    const payload::DataConverter converter(std::make_shared<Upper>());
    QCOMPARE(text(converter.toPayload(5).data), QString("5!"));
    QCOMPARE(converter.fromPayload<int>(converter.toPayload(5)), 5);
}

QTEST_GUILESS_MAIN(ConverterTest)
#include "converter_test.moc"
