// SPDX-License-Identifier: MIT
#include "core/replay/session.h"

#include <QTest>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include <temporal/api/history/v1/message.pb.h>
#endif
#include "tests/core/replay/subject.h"
#include "tests/support/strings.h"

using namespace orrery;
using replay::TaskState;
using temporal::api::history::v1::HistoryEvent;
using test::text;
namespace enums = temporal::api::enums::v1;

namespace {

using Events = std::vector<HistoryEvent>;

Events eventsOf(const history::History& history) {
    Events events;
    for (size_t i = 0; i < history.size(); ++i) events.push_back(history[i].message());
    return events;
}

std::shared_ptr<const history::History> historyOf(const Events& events) {
    history::HistoryBuilder builder;
    for (const HistoryEvent& event : events) builder.append(event);
    return builder.snapshot();
}

HistoryEvent plain(int64_t id, enums::EventType type) {
    HistoryEvent event;
    event.set_event_id(id);
    event.set_event_type(type);
    event.mutable_event_time()->set_seconds(1'700'000'000 + id);
    return event;
}

/// The start of a Subject whose first task failed, whose second timed out, and whose third is under way.
Events troubled(const Events& recorded) {
    Events events(recorded.begin(), recorded.begin() + 3);
    events.push_back(plain(4, enums::EVENT_TYPE_WORKFLOW_TASK_FAILED));
    auto* failed = events.back().mutable_workflow_task_failed_event_attributes();
    failed->set_cause(enums::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR);
    failed->mutable_failure()->set_message("it did not fit");
    events.push_back(plain(5, enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED));
    events.push_back(plain(6, enums::EVENT_TYPE_WORKFLOW_TASK_STARTED));
    events.push_back(plain(7, enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT));
    events.back().mutable_workflow_task_timed_out_event_attributes()->set_timeout_type(
        enums::TIMEOUT_TYPE_START_TO_CLOSE);
    events.push_back(plain(8, enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED));
    events.push_back(plain(9, enums::EVENT_TYPE_WORKFLOW_TASK_STARTED));
    return events;
}

/// A run that was reset when its second task had begun: the part before is that of the run it was made from.
Events reset(const Events& recorded) {
    Events events;
    for (const HistoryEvent& event : recorded) {
        events.push_back(event);
        const auto starts = std::ranges::count_if(events, [](const HistoryEvent& one) {
            return one.event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_STARTED;
        });
        if (starts == 2) break;
    }
    const auto next = [&events](enums::EventType type) -> HistoryEvent& {
        return events.emplace_back(plain(static_cast<int64_t>(events.size()) + 1, type));
    };
    auto* failed = next(enums::EVENT_TYPE_WORKFLOW_TASK_FAILED).mutable_workflow_task_failed_event_attributes();
    failed->set_cause(enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW);
    failed->set_new_run_id("the-new-run");
    next(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
    next(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED);
    return events;
}

std::string answerOf(const replay::Session::Answer& answer) {
    const auto* value = std::get_if<payload::Payload>(&answer);
    return value ? value->data : "failed: " + std::get<definition::FailureData>(answer).message;
}

}  // namespace

class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_recorded = test::recordSubject(); }
    void tellsWhatTheHistorySays();
    void walksForwardAndBack();
    void saysWhatCameInAndWhatWasAsked();
    void saysWhereEachCoroutineWaits();
    void answersQueriesOfThePosition();
    void aQueryThatWritesChangesNothing();
    void namesItsQueries();
    void cutOffAnywhereIsClean();
    void failedAndTimedOutTasksRunNoCode();
    void aResetRunGoesOn();
    void terminatedInATask();
    void stopsWhenAsked();
    void refusesAnUnknownType();
    void refusesAnUnknownTask();
    void replaysWithAnotherType();

private:
    replay::Session session() const { return replay::Session(m_recorded, test::subjects()); }
    /// The task whose job text begins so.
    static int taskOf(replay::Session& session, const char* job) {
        for (int task = 1; task <= session.taskCount(); ++task) {
            for (const auto& one : session.step(task)->cameIn) {
                if (one.text.starts_with(job)) return task;
            }
        }
        return 0;
    }

    std::shared_ptr<const history::History> m_recorded;
};

void SessionTest::tellsWhatTheHistorySays() {
    const auto now = session();
    const replay::Overview& overview = now.overview();
    QCOMPARE(text(overview.recordedType), QString("Subject"));
    QCOMPARE(text(overview.workflowType), QString("Subject"));
    QCOMPARE(text(overview.workflowId), QString("subject-1"));
    QVERIFY(overview.closed);
    QCOMPARE(overview.eventCount, static_cast<int64_t>(m_recorded->size()));
    QVERIFY(overview.tasks.size() >= 7);
    QCOMPARE(overview.tasks[0].scheduledEventId, int64_t(2));
    QCOMPARE(overview.tasks[0].startedEventId, int64_t(3));
    QCOMPARE(overview.tasks[0].closedEventId, int64_t(4));
    QCOMPARE(overview.tasks[0].lastEventId, int64_t(8));
    QCOMPARE(overview.tasks.back().lastEventId, static_cast<int64_t>(m_recorded->size()));
}

void SessionTest::walksForwardAndBack() {
    auto one = session();
    auto other = session();
    std::vector<std::string> forward;
    for (int task = 1; task <= one.taskCount(); ++task) forward.push_back(one.step(task)->summary);
    // From the last to the first in a session that has seen nothing else, and again in the other.
    for (int task = other.taskCount(); task > 0; --task) {
        QCOMPARE(text(other.step(task)->summary), text(forward[static_cast<size_t>(task) - 1]));
        QCOMPARE(one.step(task)->task.number, task);
        QCOMPARE(one.step(task)->commands.size(), other.step(task)->commands.size());
    }
    QCOMPARE(text(forward[0]), QString::fromUtf8("Subject starts → memo, patch greeting, greet"));
    QCOMPARE(text(forward[1]), QString::fromUtf8("greet done → charge"));
    QVERIFY(text(forward.back()).endsWith(QString::fromUtf8(" done → completed")));
}

void SessionTest::saysWhatCameInAndWhatWasAsked() {
    auto now = session();
    const auto first = now.step(1);
    QCOMPARE(text(first->cameIn.at(0).text), QString("Subject starts, \"Ada\""));
    QCOMPARE(first->cameIn[0].eventId, int64_t(1));
    QCOMPARE(first->commands.size(), size_t(4));
    for (const auto& command : first->commands) {
        QCOMPARE(command.verdict, replay::Verdict::Same);
        QVERIFY(command.recorded && command.produced);
        QCOMPARE(text(command.recorded->text), text(command.produced->text));
    }
    const auto updated = now.step(taskOf(now, "update rename"));
    QCOMPARE(text(updated->cameIn.back().text), QString("update rename, \"Ada\""));
    QCOMPARE(text(updated->commands.at(0).recorded->kind), QString("accept update"));
    QCOMPARE(text(updated->commands.at(1).recorded->kind), QString("complete update"));
    const auto charged = now.step(2);
    QCOMPARE(text(charged->commands.at(0).source.file), QString("tests/core/replay/subject.cpp"));
    QCOMPARE(charged->commands.at(0).source.line, test::lines().at("charge"));
    QVERIFY(!charged->divergence);
}

void SessionTest::saysWhereEachCoroutineWaits() {
    auto now = session();
    const auto waiting = now.step(taskOf(now, "activity ship"))->waiting;
    QCOMPARE(waiting.size(), size_t(1));
    QCOMPARE(text(waiting[0].name), QString("run"));
    QCOMPARE(text(waiting[0].waitsFor), QString("a condition, for at most 24 h"));
    QCOMPARE(waiting[0].stack.size(), size_t(2));
    QCOMPARE(waiting[0].stack[0].line, test::lines().at("wait"));
    QVERIFY(text(waiting[0].stack[0].function).contains("waitForGo"));
    QVERIFY(text(waiting[0].stack[1].function).contains("run"));
    const auto child = now.step(taskOf(now, "child workflow Child completed"))->waiting;
    QCOMPARE(child.size(), size_t(3));
    QCOMPARE(text(child[0].waitsFor), QString("all of 2"));
    QCOMPARE(text(child[1].waitsFor), QString("activity pack"));
    QCOMPARE(text(child[2].waitsFor), QString("activity label"));
    QVERIFY(now.step(now.taskCount())->waiting.empty());
}

void SessionTest::answersQueriesOfThePosition() {
    auto now = session();
    QCOMPARE(text(answerOf(now.query(now.taskCount(), "state", {}))), QString("\"done\""));
    QCOMPARE(text(answerOf(now.query(1, "state", {}))), QString("\"new\""));
    QCOMPARE(text(answerOf(now.query(taskOf(now, "activity ship"), "state", {}))), QString("\"waiting\""));
    QCOMPARE(text(answerOf(now.query(2, "nonsense", {}))),
             QString("failed: Query handler for 'nonsense' expected but not found, known queries: [counted state]"));
    QVERIFY(text(answerOf(now.query(1, "__stack_trace", {}))).contains("subject.cpp"));
}

void SessionTest::aQueryThatWritesChangesNothing() {
    auto now = session();
    for (const int task : {3, 3, 2, 4, 3, 1, now.taskCount()}) {
        QCOMPARE(text(answerOf(now.query(task, "counted", {}))), QString("1"));
    }
    QVERIFY(!now.firstDivergence());
}

void SessionTest::namesItsQueries() {
    auto now = session();
    const auto queries = now.queries(2);
    QCOMPARE(queries.size(), size_t(4));
    QVERIFY(std::ranges::find(queries, replay::QueryInfo{"state", "Where it stands"}) != queries.end());
    QCOMPARE(now.queries(now.taskCount()).size(), size_t(4));
}

void SessionTest::cutOffAnywhereIsClean() {
    const Events recorded = eventsOf(*m_recorded);
    for (size_t size = 1; size <= recorded.size(); ++size) {
        // Within the commands of one task a server never cuts.
        if (size < recorded.size() && recorded[size - 1].event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
            continue;
        }
        auto now = replay::Session(historyOf({recorded.begin(), recorded.begin() + static_cast<ptrdiff_t>(size)}),
                                   test::subjects());
        const bool within =
            now.taskCount() > 0 && now.overview().tasks.back().lastEventId == int64_t(size) && size < recorded.size() &&
            now.overview().tasks.back().state == TaskState::Completed &&
            session().overview().tasks[static_cast<size_t>(now.taskCount()) - 1].lastEventId != int64_t(size);
        const auto found = now.firstDivergence();
        if (!within) QVERIFY2(!found, found ? found->sentence.c_str() : "");
        if (within) QCOMPARE(found->task, now.taskCount());
    }
}

void SessionTest::failedAndTimedOutTasksRunNoCode() {
    auto now = replay::Session(historyOf(troubled(eventsOf(*m_recorded))), test::subjects());
    QCOMPARE(now.taskCount(), 3);
    QCOMPARE(now.step(1)->task.state, TaskState::Failed);
    QVERIFY(!now.step(1)->reached);
    QVERIFY(text(now.step(1)->note).contains("non deterministic error: it did not fit"));
    QCOMPARE(now.step(2)->task.state, TaskState::TimedOut);
    QVERIFY(text(now.step(2)->note).contains("start to close"));
    const auto open = now.step(3);
    QVERIFY(open->reached);
    QCOMPARE(open->task.state, TaskState::Started);
    QCOMPARE(open->commands.at(0).verdict, replay::Verdict::Open);
    QVERIFY(text(open->note).contains("under way"));
    QVERIFY_THROWS_EXCEPTION(base::Error, now.query(1, "state", {}));
    QCOMPARE(text(answerOf(now.query(3, "state", {}))), QString("\"new\""));
}

void SessionTest::aResetRunGoesOn() {
    auto now = replay::Session(historyOf(reset(eventsOf(*m_recorded))), test::subjects());
    QCOMPARE(text(now.overview().runId), QString("the-new-run"));
    QCOMPARE(now.taskCount(), 3);
    QVERIFY(now.step(1)->reached && !now.step(1)->divergence);
    QVERIFY(!now.step(2)->reached);
    const auto after = now.step(3);
    QVERIFY(after->reached);
    QCOMPARE(text(after->cameIn.at(0).text), QString("activity greet completed"));
    QCOMPARE(text(after->cameIn.at(1).text), QString("the run was reset to this point"));
    QCOMPARE(text(after->commands.at(0).produced->text), QString("activity 2, charge"));
    QVERIFY(!now.firstDivergence());
}

void SessionTest::terminatedInATask() {
    Events events = reset(eventsOf(*m_recorded));
    events.push_back(plain(static_cast<int64_t>(events.size()) + 1, enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED));
    auto now = replay::Session(historyOf(events), test::subjects());
    QVERIFY(now.overview().closed);
    QVERIFY(!now.step(3)->reached);
    QCOMPARE(text(now.step(3)->note), QString("The run ended before this task did."));
    QVERIFY(!now.firstDivergence());
}

void SessionTest::stopsWhenAsked() {
    auto now = session();
    std::stop_source stop;
    stop.request_stop();
    base::ErrorCode code = base::ErrorCode::Ok;
    try {
        now.step(now.taskCount(), {stop.get_token(), {}});
    } catch (const base::Error& error) {
        code = error.code();
    }
    QCOMPARE(code, base::ErrorCode::Cancelled);
    QVERIFY(!now.firstDivergence());
    QVERIFY(now.step(now.taskCount())->reached);
}

void SessionTest::refusesAnUnknownType() {
    std::string message;
    try {
        const replay::Session now(m_recorded, test::subjects(), "Object");
    } catch (const base::Error& error) {
        message = error.what();
        QCOMPARE(error.code(), base::ErrorCode::NotFound);
    }
    QCOMPARE(text(message), QString("No workflow type 'Object' is registered here; registered are: Child, Subject."));
}

void SessionTest::refusesAnUnknownTask() {
    auto now = session();
    QVERIFY_THROWS_EXCEPTION(base::Error, now.step(0));
    QVERIFY_THROWS_EXCEPTION(base::Error, now.step(now.taskCount() + 1));
}

void SessionTest::replaysWithAnotherType() {
    replay::Session now(m_recorded, test::subjects(), "Child");
    QCOMPARE(text(now.overview().recordedType), QString("Subject"));
    const auto found = now.firstDivergence();
    QVERIFY(found);
    QCOMPARE(found->task, 1);
    QCOMPARE(text(found->actual), QString("completion of the run"));
    QVERIFY(!now.step(2)->reached);
    QVERIFY(text(now.step(2)->note).contains("parts from the history in workflow task 1"));
}

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"
