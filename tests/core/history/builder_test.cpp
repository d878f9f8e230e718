// SPDX-License-Identifier: MIT
#include <QTest>
#include <thread>

#include "core/base/error.h"
#include "core/history/history.h"
#include "core/history/reader.h"
#include "core/history/writer.h"
#include "tests/support/strings.h"

// moc cannot read what protobuf generates.
#ifndef Q_MOC_RUN
#include <temporal/api/history/v1/message.pb.h>
#endif

using namespace orrery;
using test::text;
using WireHistory = temporal::api::history::v1::History;

namespace {

namespace enums = temporal::api::enums::v1;

std::string page(int64_t first, int64_t last) {
    WireHistory wire;
    for (int64_t id = first; id <= last; ++id) {
        auto* event = wire.add_events();
        event->set_event_id(id);
        event->set_event_type(enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
        event->mutable_workflow_execution_signaled_event_attributes()->set_signal_name("s" + std::to_string(id));
    }
    return wire.SerializeAsString();
}

}  // namespace

class BuilderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsWholeRead();
    void snapshotsDoNotChange();
    void skipsWhatIsThere();
    void refusesBadPages();
    void findsById();
    void readsWhileItGrows();
    void tellsOfTheRun();
};

void BuilderTest::equalsWholeRead() {
    const auto whole =
        history::readHistories(std::filesystem::path(ORRERY_SOURCE_DIR "/tests/data/histories/children.json"));
    const std::string binary = history::toBinary(*whole[0].history);
    WireHistory wire;
    QVERIFY(wire.ParseFromString(binary));
    history::HistoryBuilder builder;
    for (const auto& event : wire.events()) {
        WireHistory one;
        *one.add_events() = event;
        QCOMPARE(builder.append(one.SerializeAsString()), size_t(1));
    }
    QCOMPARE(history::toBinary(*builder.snapshot()), binary);
    QCOMPARE(text(history::toJson(*builder.snapshot())), text(history::toJson(*whole[0].history)));
}

void BuilderTest::snapshotsDoNotChange() {
    history::HistoryBuilder builder;
    const auto none = builder.snapshot();
    builder.append(page(1, 1500));
    const auto first = builder.snapshot();
    builder.append(page(1501, 9000));
    const auto second = builder.snapshot();
    QVERIFY(none->empty());
    QCOMPARE(first->size(), size_t(1500));
    QVERIFY(!first->find(1501).has_value());
    QCOMPARE(second->size(), size_t(9000));
    for (size_t i = 0; i < second->size(); ++i) QCOMPARE((*second)[i].id(), static_cast<int64_t>(i) + 1);
    // Shared, not copied.
    QCOMPARE(&(*first)[1499].message(), &(*second)[1499].message());
}

void BuilderTest::skipsWhatIsThere() {
    history::HistoryBuilder builder;
    QCOMPARE(builder.append(page(1, 5)), size_t(5));
    QCOMPARE(builder.append(page(3, 7)), size_t(2));
    QCOMPARE(builder.append(page(1, 7)), size_t(0));
    QCOMPARE(builder.lastEventId(), int64_t(7));
}

void BuilderTest::refusesBadPages() {
    history::HistoryBuilder builder;
    builder.append(page(1, 2));
    QVERIFY_THROWS_EXCEPTION(base::Error, builder.append("\x0A\xFF"));
    WireHistory wire;
    for (const int64_t id : {4, 3}) wire.add_events()->set_event_id(id);
    try {
        builder.append(wire.SerializeAsString());
        QFAIL("a page that goes backwards was taken");
    } catch (const base::Error& error) {
        QCOMPARE(error.code(), base::ErrorCode::DataLoss);
        QCOMPARE(text(error.what()), QStringLiteral("a page of the history has event 3 behind event 4"));
    }
    QCOMPARE(builder.size(), size_t(2));
}

void BuilderTest::findsById() {
    history::HistoryBuilder builder;
    builder.append(page(10, 20));
    builder.append(page(40, 50));
    const auto all = builder.snapshot();
    for (int64_t id = 0; id < 60; ++id) {
        const bool there = (id >= 10 && id <= 20) || (id >= 40 && id <= 50);
        QCOMPARE(all->find(id).has_value(), there);
        if (there) QCOMPARE(all->find(id)->id(), id);
    }
}

void BuilderTest::readsWhileItGrows() {
    history::HistoryBuilder builder;
    builder.append(page(1, 1000));
    const auto snapshot = builder.snapshot();
    int64_t sum = 0;
    std::thread reader([&] {
        for (size_t i = 0; i < snapshot->size(); ++i) sum += (*snapshot)[i].id();
    });
    for (int64_t id = 1001; id < 5000; id += 10) builder.append(page(id, id + 9));
    reader.join();
    QCOMPARE(sum, int64_t(500500));
    QVERIFY(builder.size() > 4000);
}

void BuilderTest::tellsOfTheRun() {
    const auto read =
        history::readHistories(std::filesystem::path(ORRERY_SOURCE_DIR "/tests/data/histories/markers.json"));
    const history::Summary summary = read[0].history->summary();
    QCOMPARE(text(summary.workflowType.value_or("-")), QStringLiteral("Markers"));
    QCOMPARE(text(summary.workflowId), QStringLiteral("order-1"));
    QCOMPARE(text(summary.runId), QStringLiteral("run-1"));
    QCOMPARE(summary.status, history::WorkflowStatus::Failed);
    QCOMPARE(text(summary.input.at(0).text), QStringLiteral("{\"order\":\"A-1\"}"));
    QVERIFY(summary.failure.has_value());
    QCOMPARE(text(summary.failure->type), QStringLiteral("Activity"));
    QCOMPARE(text(summary.failure->causes.at(0).message), QStringLiteral("card refused"));
    QCOMPARE(text(base::formatTimestamp(*summary.closeTime)), QStringLiteral("2026-03-12T09:00:04Z"));

    const history::Summary open = history::HistoryBuilder().snapshot()->summary();
    QVERIFY(!open.workflowType.has_value());
    QCOMPARE(open.status, history::WorkflowStatus::Running);
}

QTEST_GUILESS_MAIN(BuilderTest)
#include "builder_test.moc"
