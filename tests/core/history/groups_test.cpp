// SPDX-License-Identifier: MIT
#include "core/history/groups.h"

#include <QTest>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/history/reader.h"
#include "tests/support/golden.h"
#include "tests/support/strings.h"

// moc cannot read what protobuf generates.
#ifndef Q_MOC_RUN
#include <temporal/api/history/v1/message.pb.h>
#endif

using namespace orrery;
using test::text;

namespace {

namespace enums = temporal::api::enums::v1;

std::string second(const std::optional<base::Timestamp>& time, base::Timestamp zero) {
    if (!time) return "-";
    return fmt::format("{:.2f}", std::chrono::duration<double>(*time - zero).count());
}

/// One line a group, times in seconds since the first event.
std::string dump(const history::History& all) {
    const base::Timestamp zero = all[0].time().value_or(base::Timestamp());
    std::string out;
    for (const auto& group : history::groups(all).list) {
        out += fmt::format("{} {} \"{}\" id={} events={} attempts={}", history::groupKindName(group.kind),
                           history::groupStateName(group.state), group.name, group.id, fmt::join(group.eventIds, ","),
                           group.attempts);
        if (group.maximumAttempts) out += fmt::format(" of {}", *group.maximumAttempts);
        out += fmt::format(" times={}/{}/{}", second(group.scheduled, zero), second(group.started, zero),
                           second(group.closed, zero));
        if (group.due) out += fmt::format(" due={}", second(group.due, zero));
        if (group.cancelRequested) out += " cancelRequested";
        if (!group.runId.empty()) out += " run=" + group.runId;
        for (const auto& span : group.attemptSpans) {
            out += fmt::format(" span({}: {}..{}{})", span.attempt, second(span.started, zero),
                               second(span.closed, zero), span.failure.empty() ? "" : " " + span.failure);
        }
        if (!group.detail.empty()) out += " | " + group.detail;
        if (!group.lastFailure.empty()) out += " ! " + group.lastFailure;
        out += '\n';
    }
    return out;
}

}  // namespace

class GroupsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void golden_data();
    void golden();
    void filesEveryEventOnce();
    void survivesAMissingBeginning();
    void keepsUnknownEvents();
    void timerBeyondTimeHasNoDue();
};

void GroupsTest::golden_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"activities", "messages", "children", "markers"}) QTest::newRow(name) << name;
}

void GroupsTest::golden() {
    QFETCH(QString, name);
    const std::string file = ORRERY_SOURCE_DIR "/tests/data/histories/" + name.toStdString() + ".json";
    const auto read = history::readHistories(std::filesystem::path(file));
    const std::string wrong =
        test::compareGolden("history/groups-" + name.toStdString() + ".txt", dump(*read[0].history));
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void GroupsTest::filesEveryEventOnce() {
    const auto read =
        history::readHistories(std::filesystem::path(ORRERY_SOURCE_DIR "/tests/data/histories/children.json"));
    const history::Groups groups = history::groups(*read[0].history);
    QCOMPARE(groups.ofEvent.size(), read[0].history->size());
    // The start of the run belongs to no group.
    QCOMPARE(groups.ofEvent[0], -1);
    for (size_t i = 1; i < groups.ofEvent.size(); ++i) {
        QVERIFY(groups.ofEvent[i] >= 0);
        const auto& ids = groups.list[static_cast<size_t>(groups.ofEvent[i])].eventIds;
        QVERIFY(std::find(ids.begin(), ids.end(), (*read[0].history)[i].id()) != ids.end());
    }
}

void GroupsTest::survivesAMissingBeginning() {
    history::HistoryBuilder builder;
    temporal::api::history::v1::HistoryEvent event;
    event.set_event_id(40);
    event.set_event_type(enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
    event.mutable_activity_task_completed_event_attributes()->set_scheduled_event_id(20);
    builder.append(event);
    event.Clear();
    event.set_event_id(41);
    event.set_event_type(enums::EVENT_TYPE_TIMER_FIRED);
    // Points at an event of another kind: the row must not be mixed up.
    event.mutable_timer_fired_event_attributes()->set_started_event_id(40);
    event.mutable_timer_fired_event_attributes()->set_timer_id("t");
    builder.append(event);
    const history::Groups groups = history::groups(*builder.snapshot());
    QCOMPARE(groups.list.size(), size_t(2));
    QCOMPARE(groups.list[0].kind, history::GroupKind::Activity);
    QCOMPARE(groups.list[0].state, history::GroupState::Completed);
    QVERIFY(!groups.list[0].scheduled.has_value());
    QCOMPARE(groups.list[1].kind, history::GroupKind::Timer);
    QCOMPARE(groups.ofEvent, (std::vector<int32_t>{0, 1}));
}

void GroupsTest::keepsUnknownEvents() {
    const auto read = history::readHistories(
        R"({"events":[{"eventId":"1","eventType":"ComesLater","comesLaterEventAttributes":{"a":1}}]})", "x");
    const history::Groups groups = history::groups(*read[0].history);
    QCOMPARE(groups.list.size(), size_t(1));
    QCOMPARE(groups.list[0].kind, history::GroupKind::Other);
    QCOMPARE(text(groups.list[0].name), QStringLiteral("ComesLater"));
}

void GroupsTest::timerBeyondTimeHasNoDue() {
    const auto read = history::readHistories(
        R"([{"eventId":"1","eventTime":"2026-03-12T09:00:00Z","eventType":"TimerStarted",
             "timerStartedEventAttributes":{"timerId":"1","startToFireTimeout":"9000000000s"}}])",
        "x");
    QVERIFY(!history::groups(*read[0].history).list[0].due.has_value());
}

QTEST_GUILESS_MAIN(GroupsTest)
#include "groups_test.moc"
