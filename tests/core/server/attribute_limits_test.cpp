// SPDX-License-Identifier: MIT
// Search attributes that commands set have limits, as those of starts have.
#include <QTest>

#include "tests/core/server/driver.h"

using namespace orrery;
namespace enums = test::enums;
using test::Command;
using test::Driver;

namespace {

server::WorldOptions small() {
    server::WorldOptions options;
    options.limits.searchAttributeSize = 50;
    options.limits.searchAttributesSize = 150;
    for (const char* name : {"Old", "New"}) options.searchAttributes[name] = enums::INDEXED_VALUE_TYPE_TEXT;
    return options;
}

template <typename Message>
void put(Message* message, const std::string& name, size_t bytes) {
    auto& value = (*message->mutable_search_attributes()->mutable_indexed_fields())[name];
    (*value.mutable_metadata())["encoding"] = "json/plain";
    value.set_data("\"" + std::string(bytes - 2, 'x') + "\"");
}

/// Continues as new, begins a child or sets attributes; with these.
Command command(const std::string& what, const std::map<std::string, size_t>& sizes) {
    const auto putAll = [&sizes](auto* attributes) {
        for (const auto& [name, bytes] : sizes) put(attributes, name, bytes);
    };
    if (what == "continue") {
        Command again = Driver::continueAsNew();
        putAll(again.mutable_continue_as_new_workflow_execution_command_attributes());
        return again;
    }
    if (what == "child") {
        Command child = Driver::child("c");
        putAll(child.mutable_start_child_workflow_execution_command_attributes());
        return child;
    }
    Command upsert;
    upsert.set_command_type(enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
    putAll(upsert.mutable_upsert_workflow_search_attributes_command_attributes());
    return upsert;
}

}  // namespace

class AttributeLimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commands_data();
    void commands();
    void upsertCountsWithWhatIsThere();
    void upsertMayMakeRoom();
};

void AttributeLimitsTest::commands_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("cause");
    QTest::newRow("continue") << "continue" << "BadContinueAsNewAttributes";
    QTest::newRow("child") << "child" << "BadStartChildExecutionAttributes";
    QTest::newRow("upsert") << "upsert" << "BadSearchAttributes";
}

void AttributeLimitsTest::commands() {
    QFETCH(QString, what);
    QFETCH(QString, cause);
    const auto troubleOf = [&what](const std::map<std::string, size_t>& sizes) {
        Driver driver(small());
        const std::string runId = driver.start("w");
        const auto answer = driver.complete(driver.task(), {command(what.toStdString(), sizes)});
        if (!answer->failed()) return QString();
        const auto end = driver.events("w", runId).back();
        if (end.workflow_execution_terminated_event_attributes().reason() != answer->message()) qFatal("goes on");
        return QString::fromStdString(answer->message());
    };
    QCOMPARE(troubleOf({{"New", 50}}), QString());
    QCOMPARE(troubleOf({{"New", 51}}),
             cause + QStringLiteral(": search attribute New value size 51 exceeds size limit 50"));
    const QString total = troubleOf({{"New", 50}, {"Old", 50}});
    QVERIFY2(total.startsWith(cause + QStringLiteral(": total size of search attributes ")), qPrintable(total));
}

void AttributeLimitsTest::upsertCountsWithWhatIsThere() {
    Driver driver(small());
    auto start = Driver::startRequest("w");
    put(&start, "Old", 50);
    driver.start(start);
    const auto answer = driver.complete(driver.task(), {command("upsert", {{"New", 50}})});
    QCOMPARE(answer->code(), base::ErrorCode::InvalidArgument);
    QVERIFY(!driver.run("w").open());
}

void AttributeLimitsTest::upsertMayMakeRoom() {
    Driver driver(small());
    auto start = Driver::startRequest("w");
    put(&start, "Old", 50);
    driver.start(start);
    Command upsert = command("upsert", {{"New", 50}});
    auto* attributes = upsert.mutable_upsert_workflow_search_attributes_command_attributes();
    auto& old = (*attributes->mutable_search_attributes()->mutable_indexed_fields())["Old"];
    (*old.mutable_metadata())["encoding"] = "binary/null";
    QVERIFY(!driver.complete(driver.task(), {upsert})->failed());
}

QTEST_GUILESS_MAIN(AttributeLimitsTest)
#include "attribute_limits_test.moc"
