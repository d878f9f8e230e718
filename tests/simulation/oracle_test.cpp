// SPDX-License-Identifier: MIT
// The oracle can fail: each of its rules is broken by a server that forgets, invents or lies (those of histories by
// history_rules_test), and found by its name. And a failing plan shrinks to what matters.
#include <QDir>
#include <QRegularExpression>
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
    {"retention",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (!run->open()) return world.removeRun(*run);
         }
     }},
    {"kept-as-it-was",
     [](server::World& world) {
         for (const auto& run : world.runs) ++run->signalCount;
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
         for (const auto& run : world.runs) run->activityIds["kept"] = 1;
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
                 queue->normal.backlog.clear();
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
    {"poll-refused", [](server::World& world) { world.removeNamespace("default"); }},
    {"answered-once",
     [](server::World& world) {
         const server::CallPtr call = world.waits.takeAny();
         if (!call) return;
         for (int times = 0; times < 2; ++times) {
             world.fail(call, server::ServiceError(base::ErrorCode::Unavailable, "said twice"));
         }
     }},
    {"worker-agrees",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (!run->open()) continue;
             rewrite(run.get(), [](HistoryEvent* event) {
                 if (event->has_timer_started_event_attributes()) {
                     event->mutable_timer_started_event_attributes()->set_timer_id("99");
                 }
             });
         }
     }},
    // Changes of this run are no longer written.
    {"kept",
     [](server::World& world) {
         for (const auto& run : world.runs) {
             if (run->kept && run->log.lastId() > 4) run->kept->changed = true;
         }
     }},
    {"clock-goes-back", [](server::World& world) { world.clock.pause(world.wall - 1h); }},
};

template <typename Response, typename Change>
void changeAnswer(server::Reply& reply, Change change) {
    if (reply.error) return;
    auto response = std::make_unique<Response>();
    response->ParseFromString(reply.message->SerializeAsString() + reply.tail);
    change(response.get());
    reply.message = std::move(response);
    reply.tail.clear();
}

/// What a server with a fault might say.
struct Lie {
    const char* rule;
    const char* method;
    void (*tell)(server::World&, const simulation::Request&, server::Reply&);
};

using simulation::Request;

const Lie kLies[] = {
    {"automatic-stands", "",
     [](server::World& world, const Request&, server::Reply&) {
         if (!world.held() && world.due.firstJumpTime()) world.clock.automatic(world.wall);
     }},
    {"missed-due", "",
     [](server::World& world, const Request&, server::Reply&) {
         world.due.add(world.now, {server::DueWhat::Sleep, nullptr, 0});
     }},
    {"server-error", "SignalWorkflowExecution",
     [](server::World&, const Request&, server::Reply& reply) {
         reply.error.emplace(base::ErrorCode::Internal, "Internal error.");
     }},
    {"chain", "RespondWorkflowTaskCompleted",
     [](server::World& world, const Request&, server::Reply&) {
         for (const auto& run : world.runs) {
             if (run->runId != run->firstRunId) run->firstRunId = "another";
         }
     }},
    {"workflow-retry", "RespondWorkflowTaskCompleted",
     [](server::World& world, const Request&, server::Reply&) {
         for (const auto& run : world.runs) {
             if (run->attempt > 1) run->attempt = 9;
         }
     }},
    {"completed-as-said", "RespondWorkflowTaskCompleted",
     [](server::World& world, const Request&, server::Reply&) {
         for (const auto& run : world.runs) {
             if (!run->open()) run->status = enums::WORKFLOW_EXECUTION_STATUS_FAILED;
         }
     }},
    {"ended-once", "RespondWorkflowTaskCompleted",
     [](server::World&, const Request&, server::Reply& reply) {
         reply.error.reset();
         if (!reply.message) reply.message = std::make_unique<test::api::RespondWorkflowTaskCompletedResponse>();
     }},
    {"handed-once", "PollActivityTaskQueue",
     [](server::World& world, const Request&, server::Reply& reply) {
         changeAnswer<test::api::PollActivityTaskQueueResponse>(reply, [&world](auto* response) {
             static std::map<std::string, std::string> first;
             if (response->task_token().empty()) return;
             response->set_task_token(first.emplace(world.runs.front()->runId, response->task_token()).first->second);
         });
     }},
    {"history-refused", "GetWorkflowExecutionHistory",
     [](server::World&, const Request& request, server::Reply& reply) {
         if (request.who != "follower") reply.error.emplace(base::ErrorCode::NotFound, "not today");
     }},
    {"follower", "GetWorkflowExecutionHistory",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::GetWorkflowExecutionHistoryResponse>(
             reply, [](auto* response) { response->clear_next_page_token(); });
     }},
    {"query-answered", "QueryWorkflow",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::QueryWorkflowResponse>(reply, [](auto* response) { response->clear_query_result(); });
     }},
    {"query-knows-signals", "QueryWorkflow",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::QueryWorkflowResponse>(reply, [](auto* response) {
             for (auto& payload : *response->mutable_query_result()->mutable_payloads()) payload.set_data("\"\"");
         });
     }},
    {"result-lost", "RespondActivityTaskCompleted",
     [](server::World&, const Request&, server::Reply& reply) {
         reply.error.reset();
         if (!reply.message) reply.message = std::make_unique<test::api::RespondActivityTaskCompletedResponse>();
     }},
    {"run-lost", "StartWorkflowExecution",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::StartWorkflowExecutionResponse>(
             reply, [](auto* response) { response->set_run_id("another"); });
     }},
    {"terminated-as-said", "TerminateWorkflowExecution",
     [](server::World&, const Request&, server::Reply& reply) {
         reply.error.reset();
         if (!reply.message) reply.message = std::make_unique<test::api::TerminateWorkflowExecutionResponse>();
     }},
    {"update-accepted", "UpdateWorkflowExecution",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::UpdateWorkflowExecutionResponse>(reply, [](auto* response) {
             response->clear_outcome();
             response->set_stage(enums::UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED);
         });
     }},
    {"list-as-filter-says", "ListWorkflowExecutions",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::ListWorkflowExecutionsResponse>(reply, [](auto* response) {
             if (response->executions_size() > 0) response->mutable_executions()->RemoveLast();
         });
     }},
    {"count-as-list", "CountWorkflowExecutions",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::CountWorkflowExecutionsResponse>(
             reply, [](auto* response) { response->set_count(response->count() + 1); });
     }},
    {"namespace", "DescribeNamespace",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::DescribeNamespaceResponse>(
             reply, [](auto* response) { response->mutable_namespace_info()->clear_description(); });
     }},
    {"reset-answer", "ResetWorkflowExecution",
     [](server::World& world, const Request& request, server::Reply& reply) {
         const auto& asked = dynamic_cast<const test::api::ResetWorkflowExecutionRequest&>(*request.message);
         for (const auto& run : world.runs) {
             if (run->workflowId == asked.workflow_execution().workflow_id()) continue;
             changeAnswer<test::api::ResetWorkflowExecutionResponse>(
                 reply, [&run](auto* response) { response->set_run_id(run->runId); });
         }
     }},
    {"reset-signals", "ResetWorkflowExecution",
     [](server::World& world, const Request&, server::Reply& reply) {
         changeAnswer<test::api::ResetWorkflowExecutionResponse>(reply, [&world](auto* response) {
             rewrite(world.findRun(response->run_id()), [](HistoryEvent* event) {
                 if (!event->has_workflow_execution_signaled_event_attributes()) return;
                 auto* input = event->mutable_workflow_execution_signaled_event_attributes()->mutable_input();
                 if (input->payloads_size() > 0) input->mutable_payloads(0)->set_data("\"s999\"");
             });
         });
     }},
    {"cron-in-time", "RespondWorkflowTaskCompleted",
     [](server::World& world, const Request&, server::Reply&) {
         for (const auto& run : world.runs) {
             if (run->attempt != 1 || run->runId == run->firstRunId || run->log.lastId() > 1) continue;
             rewrite(run.get(), [](HistoryEvent* event) {
                 auto* begun = event->mutable_workflow_execution_started_event_attributes();
                 if (!begun->cron_schedule().empty())
                     payload::toProto(3h, begun->mutable_first_workflow_task_backoff());
             });
         }
     }},
    {"update-answer", "UpdateWorkflowExecution",
     [](server::World&, const Request&, server::Reply& reply) {
         changeAnswer<test::api::UpdateWorkflowExecutionResponse>(reply,
                                                                  [](auto* response) { response->clear_outcome(); });
     }},
};

constexpr int kSeedsToFind = 300;

/// Empty when some seed meets what is put in and the oracle calls it by the rule that it breaks.
QString whyNotFound(const char* rule, const simulation::Options& options) {
    QStringList others;
    for (uint64_t seed = 1; seed <= kSeedsToFind; ++seed) {
        auto plan = simulation::makePlan(seed);
        // A server that was damaged cannot let go of a run.
        if (rule != std::string("retention")) plan.setting.retention = 0;
        const auto result = simulation::simulate(plan, options);
        if (!result.failure) continue;
        if (result.failure->rule == rule) return {};
        others << QString::fromStdString(result.failure->rule);
    }
    return QStringLiteral("not found; found instead: ") + others.join(QLatin1Char(' '));
}

}  // namespace

class OracleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { base::setLogLevel(base::LogLevel::Off); }
    void servers_data();
    void servers();
    void answers_data();
    void answers();
    void everyRuleIsBrokenOnce();
    void shrinks();
    void badScriptNamesThePlace();
};

void OracleTest::servers_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kFaults)); ++i) QTest::newRow(kFaults[i].rule) << i;
}

/// Some seed meets the fault, and the oracle calls it by the rule that it breaks.
void OracleTest::servers() {
    QFETCH(int, index);
    const QString why = whyNotFound(kFaults[index].rule, {.sabotage = kFaults[index].damage});
    QVERIFY2(why.isEmpty(), qPrintable(why));
}

void OracleTest::answers_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(std::size(kLies)); ++i) QTest::newRow(kLies[i].rule) << i;
}

/// The same for a server whose state is fine and whose answers are not.
void OracleTest::answers() {
    QFETCH(int, index);
    const Lie& lie = kLies[index];
    const simulation::Tamper tamper = [&lie](server::World& world, const Request& request, server::Reply& reply) {
        if (*lie.method == '\0' || request.method == lie.method) lie.tell(world, request, reply);
    };
    const QString why = whyNotFound(lie.rule, {.tamper = tamper});
    QVERIFY2(why.isEmpty(), qPrintable(why));
}

/// No rule is there that no test has seen at work.
void OracleTest::everyRuleIsBrokenOnce() {
    static const QRegularExpression broken(QStringLiteral("\\{\"([a-z-]+)\",\\s"));
    static const QRegularExpression call(
        QStringLiteral("(?:Violation|fail)\\(\\s*(?:\\w+ \\? \"([a-z-]+)\" : )?\"([a-z-]+)\""));
    const QDir folder(QStringLiteral(ORRERY_SOURCE_DIR "/tests/simulation"));
    QSet<QString> rules;
    QSet<QString> tested;
    for (const QFileInfo& file : folder.entryInfoList({QStringLiteral("*.cpp")})) {
        const bool test = file.fileName().endsWith(QLatin1String("_test.cpp"));
        QFile source(file.filePath());
        QVERIFY(source.open(QIODevice::ReadOnly));
        auto matches = (test ? broken : call).globalMatch(QString::fromUtf8(source.readAll()));
        while (matches.hasNext()) {
            for (const QString& rule : matches.next().capturedTexts().mid(1)) (test ? tested : rules) << rule;
        }
    }
    rules.remove(QString());
    QVERIFY(rules.size() > 60);
    const QSet<QString> left = rules - tested;
    QVERIFY2(left.isEmpty(), qPrintable(QStringList(left.values()).join(QLatin1Char(' '))));
}

void OracleTest::shrinks() {
    const simulation::Options broken{.sabotage = kFaults[2].damage};
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
