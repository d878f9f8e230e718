// SPDX-License-Identifier: MIT
// Memos and search attributes with values that say nothing: they are none.
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
using test::Driver;

namespace {

#ifndef Q_MOC_RUN
using Fields = google::protobuf::Map<std::string, temporal::api::common::v1::Payload>;
#endif

void put(Fields* fields, const std::string& name, const std::string& encoding, const std::string& data) {
    auto& value = (*fields)[name];
    (*value.mutable_metadata())["encoding"] = encoding;
    value.set_data(data);
}

/// One that says something, and three that do not.
template <typename Message>
void fill(Message* message) {
    for (auto* fields :
         {message->mutable_memo()->mutable_fields(), message->mutable_search_attributes()->mutable_indexed_fields()}) {
        put(fields, "Custom", "json/plain", "[\"blue\"]");
        put(fields, "Nothing", "binary/null", "");
        put(fields, "Null", "json/plain", "null");
        put(fields, "Empty", "json/plain", "[]");
    }
}

template <typename Message>
QString names(const Message& message) {
    QStringList list;
    for (const auto& [name, value] : message.memo().fields()) list << QString::fromStdString(name);
    for (const auto& [name, value] : message.search_attributes().indexed_fields()) list << QString::fromStdString(name);
    return list.join(QLatin1Char(' '));
}

server::WorldOptions options() {
    server::WorldOptions result;
    for (const char* name : {"Custom", "Nothing", "Null", "Empty"}) {
        result.searchAttributes[name] = test::enums::INDEXED_VALUE_TYPE_KEYWORD_LIST;
    }
    return result;
}

const QString kOnlyFilled = QStringLiteral("Custom Custom");

}  // namespace

class EmptyFieldsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void started();
    void nothingElse();
    void continuedAsNew();
    void child();
};

void EmptyFieldsTest::started() {
    Driver driver(options());
    auto request = Driver::startRequest("w");
    fill(&request);
    driver.start(request);
    QCOMPARE(names(driver.events("w")[0].workflow_execution_started_event_attributes()), kOnlyFilled);
    QCOMPARE(names(driver.describe("w").workflow_execution_info()), kOnlyFilled);
}

void EmptyFieldsTest::nothingElse() {
    Driver driver(options());
    auto request = Driver::startRequest("w");
    put(request.mutable_memo()->mutable_fields(), "Nothing", "binary/null", "");
    put(request.mutable_search_attributes()->mutable_indexed_fields(), "Nothing", "binary/null", "");
    driver.start(request);
    const auto started = driver.events("w")[0].workflow_execution_started_event_attributes();
    QVERIFY(!started.has_memo());
    QVERIFY(!started.has_search_attributes());
}

void EmptyFieldsTest::continuedAsNew() {
    Driver driver(options());
    const std::string first = driver.start("w");
    test::Command again = Driver::continueAsNew();
    fill(again.mutable_continue_as_new_workflow_execution_command_attributes());
    QVERIFY(!driver.complete(driver.task(), {again})->failed());
    QCOMPARE(names(driver.events("w", first).back().workflow_execution_continued_as_new_event_attributes()),
             kOnlyFilled);
    QCOMPARE(names(driver.events("w")[0].workflow_execution_started_event_attributes()), kOnlyFilled);
}

void EmptyFieldsTest::child() {
    Driver driver(options());
    driver.start("w");
    test::Command begin = Driver::child("c");
    fill(begin.mutable_start_child_workflow_execution_command_attributes());
    QVERIFY(!driver.complete(driver.task(), {begin})->failed());
    QCOMPARE(names(driver.events("w")[4].start_child_workflow_execution_initiated_event_attributes()), kOnlyFilled);
    QCOMPARE(names(driver.events("c")[0].workflow_execution_started_event_attributes()), kOnlyFilled);
}

QTEST_GUILESS_MAIN(EmptyFieldsTest)
#include "empty_fields_test.moc"
