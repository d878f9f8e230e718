// SPDX-License-Identifier: MIT
#include <QTest>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include <fmt/format.h>

#include "core/worker/run.h"
#include "core/workflow/registry.h"
#include "core/workflow/workflow.h"
#include "tests/core/worker/history_script.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::HistoryScript;
using test::text;
using workflow::ActivityOptions;
using workflow::Task;
namespace enums = temporal::api::enums::v1;

namespace {

const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);

/// A bit of everything: what it did so far can be asked for with the query "log".
class Order {
public:
    Task<std::string> run(std::string item) {
        m_log += "reserve ";
        std::exception_ptr cancelled;
        try {
            co_await work(item);
        } catch (const workflow::Failure& failure) {
            m_log += "caught ";
            if (payload::isCancellation(failure)) cancelled = std::current_exception();
        }
        if (cancelled) {
            co_await workflow::shielded(undo());
            std::rethrow_exception(cancelled);
        }
        co_return m_log;
    }
    void approve() { m_approved = true; }
    Task<> remind() { co_await workflow::execute<std::string>("remind", kQuick); }
    Task<std::string> setAddress(std::string address) {
        m_log += "address:" + address + " ";
        co_await workflow::execute<std::string>("check", kQuick, address);
        m_log += "checked ";
        co_return address;
    }
    void checkAddress(std::string address) const {
        if (address.empty()) throw workflow::ApplicationFailure("no address", "Empty");
    }
    std::string log() const { return m_log; }

private:
    Task<> work(std::string item) {
        m_log += co_await workflow::execute<std::string>("reserve", kQuick, item) + " ";
        if (workflow::patched("greet")) m_log += co_await workflow::execute<std::string>("greet", kQuick) + " ";
        const bool approved = co_await workflow::waitCondition([this] { return m_approved; }, 24h);
        m_log += approved ? "approved " : "expired ";
        m_log += workflow::uuid4() + " ";
    }
    Task<> undo() {
        co_await workflow::execute<std::string>("undo", kQuick);
        m_log += "undone ";
    }
    bool m_approved = false;
    std::string m_log;
};

class Renamed {
public:
    Task<std::string> run(std::string item) {
        co_return co_await workflow::execute<std::string>("other", kQuick, item);
    }
};

class Eager {
public:
    Task<std::string> run(std::string item) {
        auto second = workflow::startActivity<std::string>("second", kQuick, item);
        const std::string first = co_await workflow::execute<std::string>("reserve", kQuick, item);
        co_return first + co_await second;
    }
};

class Stopper {
public:
    Task<std::string> run(int how) {
        auto options = kQuick;
        options.cancellationType(static_cast<definition::ActivityCancellationType>(how));
        workflow::CancelScope scope;
        auto work = workflow::start(scope.run(body(options)));
        co_await workflow::waitCondition([this] { return m_stop; });
        scope.cancel();
        std::string result;
        try {
            result = co_await work;
        } catch (const workflow::Failure&) {
            result = "cancelled";
        }
        co_await workflow::sleep(1s);
        co_return result;
    }
    void stop() { m_stop = true; }

private:
    static Task<std::string> body(ActivityOptions options) {
        co_return co_await workflow::execute<std::string>("slow", options);
    }
    bool m_stop = false;
};

template <class W>
std::shared_ptr<const definition::WorkflowFactory> only(const workflow::Definition<W>& definition) {
    auto registry = std::make_shared<workflow::WorkflowRegistry>();
    registry->add(definition);
    return registry;
}

std::shared_ptr<const definition::WorkflowFactory> orders() {
    return only(workflow::define<Order>("order")
                    .run(&Order::run)
                    .signal("approve", &Order::approve)
                    .signal("remind", &Order::remind)
                    .query("log", &Order::log)
                    .update("set_address", &Order::setAddress)
                    .validator(&Order::checkAddress));
}

std::string commandText(const worker::WireCommand& wire) {
    std::string name = enums::CommandType_Name(wire.command_type()).substr(13);
    if (wire.has_schedule_activity_task_command_attributes()) {
        name += " " + wire.schedule_activity_task_command_attributes().activity_type().name();
    }
    if (wire.has_protocol_message_command_attributes()) {
        name += " " + wire.protocol_message_command_attributes().message_id();
    }
    return name;
}

std::string replyText(const worker::TaskReply& reply) {
    if (const auto* failed = std::get_if<worker::TaskFailed>(&reply)) return "failed: " + failed->failure.message;
    if (const auto* answered = std::get_if<worker::TaskAnswered>(&reply)) {
        const auto* value = std::get_if<definition::Payload>(&answered->answer.result);
        return value ? value->data : "no answer: " + std::get<definition::FailureData>(answered->answer.result).message;
    }
    const auto* completed = std::get_if<worker::TaskCompleted>(&reply);
    if (!completed) return "needs history";
    std::string lines;
    for (const auto& wire : completed->commands) lines += (lines.empty() ? "" : "; ") + commandText(wire);
    for (const auto& message : completed->messages) {
        if (message.id().ends_with("/reject"))
            lines += (lines.empty() ? "" : "; ") + std::string("message ") + message.id();
    }
    for (const auto& answer : completed->answers) {
        const auto* value = std::get_if<definition::Payload>(&answer.result);
        lines += "; " + answer.id + "=" + (value ? value->data : "?");
    }
    return lines;
}

/// A run that stays in the cache, beside a history from which a second one is replayed at every step.
struct Life {
    explicit Life(std::shared_ptr<const definition::WorkflowFactory> factory, const std::string& type,
                  const std::string& argument)
        : workflows(std::move(factory)), workflowType(type), history(type, {argument}) {
        cached = fresh();
    }

    std::unique_ptr<worker::Run> fresh() const {
        return std::make_unique<worker::Run>(workflows, "default", "wf", "run-1", workflowType);
    }

    worker::WorkflowTask newTask(bool whole) const {
        worker::WorkflowTask task;
        task.previousStartedEventId = previousStarted;
        task.startedEventId = history.lastId();
        task.events = history.since(whole ? 0 : previousStarted);
        return task;
    }

    /// Runs the scheduled task in the cached run and lets the history grow; gives the commands.
    std::string task(std::vector<worker::WireMessage> messages = {}) {
        if (history.events().back().event_type() != enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) history.taskScheduled();
        const int64_t started = history.taskStarted();
        worker::WorkflowTask warm = newTask(false);
        warm.messages = messages;
        const worker::TaskReply reply = cached->process(std::move(warm));
        worker::WorkflowTask cold = newTask(true);
        cold.messages = messages;
        const std::string other = replyText(fresh()->process(std::move(cold)));
        if (replyText(reply) != other) return "cached: " + replyText(reply) + " but replayed: " + other;
        if (const auto* completed = std::get_if<worker::TaskCompleted>(&reply)) {
            history.taskCompleted(completed->commands, completed->messages);
            previousStarted = started;
        }
        return replyText(reply);
    }

    /// Asks the cached run and a replayed one.
    std::string ask(const std::string& query) {
        const auto question = [&](bool whole) {
            worker::WorkflowTask one;
            one.previousStartedEventId = previousStarted;
            one.events = history.since(whole ? 0 : previousStarted);
            one.legacyQuery.emplace().set_query_type(query);
            return one;
        };
        const std::string warm = replyText(cached->process(question(false)));
        const std::string cold = replyText(fresh()->process(question(true)));
        return warm == cold ? warm : "cached: " + warm + " but replayed: " + cold;
    }

    std::shared_ptr<const definition::WorkflowFactory> workflows;
    std::string workflowType;
    HistoryScript history;
    std::unique_ptr<worker::Run> cached;
    int64_t previousStarted = 0;
};

}  // namespace

class RunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void liveEqualsReplay();
    void timerExpires();
    void updatesAreReplayedWithoutTheirValidator();
    void updatesKeepTheirPlaceAmongSignals();
    void queriesDoNotRunAhead();
    void rejectedUpdateLeavesNoTrace();
    void cancellationCleansUp();
    void cancellationTypes_data();
    void cancellationTypes();
    void tellsWhereTheCodeDiffers();
    void findsExtraCommands();
    void gapNeedsHistory();
    void failedTasksAreSkipped();
    void heartbeatsAreNoSteps();
    void queriesRideWithTasks();
    void oldHistoriesHaveNoPatch();
    void unknownTypeFailsTheTask();
    void everyPrefixReplays();
};

namespace {

/// The order up to its wait for the approval.
Life waitingOrder() {
    Life life(orders(), "order", "\"tea\"");
    life.task();
    life.history.activityStarted("1");
    life.history.activityCompleted("1", "\"reserved\"");
    life.task();
    life.history.activityStarted("2");
    life.history.activityCompleted("2", "\"hello\"");
    life.task();
    return life;
}

}  // namespace

void RunTest::liveEqualsReplay() {
    Life life(orders(), "order", "\"tea\"");
    QCOMPARE(text(life.task()), "SCHEDULE_ACTIVITY_TASK reserve");
    QCOMPARE(text(life.ask("log")), "\"reserve \"");
    life.history.activityStarted("1");
    life.history.activityCompleted("1", "\"reserved\"");
    QCOMPARE(text(life.task()), "RECORD_MARKER; UPSERT_WORKFLOW_SEARCH_ATTRIBUTES; SCHEDULE_ACTIVITY_TASK greet");
    life.history.activityStarted("2");
    life.history.activityCompleted("2", "\"hello\"");
    QCOMPARE(text(life.task()), "START_TIMER");
    QCOMPARE(text(life.ask("log")), "\"reserve reserved hello \"");
    life.history.signal("approve");
    QCOMPARE(text(life.task()), "CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION");
    QVERIFY(text(life.ask("log")).startsWith("\"reserve reserved hello approved "));
}

void RunTest::timerExpires() {
    Life life = waitingOrder();
    life.history.timerFired("1");
    QCOMPARE(text(life.task()), "COMPLETE_WORKFLOW_EXECUTION");
    QVERIFY(text(life.ask("log")).contains("expired"));
}

void RunTest::updatesAreReplayedWithoutTheirValidator() {
    Life life = waitingOrder();
    const auto request = life.history.updateRequest("u1", "set_address", "\"Oak 5\"");
    QCOMPARE(text(life.task({request})), "PROTOCOL_MESSAGE u1/request/accept; SCHEDULE_ACTIVITY_TASK check");
    QCOMPARE(text(life.ask("log")), "\"reserve reserved hello address:Oak 5 \"");
    life.history.activityStarted("3");
    life.history.activityCompleted("3", "\"ok\"");
    QCOMPARE(text(life.task()), "PROTOCOL_MESSAGE u1/request/complete");
    QCOMPARE(text(life.ask("log")), "\"reserve reserved hello address:Oak 5 checked \"");
    life.history.signal("approve");
    QCOMPARE(text(life.task()), "CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION");
}

void RunTest::updatesKeepTheirPlaceAmongSignals() {
    Life life = waitingOrder();
    auto request = life.history.updateRequest("u1", "set_address", "\"Oak 5\"");
    request.set_event_id(life.history.lastId());
    life.history.signal("remind");
    QCOMPARE(text(life.task({request})),
             "PROTOCOL_MESSAGE u1/request/accept; SCHEDULE_ACTIVITY_TASK check; SCHEDULE_ACTIVITY_TASK remind");
    QCOMPARE(text(life.ask("log")), "\"reserve reserved hello address:Oak 5 \"");
}

/// A query may be given a history that has more than the task before it: that is for the task to come.
void RunTest::queriesDoNotRunAhead() {
    Life life = waitingOrder();
    life.history.signal("approve");
    life.history.taskScheduled();
    QCOMPARE(text(life.ask("log")), "\"reserve reserved hello \"");
    const auto request = life.history.updateRequest("u1", "set_address", "\"Oak 5\"");
    QCOMPARE(text(life.task({request})),
             "PROTOCOL_MESSAGE u1/request/accept; SCHEDULE_ACTIVITY_TASK check; "
             "CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION");
    QVERIFY(text(life.ask("log")).startsWith("\"reserve reserved hello "));
}

void RunTest::rejectedUpdateLeavesNoTrace() {
    Life life = waitingOrder();
    const auto request = life.history.updateRequest("u1", "set_address", "\"\"");
    const int64_t before = life.history.lastId();
    QCOMPARE(text(life.task({request})), "message u1/request/reject");
    // The server throws the task away.
    life.history.truncate(before);
    life.previousStarted = before - 2;
    life.cached->discardSpeculativeTask();
    QCOMPARE(text(life.ask("log")), "\"reserve reserved hello \"");
    life.history.signal("approve");
    QCOMPARE(text(life.task()), "CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION");
}

void RunTest::cancellationCleansUp() {
    Life life(orders(), "order", "\"tea\"");
    life.task();
    life.history.cancelRequested("no longer wanted");
    QCOMPARE(text(life.task()), "REQUEST_CANCEL_ACTIVITY_TASK; SCHEDULE_ACTIVITY_TASK undo");
    life.history.activityCanceled("1");
    QCOMPARE(text(life.task()), "");
    life.history.activityStarted("2");
    life.history.activityCompleted("2", "\"ok\"");
    QCOMPARE(text(life.task()), "CANCEL_WORKFLOW_EXECUTION");
    QCOMPARE(text(life.ask("log")), "\"reserve caught undone \"");
}

void RunTest::cancellationTypes_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("commands");
    QTest::addColumn<QString>("afterwards");
    using Type = definition::ActivityCancellationType;
    QTest::newRow("try") << int(Type::TryCancel) << "REQUEST_CANCEL_ACTIVITY_TASK; START_TIMER" << "";
    QTest::newRow("wait") << int(Type::WaitCancellationCompleted) << "REQUEST_CANCEL_ACTIVITY_TASK" << "START_TIMER";
    QTest::newRow("abandon") << int(Type::Abandon) << "START_TIMER" << "";
}

void RunTest::cancellationTypes() {
    QFETCH(int, type);
    QFETCH(QString, commands);
    QFETCH(QString, afterwards);
    Life life(only(workflow::define<Stopper>("stopper").run(&Stopper::run).signal("stop", &Stopper::stop)), "stopper",
              std::to_string(type));
    QCOMPARE(text(life.task()), "SCHEDULE_ACTIVITY_TASK slow");
    life.history.signal("stop");
    QCOMPARE(text(life.task()), commands);
    life.history.activityStarted("1");
    if (type == 2) {
        life.history.activityCompleted("1", "\"late\"");
    } else {
        life.history.activityCanceled("1");
    }
    QCOMPARE(text(life.task()), afterwards);
    life.history.timerFired("1");
    QCOMPARE(text(life.task()), "COMPLETE_WORKFLOW_EXECUTION");
}

void RunTest::tellsWhereTheCodeDiffers() {
    Life life(orders(), "order", "\"tea\"");
    life.task();
    life.history.activityStarted("1");
    life.history.activityCompleted("1", "\"reserved\"");
    life.workflows = only(workflow::define<Renamed>("order").run(&Renamed::run));
    life.history.taskScheduled();
    life.history.taskStarted();
    const worker::TaskReply reply = life.fresh()->process(life.newTask(true));
    const auto* failed = std::get_if<worker::TaskFailed>(&reply);
    QVERIFY(failed && failed->nondeterminism);
    QCOMPARE(failed->cause, enums::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR);
    QCOMPARE(failed->nondeterminism->eventId, int64_t(5));
    QCOMPARE(failed->nondeterminism->taskStartedEventId, int64_t(3));
    QCOMPARE(text(failed->nondeterminism->expected), "event 5 ActivityTaskScheduled (activity 1, reserve)");
    QCOMPARE(text(failed->nondeterminism->actual),
             "command ScheduleActivityTask (activity 1, other) in state ScheduleCommandCreated");
}

void RunTest::findsExtraCommands() {
    Life life(orders(), "order", "\"tea\"");
    life.task();
    life.history.activityStarted("1");
    life.history.activityCompleted("1", "\"reserved\"");
    life.workflows = only(workflow::define<Eager>("order").run(&Eager::run));
    life.history.taskScheduled();
    life.history.taskStarted();
    const worker::TaskReply reply = life.fresh()->process(life.newTask(true));
    const auto* failed = std::get_if<worker::TaskFailed>(&reply);
    QVERIFY(failed && failed->nondeterminism);
}

void RunTest::gapNeedsHistory() {
    Life life = waitingOrder();
    life.history.signal("approve");
    life.history.taskScheduled();
    life.history.taskStarted();
    QCOMPARE(text(replyText(life.fresh()->process(life.newTask(false)))), "needs history");
    worker::WorkflowTask cut = life.newTask(true);
    cut.events.pop_back();
    QCOMPARE(text(replyText(life.fresh()->process(std::move(cut)))), "needs history");
}

void RunTest::failedTasksAreSkipped() {
    Life life(orders(), "order", "\"tea\"");
    life.history.taskStarted();
    life.history.taskFailed(enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);
    life.history.taskScheduled();
    life.history.taskStarted();
    life.history.taskTimedOut();
    QCOMPARE(text(life.task()), "SCHEDULE_ACTIVITY_TASK reserve");
    life.history.activityStarted("1");
    life.history.activityFailed("1", "no stock");
    QCOMPARE(text(life.task()), "COMPLETE_WORKFLOW_EXECUTION");
}

void RunTest::heartbeatsAreNoSteps() {
    Life life = waitingOrder();
    // A task that did nothing, and the next at once.
    QCOMPARE(text(life.task()), "");
    QCOMPARE(text(life.task()), "");
    life.history.signal("approve");
    QCOMPARE(text(life.task()), "CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION");
}

void RunTest::queriesRideWithTasks() {
    Life life = waitingOrder();
    life.history.signal("approve");
    life.history.taskScheduled();
    life.history.taskStarted();
    worker::WorkflowTask task = life.newTask(false);
    task.queries.resize(2);
    task.queries[0].id = "q1";
    task.queries[0].query.set_query_type("log");
    task.queries[1].id = "q2";
    task.queries[1].query.set_query_type("nonsense");
    const QString reply = text(replyText(life.cached->process(std::move(task))));
    QVERIFY2(reply.startsWith("CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION; q1=\"reserve reserved hello approved"),
             qPrintable(reply));
    QVERIFY2(reply.endsWith("; q2=?"), qPrintable(reply));
}

void RunTest::oldHistoriesHaveNoPatch() {
    // Written by code that did not know the patch: no marker, and the timer at once.
    HistoryScript old("order", {"\"tea\""});
    old.taskStarted();
    worker::WireCommand schedule;
    schedule.set_command_type(enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    schedule.mutable_schedule_activity_task_command_attributes()->set_activity_id("1");
    schedule.mutable_schedule_activity_task_command_attributes()->mutable_activity_type()->set_name("reserve");
    old.taskCompleted({schedule});
    old.activityStarted("1");
    old.activityCompleted("1", "\"reserved\"");
    old.taskScheduled();
    const int64_t previous = old.taskStarted();
    worker::WireCommand timer;
    timer.set_command_type(enums::COMMAND_TYPE_START_TIMER);
    timer.mutable_start_timer_command_attributes()->set_timer_id("1");
    old.taskCompleted({timer});
    old.signal("approve");
    old.taskScheduled();
    worker::WorkflowTask task;
    task.previousStartedEventId = previous;
    task.startedEventId = old.taskStarted();
    task.events = old.events();
    worker::Run run(orders(), "default", "wf", "run-1", "order");
    QCOMPARE(text(replyText(run.process(std::move(task)))), "CANCEL_TIMER; COMPLETE_WORKFLOW_EXECUTION");
}

void RunTest::unknownTypeFailsTheTask() {
    Life life(orders(), "nobody", "1");
    const QString reply = text(life.task());
    QVERIFY2(reply.startsWith("failed: ") && reply.contains("nobody"), qPrintable(reply));
}

void RunTest::everyPrefixReplays() {
    Life life = waitingOrder();
    const auto request = life.history.updateRequest("u1", "set_address", "\"Oak 5\"");
    life.task({request});
    life.history.activityStarted("3");
    life.history.activityCompleted("3", "\"ok\"");
    life.history.signal("approve");
    life.task();
    const auto whole = life.history.events();
    for (size_t size = 3; size <= whole.size(); ++size) {
        worker::WorkflowTask one;
        one.events.assign(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
        one.previousStartedEventId = static_cast<int64_t>(size);
        one.legacyQuery.emplace().set_query_type("log");
        const QString answer = text(replyText(life.fresh()->process(std::move(one))));
        QVERIFY2(answer.startsWith("\"reserve "), qPrintable(QString("%1 events: %2").arg(size).arg(answer)));
    }
}

QTEST_GUILESS_MAIN(RunTest)
#include "run_test.moc"
