// SPDX-License-Identifier: MIT
// The oracle can fail: each rule of histories is broken by one changed history, each rule of the server by a server
// that forgets or invents something. And a failing plan shrinks to what matters.
#include <QTest>

// moc does not understand macros that protobuf's headers leave behind.
#ifndef Q_MOC_RUN
#include "core/base/log.h"
#include "core/payload/proto.h"
#include "tests/core/server/driver.h"
#include "tests/simulation/script.h"
#include "tests/simulation/shrink.h"
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

server::Run* anyOpen(server::World& world) {
    for (const auto& run : world.runs) {
        if (run->open()) return run.get();
    }
    return nullptr;
}

/// Writes an event as if it belonged there.
void write(server::World& world, server::Run& run, HistoryEvent event) {
    event.set_event_id(run.log.nextId());
    payload::toProto(world.now, event.mutable_event_time());
    run.log.append(event);
    world.touch(run);
}

template <typename Change>
void rewrite(server::Run* run, Change change) {
    server::EventLog changed;
    for (int64_t id = 1; id <= run->log.lastId(); ++id) {
        HistoryEvent event = run->log.event(id);
        change(&event);
        changed.append(event);
    }
    run->log = changed;
}

/// What a server with a fault might do. Called after every action, and does it whenever it can.
struct Fault {
    const char* rule;
    void (*damage)(server::World&);
};

const Fault kFaults[] = {
    {"task-as-history",
     [](server::World& world) {
         if (server::Run* run = anyOpen(world); run != nullptr && run->task && !run->task->started()) run->task.reset();
     }},
    {"pending-as-history",
     [](server::World& world) {
         server::Run* run = anyOpen(world);
         if (run == nullptr || run->timers.empty()) return;
         auto& timer = run->timers.begin()->second;
         world.due.cancel(timer.due);
         run->timersByEvent.erase(timer.startedId);
         run->timers.erase(run->timers.begin());
     }},
    {"missed-timer",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             for (auto& [id, timer] : run->timers) world.due.cancel(timer.due);
         }
     }},
    {"missed-time-out",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (run->task) world.due.cancel(run->task->startToClose);
             for (auto& [id, activity] : run->activities) world.due.cancel(activity.startToClose);
         }
     }},
    {"holders",
     [](server::World& world) {
         for (const auto& run : world.runs) run->activeActivities.clear();
         if (server::Run* run = anyOpen(world)) world.touch(*run);
     }},
    {"closed-keeps",
     [](server::World& world) {
         for (const auto& run : world.runs) run->signalRequests.insert("kept");
     }},
    {"status-as-history",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (run->open() && run->log.lastId() > 6) run->status = enums::WORKFLOW_EXECUTION_STATUS_COMPLETED;
         }
     }},
    {"signal-twice",
     [](server::World& world) {
         for (const auto& run : world.runs) run->signalRequests.clear();
     }},
    {"signal-lost",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             for (int number = 1; number < 200; ++number) {
                 if (run->open()) run->signalRequests.insert("request-" + std::to_string(number));
             }
         }
     }},
    {"signals-as-promised",
     [](server::World& world) {
         server::Run* run = anyOpen(world);
         if (run == nullptr || run->task || run->firstTask || run->log.lastId() > 20) return;
         HistoryEvent event;
         event.set_event_type(enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
         event.mutable_workflow_execution_signaled_event_attributes()->mutable_input()->add_payloads()->set_data(
             "\"s999\"");
         write(world, *run, event);
     }},
    {"result-invented",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             for (auto& event : run->buffered) {
                 if (!event.has_activity_task_completed_event_attributes()) continue;
                 auto* result = event.mutable_activity_task_completed_event_attributes()->mutable_result();
                 result->mutable_payloads(0)->set_data("\"made up\"");
             }
         }
     }},
    {"retry-interval",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             for (auto& [id, activity] : run->activities) activity.nextAttemptTime += 1s;
         }
     }},
    {"news-untold",
     [](server::World& world) {
         server::Run* run = anyOpen(world);
         if (run == nullptr || run->task || run->firstTask || run->lastStartedId == 0) return;
         HistoryEvent event;
         event.set_event_type(enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
         event.mutable_workflow_execution_signaled_event_attributes()->set_signal_name("slowly");
         write(world, *run, event);
     }},
    {"buffer-kept",
     [](server::World& world) {
         server::Run* run = anyOpen(world);
         if (run != nullptr && !run->taskStarted()) run->buffered.emplace_back();
     }},
    {"visibility",
     [](server::World& world) {
         for (const auto& run : world.runs) run->closeTime -= 1s;
     }},
    {"comes-to-an-end",
     [](server::World& world) {
         for (const char* name : {"queue"}) {
             if (auto* queue = world.matching.find("default", server::QueueType::Workflow, name))
                 queue->backlog.clear();
         }
     }},
    {"leaks",
     [](server::World& world) {
         if (world.due.size() == 0) world.due.add(world.now + 10'000h, {server::DueWhat::Sleep, nullptr, 0});
     }},
    {"start-as-policy-says",
     [](server::World& world) {
         for (const auto& run : world.runs) run->startRequestId = "request-5";
         for (const auto& run : world.runs) {
             for (int number = 1; number < 99; ++number) run->attachedRequests["request-" + std::to_string(number)] = 1;
         }
     }},
    {"start-answer",
     [](server::World& world) {
         for (const auto& run : world.runs) run->workflowId = "another";
     }},
    {"cancel-lost",
     [](server::World& world) {
         for (const auto& run : world.runs) run->cancelRequested = true;
     }},
    {"replay-agrees",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (run->open()) continue;
             rewrite(run.get(), [](HistoryEvent* event) {
                 if (event->has_timer_started_event_attributes()) {
                     event->mutable_timer_started_event_attributes()->set_timer_id("99");
                 }
             });
         }
     }},
    {"signals-seen",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             rewrite(run.get(), [](HistoryEvent* event) {
                 if (!event->has_workflow_execution_started_event_attributes()) return;
                 auto* input = event->mutable_workflow_execution_started_event_attributes()->mutable_input();
                 input->mutable_payloads(1)->set_data("\"x\"");
             });
         }
     }},
    {"update-outcome",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             for (auto& [id, update] : run->updates) {
                 if (update.outcome) update.outcome->mutable_failure()->set_message("changed");
             }
         }
     }},
    {"retry-early",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             for (auto& [id, activity] : run->activities) {
                 if (!activity.retryDue || activity.retryDue->time <= world.now) continue;
                 world.due.cancel(activity.retryDue);
                 activity.retryDue = world.due.add(world.now, {server::DueWhat::ActivityRetry, run.get(), id});
             }
         }
     }},
    {"time-out-early",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (!run->runTimeout) continue;
             world.due.cancel(run->runTimeout);
             run->runTimeout = world.due.add(world.now, {server::DueWhat::RunTimeout, run.get(), 0});
         }
     }},
    {"poll-refused", [](server::World& world) { world.namespaces.clear(); }},
    {"clock-goes-back", [](server::World& world) { world.clock.pause(world.wall - 1h); }},
};

constexpr int kSeedsToFind = 60;

}  // namespace

class OracleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { base::setLogLevel(base::LogLevel::Off); }
    void histories_data();
    void histories();
    void servers_data();
    void servers();
    void shrinks();
    void badScriptNamesThePlace();
};

void OracleTest::histories_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kMutations)); ++i) QTest::newRow(kMutations[i].rule) << i;
}

void OracleTest::histories() {
    QFETCH(int, index);
    Events events = goodHistory();
    kMutations[index].change(&events);
    QCOMPARE(verdict(events), QString::fromLatin1(kMutations[index].rule));
}

void OracleTest::servers_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kFaults)); ++i) QTest::newRow(kFaults[i].rule) << i;
}

/// Some seed meets the fault, and the oracle calls it by the rule that it breaks.
void OracleTest::servers() {
    QFETCH(int, index);
    const Fault& fault = kFaults[index];
    QStringList others;
    for (uint64_t seed = 1; seed <= kSeedsToFind; ++seed) {
        const auto result =
            simulation::simulate(simulation::makePlan(seed), {.sabotage = fault.damage, .story = false});
        if (!result.failure) continue;
        if (result.failure->rule == fault.rule) return;
        others << QString::fromStdString(result.failure->rule);
    }
    QFAIL(qPrintable(QStringLiteral("not found; found instead: ") + others.join(QLatin1Char(' '))));
}

void OracleTest::shrinks() {
    const simulation::Options broken{.sabotage = kFaults[2].damage, .story = false};
    for (uint64_t seed = 1; seed <= kSeedsToFind; ++seed) {
        const auto plan = simulation::makePlan(seed);
        const auto result = simulation::simulate(plan, broken);
        if (!result.failure || result.failure->rule != "missed-timer") continue;
        const auto smallest = simulation::shrink(plan, "missed-timer", broken);
        QVERIFY(smallest.actions.size() < plan.actions.size() / 4);
        for (size_t i = 0; i < smallest.actions.size(); ++i) {
            auto smaller = smallest;
            smaller.actions.erase(smaller.actions.begin() + long(i));
            const auto left = simulation::simulate(smaller, broken);
            QVERIFY2(!left.failure || left.failure->rule != "missed-timer", "an action could be left out");
        }
        const std::string text = simulation::report(smallest, broken);
        QVERIFY(text.find("broken: missed-timer") != std::string::npos);
        QVERIFY(text.find("TimerStarted") != std::string::npos);
        QVERIFY(text.find("history of run") != std::string::npos);
        return;
    }
    QFAIL("no seed meets the fault");
}

void OracleTest::badScriptNamesThePlace() {
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, simulation::parseScript("A1 [T2|"));
    QCOMPARE(simulation::parseScript("A1 [T2|X3(S1)]").size(), size_t(2));
}

QTEST_GUILESS_MAIN(OracleTest)
#include "oracle_test.moc"
