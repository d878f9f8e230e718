// SPDX-License-Identifier: MIT
// The rules that any history obeys can fail: each is broken by one changed history.
#include <QTest>

// moc does not understand macros that protobuf's headers leave behind.
#ifndef Q_MOC_RUN
#include "core/payload/proto.h"
#include "tests/core/server/driver.h"
#include "tests/simulation/history_rules.h"
#include "tests/simulation/violation.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
using simulation::HistoryEvent;
using test::Driver;
namespace enums = temporal::api::enums::v1;

namespace {

using Events = std::vector<HistoryEvent>;

/// A run with a timer, activities, a child, a signal, an update and every kind of end among them.
Events goodHistory() {
    Driver driver;
    driver.start("w");
    driver.pass(1s);
    auto task = driver.task();
    auto activity = Driver::schedule("a", 5s);
    activity.mutable_schedule_activity_task_command_attributes()->mutable_retry_policy()->set_maximum_attempts(1);
    driver.complete(task, {Driver::timer("t", 3s), activity, Driver::schedule("b", 5s), Driver::timer("u", 60s)});
    auto completing = driver.activity();
    driver.completeActivity(completing);
    driver.activity();
    driver.pass(4s);
    task = driver.task();
    driver.signal("w", "request");
    auto first = Driver::completion(task, {Driver::cancelTimer("u")});
    driver.call("RespondWorkflowTaskCompleted", first);
    driver.failTask(driver.task());
    driver.signal("w", "another");
    driver.complete(driver.task(), {Driver::completeWorkflow()});
    return driver.events("w");
}

/// The name of the rule that the history breaks, or "holds".
QString verdict(const Events& events) {
    simulation::HistoryRules rules("run");
    try {
        for (const HistoryEvent& event : events) rules.take(event);
    } catch (const simulation::Violation& violation) {
        return QString::fromStdString(violation.rule());
    }
    return QStringLiteral("holds");
}

size_t find(const Events& events, enums::EventType type, int nth = 1) {
    for (size_t i = 0; i < events.size(); ++i) {
        if (events[i].event_type() == type && --nth == 0) return i;
    }
    throw std::logic_error("no " + simulation::eventName(type));
}

/// Ids without gaps, and everything that refers to an id still means the same event.
void renumber(Events* events) {
    for (size_t i = 0; i < events->size(); ++i) (*events)[i].set_event_id(int64_t(i) + 1);
}

void moveTime(HistoryEvent* event, base::Duration by) {
    payload::toProto(payload::fromProto(event->event_time()) + by, event->mutable_event_time());
}

struct Mutation {
    const char* rule;
    void (*change)(Events*);
};

using namespace temporal::api::enums::v1;

const Mutation kMutations[] = {
    {"holds", [](Events*) {}},
    {"contiguous-ids", [](Events* events) { events->erase(events->begin() + 3); }},
    {"first-event", [](Events* events) { events->erase(events->begin()), renumber(events); }},
    {"nothing-after-close",
     [](Events* events) {
         events->push_back((*events)[find(*events, EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)]);
         renumber(events);
     }},
    {"shown-inside-task",
     [](Events* events) {
         const size_t started = find(*events, EVENT_TYPE_WORKFLOW_TASK_STARTED);
         events->insert(events->begin() + long(started) + 1,
                        (*events)[find(*events, EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)]);
         renumber(events);
     }},
    {"time-goes-back",
     [](Events* events) { moveTime(&(*events)[find(*events, EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 2)], -10s); }},
    {"command-out-of-place",
     [](Events* events) {
         auto& event = (*events)[find(*events, EVENT_TYPE_TIMER_STARTED)];
         event.mutable_timer_started_event_attributes()->set_workflow_task_completed_event_id(2);
     }},
    {"id-taken",
     [](Events* events) {
         (*events)[find(*events, EVENT_TYPE_TIMER_STARTED, 2)].mutable_timer_started_event_attributes()->set_timer_id(
             "t");
     }},
    {"never-opened",
     [](Events* events) {
         (*events)[find(*events, EVENT_TYPE_TIMER_FIRED)].mutable_timer_fired_event_attributes()->set_started_event_id(
             1);
     }},
    {"closed-twice",
     [](Events* events) {
         const size_t fired = find(*events, EVENT_TYPE_TIMER_FIRED);
         events->insert(events->begin() + long(fired) + 1, (*events)[fired]);
         renumber(events);
     }},
    {"started-twice",
     [](Events* events) {
         const size_t started = find(*events, EVENT_TYPE_ACTIVITY_TASK_STARTED);
         events->insert(events->begin() + long(started) + 1, (*events)[started]);
         renumber(events);
     }},
    {"wrong-start",
     [](Events* events) {
         (*events)[find(*events, EVENT_TYPE_ACTIVITY_TASK_COMPLETED)]
             .mutable_activity_task_completed_event_attributes()
             ->set_started_event_id(1);
     }},
    {"never-started",
     [](Events* events) {
         auto& completed = (*events)[find(*events, EVENT_TYPE_ACTIVITY_TASK_COMPLETED)];
         completed.mutable_activity_task_completed_event_attributes()->set_started_event_id(0);
         events->erase(events->begin() + long(find(*events, EVENT_TYPE_ACTIVITY_TASK_STARTED)));
         renumber(events);
     }},
    {"timer-early", [](Events* events) { moveTime(&(*events)[find(*events, EVENT_TYPE_TIMER_FIRED)], -1500ms); }},
    {"too-many-attempts",
     [](Events* events) {
         (*events)[find(*events, EVENT_TYPE_ACTIVITY_TASK_STARTED)]
             .mutable_activity_task_started_event_attributes()
             ->set_attempt(2);
     }},
    {"time-out-early",
     [](Events* events) {
         auto& event = (*events)[find(*events, EVENT_TYPE_ACTIVITY_TASK_COMPLETED)];
         event.set_event_type(EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
         const auto said = event.activity_task_completed_event_attributes();
         auto* to = event.mutable_activity_task_timed_out_event_attributes();
         to->set_scheduled_event_id(said.scheduled_event_id());
         to->set_started_event_id(said.started_event_id());
         to->mutable_failure()->mutable_timeout_failure_info()->set_timeout_type(TIMEOUT_TYPE_START_TO_CLOSE);
     }},
    {"retry-state",
     [](Events* events) {
         auto& event = (*events)[find(*events, EVENT_TYPE_ACTIVITY_TASK_COMPLETED)];
         event.set_event_type(EVENT_TYPE_ACTIVITY_TASK_FAILED);
         const auto said = event.activity_task_completed_event_attributes();
         auto* to = event.mutable_activity_task_failed_event_attributes();
         to->set_scheduled_event_id(said.scheduled_event_id());
         to->set_started_event_id(said.started_event_id());
         to->set_retry_state(RETRY_STATE_IN_PROGRESS);
     }},
    {"signal-twice",
     [](Events* events) {
         for (int nth = 1; nth <= 2; ++nth) {
             (*events)[find(*events, EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, nth)]
                 .mutable_workflow_execution_signaled_event_attributes()
                 ->mutable_input()
                 ->add_payloads()
                 ->set_data("\"s1\"");
         }
     }},
    {"cancel-twice",
     [](Events* events) {
         for (int nth = 1; nth <= 2; ++nth) {
             auto& event = (*events)[find(*events, EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)];
             event.set_event_type(EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
             event.mutable_workflow_execution_cancel_requested_event_attributes();
         }
     }},
    {"update-twice",
     [](Events* events) {
         for (int nth = 1; nth <= 2; ++nth) {
             auto& event = (*events)[find(*events, EVENT_TYPE_TIMER_STARTED)];
             event.set_event_type(EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
             event.mutable_workflow_execution_update_accepted_event_attributes()->set_protocol_instance_id("u");
         }
     }},
    {"single-task",
     [](Events* events) {
         const size_t scheduled = find(*events, EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
         events->insert(events->begin() + long(scheduled) + 1, (*events)[scheduled]);
         renumber(events);
     }},
};

}  // namespace

class HistoryRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void histories_data();
    void histories();
};

void HistoryRulesTest::histories_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kMutations)); ++i) QTest::newRow(kMutations[i].rule) << i;
}

void HistoryRulesTest::histories() {
    QFETCH(int, index);
    Events events = goodHistory();
    kMutations[index].change(&events);
    QCOMPARE(verdict(events), QString::fromLatin1(kMutations[index].rule));
}

QTEST_GUILESS_MAIN(HistoryRulesTest)
#include "history_rules_test.moc"
