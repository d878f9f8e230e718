// SPDX-License-Identifier: MIT
// One recorded run; one change of the code or of the history at a time; each is told at the right event in the right
// words.
#include <QTest>
#include <functional>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include <temporal/api/history/v1/message.pb.h>

#include "core/replay/session.h"
#endif
#include "tests/core/replay/subject.h"
#include "tests/support/strings.h"

using namespace orrery;
using temporal::api::history::v1::HistoryEvent;
using test::Knobs;
using test::text;
namespace enums = temporal::api::enums::v1;

namespace {

using Events = std::vector<HistoryEvent>;

struct Mutation {
    const char* name;
    std::function<void(Knobs&)> code;
    std::function<void(Events&)> history;
    /// Where: the event of this type and name, so many behind it.
    const char* type;
    const char* of;
    int behind;
    replay::Verdict severity;
    const char* expected;
    const char* actual;
    /// Parts of the sentence.
    std::vector<const char*> words;
    /// Of lines(), "" when the place is not asked for.
    const char* line;
};

constexpr auto kHard = replay::Verdict::Hard;
constexpr auto kSoft = replay::Verdict::Soft;

HistoryEvent& at(Events& events, enums::EventType type, int which = 0) {
    for (HistoryEvent& event : events) {
        if (event.event_type() == type && which-- == 0) return event;
    }
    throw std::logic_error("no such event");
}

void becomeSignal(HistoryEvent& event, const char* name) {
    event.clear_attributes();
    event.set_event_type(enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    event.mutable_workflow_execution_signaled_event_attributes()->set_signal_name(name);
}

const std::vector<Mutation> kChangesOfCode = {
    {"two calls swapped",
     [](Knobs& k) { k.swapCalls = true; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kHard,
     "activity 2, charge",
     "activity 2, ship",
     {"workflow task 2", "asked for activity 2, charge", "patched()"},
     ""},
    {"timer added",
     [](Knobs& k) { k.timerBeforeCharge = true; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kHard,
     "activity 2, charge",
     "timer 1, 5 s",
     {"asks for timer 1, 5 s, at tests/core/replay/subject.cpp:"},
     "timer"},
    {"timer removed",
     [](Knobs& k) { k.waitWithoutTimer = true; },
     {},
     "TimerStarted",
     "",
     0,
     kHard,
     "timer 1, 24 h",
     "nothing: it waits for a condition",
     {"does not; it waits for a condition, at tests/"},
     ""},
    {"activity renamed",
     [](Knobs& k) { k.charge = "charge_card"; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kHard,
     "activity 2, charge",
     "activity 2, charge_card",
     {"this code asks for activity 2, charge_card"},
     "charge"},
    {"activity removed",
     [](Knobs& k) { k.skipShip = true; },
     {},
     "ActivityTaskScheduled",
     "ship",
     0,
     kHard,
     "activity 3, ship",
     "timer 1, 24 h",
     {"workflow task 3"},
     "wait"},
    {"input changed",
     [](Knobs& k) { k.chargeInput = "3 coins"; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kSoft,
     "activity 2, charge, input: \"2 coins\"",
     "activity 2, charge, input: \"3 coins\"",
     {"with the input \"2 coins\"", "gives \"3 coins\"", "No worker notices"},
     "charge"},
    {"duration changed",
     [](Knobs& k) { k.waitHours = 23; },
     {},
     "TimerStarted",
     "",
     0,
     kSoft,
     "timer 1, 24 h",
     "timer 1, 23 h",
     {"asked for timer 1 with the duration 24 h", "gives 23 h"},
     "wait"},
    {"time-out changed",
     [](Knobs& k) { k.chargeSeconds = 20; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kSoft,
     "activity 2, charge, start-to-close timeout: 10 s",
     "activity 2, charge, start-to-close timeout: 20 s",
     {"start-to-close timeout 10 s"},
     "charge"},
    {"retries limited",
     [](Knobs& k) { k.chargeAttempts = 3; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kSoft,
     "activity 2, charge, retry maximum attempts: (none)",
     "activity 2, charge, retry maximum attempts: 3",
     {"gives 3"},
     "charge"},
    {"other task queue",
     [](Knobs& k) { k.chargeQueue = "cards"; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kSoft,
     "activity 2, charge, task queue: q",
     "activity 2, charge, task queue: cards",
     {"gives cards"},
     "charge"},
    {"activity id given",
     [](Knobs& k) { k.chargeId = "the-card"; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kHard,
     "activity 2, charge",
     "activity the-card, charge",
     {"asks for activity the-card, charge"},
     "charge"},
    {"patch removed",
     [](Knobs& k) { k.withoutPatch = true; },
     {},
     "MarkerRecorded",
     "",
     0,
     kHard,
     "patch greeting",
     "activity 1, greet",
     {"workflow::deprecatePatch(\"greeting\")"},
     ""},
    {"call in a signal handler",
     [](Knobs& k) { k.callInSignal = true; },
     {},
     "TimerCanceled",
     "",
     0,
     kHard,
     "cancellation of timer 1",
     "activity 4, extra",
     {"this code asks for activity 4, extra"},
     "extra"},
    {"child id changed",
     [](Knobs& k) { k.childId = "child-2"; },
     {},
     "StartChildWorkflowExecutionInitiated",
     "",
     0,
     kHard,
     "child workflow child-1, Child",
     "child workflow child-2, Child",
     {"child-2"},
     "child"},
    {"child type changed",
     [](Knobs& k) { k.childType = "Subject"; },
     {},
     "StartChildWorkflowExecutionInitiated",
     "",
     0,
     kHard,
     "child workflow child-1, Child",
     "child workflow child-1, Subject",
     {"Subject"},
     "child"},
    {"update handler removed",
     [](Knobs& k) { k.withoutUpdate = true; },
     {},
     "WorkflowExecutionUpdateAccepted",
     "",
     0,
     kHard,
     nullptr,
     "a refusal: Update handler for 'rename' expected but not found, and there is no dynamic "
     "handler; known updates: []",
     {"this code refuses it: Update handler for 'rename'"},
     ""},
    {"result changed",
     [](Knobs& k) { k.result = "finished"; },
     {},
     "WorkflowExecutionCompleted",
     "",
     0,
     kSoft,
     "completion of the run, result: \"done\"",
     "completion of the run, result: \"finished\"",
     {"result \"done\""},
     ""},
    {"fails at the end",
     [](Knobs& k) { k.failAtEnd = true; },
     {},
     "WorkflowExecutionCompleted",
     "",
     0,
     kHard,
     "completion of the run",
     "failure of the run: changed its mind",
     {"failure of the run"},
     ""},
    {"continues at the end",
     [](Knobs& k) { k.continueAtEnd = true; },
     {},
     "WorkflowExecutionCompleted",
     "",
     0,
     kHard,
     "completion of the run",
     "continue as new, Subject",
     {"continue as new"},
     ""},
    {"memo key changed",
     [](Knobs& k) { k.memoKey = "whom"; },
     {},
     "WorkflowPropertiesModified",
     "",
     0,
     kSoft,
     "memo who, memo who: \"Ada\"",
     "memo whom, memo who: (none)",
     {"workflow task 1"},
     ""},
    {"timer too many at the tail",
     [](Knobs& k) { k.timerBesideShip = true; },
     {},
     "ActivityTaskScheduled",
     "ship",
     1,
     kHard,
     nullptr,
     "timer 1, 1 h",
     {"asked for nothing more", "also asks for timer 1, 1 h, at tests/"},
     "beside"},
    {"throws",
     [](Knobs& k) { k.bug = true; },
     {},
     "ActivityTaskScheduled",
     "charge",
     0,
     kHard,
     "activity 2, charge",
     "an error: a bug in the new code",
     {"fails the workflow task with the error: a bug"},
     ""},
    {"parallel calls swapped",
     [](Knobs& k) { k.swapParallel = true; },
     {},
     "ActivityTaskScheduled",
     "pack",
     0,
     kHard,
     "activity 4, pack",
     "activity 4, label",
     {"asks for activity 4, label"},
     ""},
};

const std::vector<Mutation> kChangesOfHistory = {
    {"completion missing",
     {},
     [](Events& e) { becomeSignal(at(e, enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED), "x"); },
     "ActivityTaskScheduled",
     "charge",
     0,
     kHard,
     "activity 2, charge",
     "nothing: it waits for activity greet",
     {"does not; it waits for activity greet, at tests/core/replay/subject.cpp:"},
     ""},
    {"signal removed",
     {},
     [](Events& e) { becomeSignal(at(e, enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), "other"); },
     "TimerCanceled",
     "",
     0,
     kHard,
     "cancellation of timer 1",
     "nothing: it waits for a condition, for at most 24 h",
     {"it waits for a condition, for at most 24 h"},
     "wait"},
    {"recorded activity renamed",
     {},
     [](Events& e) {
         at(e, enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
             .mutable_activity_task_scheduled_event_attributes()
             ->mutable_activity_type()
             ->set_name("welcome");
     },
     "ActivityTaskScheduled",
     "welcome",
     0,
     kHard,
     "activity 1, welcome",
     "activity 1, greet",
     {"asked for activity 1, welcome"},
     ""},
    {"recorded duration changed",
     {},
     [](Events& e) {
         at(e, enums::EVENT_TYPE_TIMER_STARTED)
             .mutable_timer_started_event_attributes()
             ->mutable_start_to_fire_timeout()
             ->set_seconds(90);
     },
     "TimerStarted",
     "",
     0,
     kSoft,
     "timer 1, 1 m 30 s",
     "timer 1, 24 h",
     {"with the duration 1 m 30 s"},
     "wait"},
    {"marker of another SDK",
     {},
     [](Events& e) {
         at(e, enums::EVENT_TYPE_MARKER_RECORDED)
             .mutable_marker_recorded_event_attributes()
             ->set_marker_name("core_local_activity");
     },
     "MarkerRecorded",
     "",
     0,
     kHard,
     "marker core_local_activity",
     "activity 1, charge",
     {"records marker core_local_activity", "another SDK"},
     ""},
    {"order of two events swapped",
     {},
     [](Events& e) {
         auto& pack = at(e, enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 3);
         auto& label = at(e, enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 4);
         pack.mutable_activity_task_scheduled_event_attributes()->Swap(
             label.mutable_activity_task_scheduled_event_attributes());
     },
     "ActivityTaskScheduled",
     "label",
     0,
     kHard,
     "activity 5, label",
     "activity 4, pack",
     {"asked for activity 5, label"},
     ""},
    {"completion of nothing",
     {},
     [](Events& e) {
         at(e, enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 1)
             .mutable_activity_task_completed_event_attributes()
             ->set_scheduled_event_id(3);
     },
     "ActivityTaskCompleted",
     "",
     6,
     kHard,
     nullptr,
     "nothing open that event 3 began",
     {"the event has nothing to go to"},
     ""},
};

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

int64_t idOf(const history::History& history, const Mutation& mutation) {
    for (size_t i = 0; i < history.size(); ++i) {
        const history::Event event = history[i];
        const std::string of = mutation.of;
        if (event.typeName() == mutation.type && (of.empty() || event.name() == of))
            return event.id() + mutation.behind;
    }
    return -1;
}

}  // namespace

class MutationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_recorded = test::recordSubject(); }
    void unchangedIsClean();
    void laterPatchIsClean();
    void deprecatedPatchIsClean();
    void isToldWhereItIs_data();
    void isToldWhereItIs();
    void refusesAGap();

private:
    void check(const Mutation& mutation);
    std::optional<replay::Divergence> first(const Knobs& code) const {
        test::knobs() = code;
        return replay::Session(m_recorded, test::subjects()).firstDivergence();
    }

    std::shared_ptr<const history::History> m_recorded;
};

void MutationTest::unchangedIsClean() {
    const auto found = first({});
    QVERIFY2(!found, found ? found->sentence.c_str() : "");
}

void MutationTest::laterPatchIsClean() {
    Knobs code;
    code.newPatch = true;
    const auto found = first(code);
    QVERIFY2(!found, found ? found->sentence.c_str() : "");
}

void MutationTest::deprecatedPatchIsClean() {
    Knobs code;
    code.patchDeprecated = true;
    const auto found = first(code);
    QVERIFY2(!found, found ? found->sentence.c_str() : "");
}

void MutationTest::isToldWhereItIs_data() {
    QTest::addColumn<bool>("ofCode");
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Mutation& one : kChangesOfCode) QTest::newRow(one.name) << true << index++;
    index = 0;
    for (const Mutation& one : kChangesOfHistory) QTest::newRow(one.name) << false << index++;
}

void MutationTest::isToldWhereItIs() {
    QFETCH(bool, ofCode);
    QFETCH(int, index);
    check((ofCode ? kChangesOfCode : kChangesOfHistory)[static_cast<size_t>(index)]);
}

void MutationTest::check(const Mutation& mutation) {
    test::knobs() = {};
    if (mutation.code) mutation.code(test::knobs());
    Events events = eventsOf(*m_recorded);
    if (mutation.history) mutation.history(events);
    const auto history = historyOf(events);
    replay::Session session(history, test::subjects());
    const auto found = session.firstDivergence();
    QVERIFY(found);
    qInfo("%s", found->sentence.c_str());
    QCOMPARE(found->eventId, idOf(*history, mutation));
    QCOMPARE(found->severity, mutation.severity);
    if (mutation.expected) QCOMPARE(text(found->expected), QString::fromUtf8(mutation.expected));
    QCOMPARE(text(found->actual), QString::fromUtf8(mutation.actual));
    for (const char* words : mutation.words) QVERIFY2(text(found->sentence).contains(QString::fromUtf8(words)), words);
    const std::string line = mutation.line;
    if (!line.empty()) {
        QCOMPARE(text(found->source.file), QString("tests/core/replay/subject.cpp"));
        QCOMPARE(found->source.line, test::lines().at(line));
    }
    // The session stays usable: the task itself shows both sides, and everything before it is there.
    const auto step = session.step(found->task);
    QVERIFY(step->reached && step->divergence);
    QVERIFY(std::ranges::any_of(step->commands, [&](const auto& one) { return one.verdict == mutation.severity; }) ||
            step->commands.empty() || text(found->actual).startsWith("nothing open"));
    QVERIFY(session.step(1)->reached);
    if (mutation.severity == kSoft) return;
    for (int later = found->task + 1; later <= session.taskCount(); ++later) {
        QVERIFY(!session.step(later)->reached);
        QVERIFY(!session.step(later)->note.empty());
    }
}

void MutationTest::refusesAGap() {
    test::knobs() = {};
    Events events = eventsOf(*m_recorded);
    events.erase(events.begin() + 6);
    std::string message;
    try {
        const replay::Session session(historyOf(events), test::subjects());
    } catch (const base::Error& error) {
        message = error.what();
        QCOMPARE(error.code(), base::ErrorCode::InvalidArgument);
    }
    QCOMPARE(text(message), QString("The history cannot be replayed: event 8 follows event 6; the events between are "
                                    "missing."));
}

QTEST_GUILESS_MAIN(MutationTest)
#include "mutation_test.moc"
