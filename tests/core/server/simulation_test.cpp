// SPDX-License-Identifier: MIT
// Random but repeatable: many clients, workers and turns of the clock in any order, and what must hold whatever
// happens.
#include <QTest>
#include <random>
#include <set>

#include "tests/core/server/driver.h"
#include "tests/support/kept_world.h"
#include "tests/support/world_fields.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::Driver;
using test::Kept;

namespace {

constexpr int kSteps = 600;
constexpr int kWorkflows = 6;

/// Remembers the tasks that its workers hold, as real workers would, and plays them in any order.
class Simulation {
public:
    explicit Simulation(uint64_t seed) : m_random(seed) {}

    void play() {
        for (int step = 0; step < kSteps; ++step) {
            act(pick(20));
            gather();
            if (afterStep) afterStep(step);
        }
    }

    /// Ends everything; afterwards nothing may be due or hold the clock.
    void end() {
        driver.input([&] { driver.world.clock.resume(driver.wall); });
        std::vector<std::string> open;
        for (const auto& run : driver.world.runs) {
            if (run->open()) open.push_back(run->workflowId);
        }
        for (const std::string& id : open) {
            test::api::TerminateWorkflowExecutionRequest request;
            request.set_namespace_("default");
            request.mutable_workflow_execution()->set_workflow_id(id);
            driver.call("TerminateWorkflowExecution", request);
        }
        driver.pass(2min);
    }

    Driver driver;
    std::function<void(int step)> afterStep;

private:
    int pick(int below) { return int(m_random() % uint64_t(below)); }
    static std::string name(int i) { return "w" + std::to_string(i); }
    std::string anyone() { return name(pick(kWorkflows)); }

    void act(int what) {
        switch (what) {
            case 0:
            case 1: driver.start(startRequest()); return;
            case 2: m_polls.push_back(driver.poll(pick(2) == 0 ? "queue" : "sticky")); return;
            case 3: m_polls.push_back(driver.poll()); return;
            case 4: m_activityPolls.push_back(driver.pollActivity()); return;
            case 5:
            case 6:
            case 7: playTask(); return;
            case 16:
            case 17: playTask(); return;
            case 8:
            case 9:
            case 18: playActivity(); return;
            case 10: driver.signal(anyone(), std::to_string(pick(50))); return;
            case 11: cancel(); return;
            case 12: query(); return;
            case 13: update(); return;
            case 14: turnClock(); return;
            default: driver.pass(std::chrono::milliseconds(pick(20'000))); return;
        }
    }

    test::api::StartWorkflowExecutionRequest startRequest() {
        auto request = Driver::startRequest(anyone());
        request.set_request_id(std::to_string(m_random()));
        if (pick(4) == 0) payload::toProto(30s, request.mutable_workflow_run_timeout());
        if (pick(4) == 0) payload::toProto(5s, request.mutable_workflow_start_delay());
        if (pick(5) == 0)
            request.set_workflow_id_conflict_policy(test::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING);
        if (pick(3) == 0) request.mutable_retry_policy()->set_maximum_attempts(3);
        return request;
    }

    /// Takes what the open polls were given.
    void gather() {
        std::erase_if(m_polls, [this](const Kept& poll) {
            if (!poll->answered()) return false;
            auto task = poll->as<test::api::PollWorkflowTaskQueueResponse>();
            if (!task.task_token().empty()) m_tasks.push_back(std::move(task));
            return true;
        });
        std::erase_if(m_activityPolls, [this](const Kept& poll) {
            if (!poll->answered()) return false;
            auto task = poll->as<test::api::PollActivityTaskQueueResponse>();
            if (!task.task_token().empty()) m_activities.push_back(std::move(task));
            return true;
        });
    }

    void playTask() {
        if (m_tasks.empty()) return;
        const size_t at = size_t(pick(int(m_tasks.size())));
        const auto task = m_tasks[at];
        m_tasks.erase(m_tasks.begin() + long(at));
        if (task.has_query()) return answerQuery(task);
        if (pick(6) == 0) {
            driver.failTask(task);
            return;
        }
        auto completion = Driver::completion(task, commands(*driver.world.findRun(task.workflow_execution().run_id())));
        // A map of protobuf's has another order in each process.
        const std::map<std::string, temporal::api::query::v1::WorkflowQuery> queries(task.queries().begin(),
                                                                                     task.queries().end());
        for (const auto& [id, query] : queries) {
            if (pick(3) != 0)
                (*completion.mutable_query_results())[id].set_result_type(test::enums::QUERY_RESULT_TYPE_ANSWERED);
        }
        for (const auto& message : task.messages()) answerUpdate(message, &completion);
        completion.set_return_new_workflow_task(pick(2) == 0);
        completion.set_force_create_new_workflow_task(pick(10) == 0);
        if (pick(2) == 0) completion.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("sticky");
        const Kept reply = driver.call("RespondWorkflowTaskCompleted", completion);
        if (reply->failed()) return;
        auto response = reply->as<test::api::RespondWorkflowTaskCompletedResponse>();
        auto next = response.workflow_task();
        if (!next.task_token().empty()) m_tasks.push_back(std::move(next));
        for (auto& eager : *response.mutable_activity_tasks()) m_activities.push_back(std::move(eager));
    }

    void answerQuery(const test::api::PollWorkflowTaskQueueResponse& task) {
        test::api::RespondQueryTaskCompletedRequest request;
        request.set_task_token(task.task_token());
        request.set_completed_type(test::enums::QUERY_RESULT_TYPE_ANSWERED);
        driver.call("RespondQueryTaskCompleted", request);
    }

    void answerUpdate(const temporal::api::protocol::v1::Message& request,
                      test::api::RespondWorkflowTaskCompletedRequest* completion) {
        const int how = pick(4);
        if (how == 0) return;
        auto* message = completion->add_messages();
        message->set_protocol_instance_id(request.protocol_instance_id());
        message->set_id(request.protocol_instance_id() + "/1");
        if (how == 1) {
            message->mutable_body()->PackFrom(temporal::api::update::v1::Rejection());
            return;
        }
        temporal::api::update::v1::Acceptance acceptance;
        acceptance.set_accepted_request_message_id(request.id());
        message->mutable_body()->PackFrom(acceptance);
        if (how == 2) return;
        auto* outcome = completion->add_messages();
        outcome->set_protocol_instance_id(request.protocol_instance_id());
        outcome->set_id(request.protocol_instance_id() + "/2");
        temporal::api::update::v1::Response response;
        response.mutable_outcome()->mutable_success();
        outcome->mutable_body()->PackFrom(response);
    }

    /// Mostly commands that make sense for the run, sometimes nonsense.
    std::vector<test::Command> commands(const server::Run& run) {
        std::vector<test::Command> result;
        for (int i = pick(4); i > 0; --i) {
            const std::string id = std::to_string(pick(8));
            switch (pick(4)) {
                case 0:
                    if (run.timers.count(id) == 0)
                        result.push_back(Driver::timer(id + "t", std::chrono::seconds(pick(40))));
                    break;
                case 1:
                    if (!run.timers.empty()) result.push_back(Driver::cancelTimer(run.timers.begin()->first));
                    break;
                case 2:
                    if (run.activityIds.count(id) == 0) result.push_back(activityCommand(id));
                    break;
                default:
                    if (!run.activities.empty())
                        result.push_back(Driver::cancelActivity(run.activities.rbegin()->first));
            }
        }
        if (pick(20) == 0) result.push_back(Driver::cancelTimer("nonsense"));
        addLast(&result);
        return result;
    }

    test::Command activityCommand(const std::string& id) {
        test::Command command = Driver::schedule(id, std::chrono::seconds(1 + pick(20)));
        auto* attributes = command.mutable_schedule_activity_task_command_attributes();
        attributes->mutable_retry_policy()->set_maximum_attempts(pick(3));
        if (pick(3) == 0) payload::toProto(4s, attributes->mutable_heartbeat_timeout());
        attributes->set_request_eager_execution(pick(4) == 0);
        return command;
    }

    void addLast(std::vector<test::Command>* commands) {
        test::Command last;
        switch (pick(12)) {
            case 0: commands->push_back(Driver::completeWorkflow()); return;
            case 1:
                last.set_command_type(test::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
                last.mutable_continue_as_new_workflow_execution_command_attributes();
                break;
            case 2:
                last.set_command_type(test::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
                last.mutable_fail_workflow_execution_command_attributes()->mutable_failure()->set_message("no");
                break;
            case 3:
            case 4: {
                last.set_command_type(test::enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION);
                auto* child = last.mutable_start_child_workflow_execution_command_attributes();
                child->set_workflow_id(pick(4) == 0 ? anyone() : "child" + std::to_string(++m_children));
                child->mutable_workflow_type()->set_name("Order");
                child->set_parent_close_policy(static_cast<test::enums::ParentClosePolicy>(pick(4)));
                if (pick(2) == 0) payload::toProto(10s, child->mutable_workflow_run_timeout());
                break;
            }
            default: return;
        }
        commands->push_back(last);
    }

    void playActivity() {
        if (m_activities.empty()) return;
        const auto task = m_activities[size_t(pick(int(m_activities.size())))];
        const int how = pick(5);
        if (how == 0) {
            test::api::RecordActivityTaskHeartbeatRequest beat;
            beat.set_task_token(task.task_token());
            driver.call("RecordActivityTaskHeartbeat", beat);
        } else if (how == 1) {
            test::api::RespondActivityTaskCanceledRequest request;
            request.set_task_token(task.task_token());
            driver.call("RespondActivityTaskCanceled", request);
        } else if (how == 2) {
            driver.failActivity(task, "Broken", pick(3) == 0);
        } else {
            driver.completeActivity(task);
        }
    }

    void cancel() {
        test::api::RequestCancelWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(anyone());
        driver.call("RequestCancelWorkflowExecution", request);
    }

    void query() {
        test::api::QueryWorkflowRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(anyone());
        request.mutable_query()->set_query_type("status");
        driver.call("QueryWorkflow", request);
    }

    void update() {
        test::api::UpdateWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(anyone());
        request.mutable_request()->mutable_input()->set_name("set");
        request.mutable_request()->mutable_meta()->set_update_id(std::to_string(pick(20)));
        driver.call("UpdateWorkflowExecution", request);
    }

    void turnClock() {
        driver.input([this] {
            auto& clock = driver.world.clock;
            switch (pick(7)) {
                case 0: return clock.pause(driver.world.wall);
                case 1: return clock.resume(driver.world.wall);
                case 2: return clock.automatic(driver.world.wall);
                case 3: return clock.step();
                case 4: return clock.skip(driver.world.now + std::chrono::seconds(1 + pick(100)));
                case 5: return clock.runTo(driver.world.now + std::chrono::seconds(1 + pick(100)));
                default: return clock.goOn();
            }
        });
    }

    std::mt19937_64 m_random;
    int m_children = 0;
    std::vector<Kept> m_polls;
    std::vector<Kept> m_activityPolls;
    std::vector<test::api::PollWorkflowTaskQueueResponse> m_tasks;
    std::vector<test::api::PollActivityTaskQueueResponse> m_activities;
};

/// Every reference points back at an event of the right kind, times never go back, nothing ends twice. Gives what is
/// wrong, or an empty text.
QString problemOf(const server::Run& run) {
    std::map<int64_t, test::enums::EventType> types;
    std::set<int64_t> ended;
    const auto refers = [&](int64_t to, test::enums::EventType type) {
        const auto found = types.find(to);
        return found != types.end() && found->second == type;
    };
    for (int64_t id = 1; id <= run.log.lastId(); ++id) {
        const auto event = run.log.event(id);
        const QString where = QStringLiteral("event %1 of %2: ").arg(id).arg(QString::fromStdString(run.workflowId)) +
                              Driver::eventName(event);
        types[id] = event.event_type();
        if (event.event_id() != id) return where + QStringLiteral(" has another id");
        if (event.has_workflow_task_started_event_attributes() &&
            !refers(event.workflow_task_started_event_attributes().scheduled_event_id(),
                    test::enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)) {
            return where + QStringLiteral(" was never scheduled");
        }
        if (event.has_workflow_task_completed_event_attributes()) {
            const auto& attributes = event.workflow_task_completed_event_attributes();
            if (!refers(attributes.started_event_id(), test::enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) ||
                !ended.insert(attributes.started_event_id()).second) {
                return where + QStringLiteral(" was never started, or ended before");
            }
        }
        if (event.has_activity_task_completed_event_attributes()) {
            const auto& attributes = event.activity_task_completed_event_attributes();
            if (!refers(attributes.started_event_id(), test::enums::EVENT_TYPE_ACTIVITY_TASK_STARTED) ||
                !ended.insert(attributes.scheduled_event_id()).second) {
                return where + QStringLiteral(" was never started, or ended before");
            }
        }
        if (event.has_timer_fired_event_attributes()) {
            const int64_t started = event.timer_fired_event_attributes().started_event_id();
            if (!refers(started, test::enums::EVENT_TYPE_TIMER_STARTED) || !ended.insert(started).second) {
                return where + QStringLiteral(" was never started, or ended before");
            }
            const auto start = run.log.event(started);
            const auto wait = payload::fromProto(start.timer_started_event_attributes().start_to_fire_timeout());
            if (payload::fromProto(event.event_time()) < payload::fromProto(start.event_time()) + wait) {
                return where + QStringLiteral(" fired early");
            }
        }
    }
    return {};
}

}  // namespace

class SimulationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void holds_data();
    void holds();
    void meetsEverything();
    void repeats();
    void keepsEverything_data() { seeds(6); }
    void keepsEverything();
    void goesOnAfterARestart_data() { seeds(12); }
    void goesOnAfterARestart();

private:
    static void seeds(int count);
};

void SimulationTest::holds_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 40; ++seed) QTest::addRow("seed %d", seed) << seed;
}

void SimulationTest::holds() {
    QFETCH(int, seed);
    Simulation simulation{uint64_t(seed)};
    simulation.play();
    for (const auto& run : simulation.driver.world.runs) {
        const QString problem = problemOf(*run);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        QCOMPARE(run->holdsClock(), simulation.driver.world.busyRuns().count(run->number) != 0);
        if (!run->open()) QVERIFY(!run->task && run->activities.empty() && run->timers.empty());
    }
    simulation.end();
    auto& world = simulation.driver.world;
    for (const auto& run : world.runs) QVERIFY(!run->open());
    QCOMPARE(world.due.size(), size_t(0));
    QVERIFY(!world.held());
    QVERIFY(!world.nextWake().has_value());
}

void SimulationTest::meetsEverything() {
    std::set<test::enums::EventType> met;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
        Simulation simulation{seed};
        simulation.play();
        simulation.end();
        for (const auto& run : simulation.driver.world.runs) {
            for (int64_t id = 1; id <= run->log.lastId(); ++id) met.insert(run->log.event(id).event_type());
        }
    }
    using namespace temporal::api::enums::v1;
    const std::set<EventType> beyond = {
        EVENT_TYPE_MARKER_RECORDED, EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
        // Written by features that the server does not have, or only for signals and cancels between workflows.
        EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED};
    QStringList missing;
    for (int type = 1; type <= EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED; ++type) {
        const auto each = static_cast<EventType>(type);
        const bool external = type >= EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED &&
                              type <= EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED;
        if (external || beyond.count(each) != 0 || met.count(each) != 0) continue;
        missing << QString::fromStdString(EventType_Name(each));
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QLatin1Char(' '))));
}

void SimulationTest::repeats() {
    const auto play = [] {
        Simulation simulation{7};
        simulation.play();
        std::string all;
        for (const auto& run : simulation.driver.world.runs) all += run->log.range(1, run->log.lastId());
        return all;
    };
    QVERIFY(play() == play());
}

void SimulationTest::seeds(int count) {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= count; ++seed) QTest::addRow("seed %d", seed) << seed;
}

namespace {

QString text(const std::vector<std::string>& lines) {
    QStringList all;
    for (const std::string& line : lines) all << QString::fromStdString(line);
    return all.join(QLatin1Char('\n'));
}

/// Keeps the world of the driver from now on.
void keep(Driver& driver, test::Rows& disk) {
    auto kept = std::make_shared<test::KeptWorld>(driver.world, disk, driver.wall);
    driver.afterInput = [kept] { kept->save(); };
}

}  // namespace

/// Whatever happens, what is on the disk makes the same world, field by field.
void SimulationTest::keepsEverything() {
    QFETCH(int, seed);
    Simulation simulation{uint64_t(seed)};
    Driver& driver = simulation.driver;
    test::Rows disk;
    keep(driver, disk);
    simulation.afterStep = [&](int step) {
        if (step % 5 != 4) return;
        server::World other(driver.world.options);
        const test::KeptWorld loaded(other, disk, driver.wall);
        const auto differences = test::differencesOf(driver.world, other);
        if (!differences.empty()) qFatal("step %d\n%s", step, qPrintable(text(differences)));
    };
    simulation.play();
    QVERIFY(simulation.driver.world.runs.size() > 10);
}

/// A server that was stopped and started again goes on as one whose callers have all hung up for a while.
void SimulationTest::goesOnAfterARestart() {
    QFETCH(int, seed);
    constexpr int kWhen = 300;
    Simulation whole{uint64_t(seed)};
    // For so long that nobody knows any more who polled which queue.
    whole.afterStep = [&](int step) {
        if (step != kWhen) return;
        whole.driver.hangUp();
        whole.driver.pass(11s);
    };
    whole.play();
    Simulation stopped{uint64_t(seed)};
    test::Rows disk;
    keep(stopped.driver, disk);
    stopped.afterStep = [&](int step) {
        if (step != kWhen) return;
        stopped.driver.hangUp();
        stopped.driver.pass(11s);
        stopped.driver.restart([&](server::World&) { keep(stopped.driver, disk); });
    };
    stopped.play();
    const auto differences = test::differencesOf(whole.driver.world, stopped.driver.world);
    QVERIFY2(differences.empty(), qPrintable(text(differences)));
}

QTEST_GUILESS_MAIN(SimulationTest)
#include "simulation_test.moc"
