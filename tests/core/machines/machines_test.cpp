// SPDX-License-Identifier: MIT
#include <QTest>
#include <functional>
#include <set>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include <fmt/format.h>
#include <temporal/api/update/v1/message.pb.h>

#include "core/machines/activity.h"
#include "core/machines/child_workflow.h"
#include "core/machines/closing.h"
#include "core/machines/external.h"
#include "core/machines/patch.h"
#include "core/machines/properties.h"
#include "core/machines/random_seed.h"
#include "core/machines/timer.h"
#include "core/machines/update.h"
#include "core/machines/workflow_task.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::machines;
using namespace std::chrono_literals;
using test::text;
namespace enums = temporal::api::enums::v1;
namespace command = definition::command;

namespace {

HistoryEvent eventOf(enums::EventType type, int64_t id = 5) {
    HistoryEvent one;
    one.set_event_type(type);
    one.set_event_id(id);
    if (type == enums::EVENT_TYPE_TIMER_STARTED) one.mutable_timer_started_event_attributes()->set_timer_id("1");
    if (type == enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
        one.mutable_activity_task_scheduled_event_attributes()->set_activity_id("1");
        one.mutable_activity_task_scheduled_event_attributes()->mutable_activity_type()->set_name("work");
    }
    if (type == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
        one.mutable_workflow_execution_update_accepted_event_attributes()->set_protocol_instance_id("u1");
    }
    if (type == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED) {
        one.mutable_workflow_execution_update_completed_event_attributes()->mutable_meta()->set_update_id("u1");
    }
    if (type == enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) {
        auto* attributes = one.mutable_start_child_workflow_execution_initiated_event_attributes();
        attributes->set_workflow_id("child");
        attributes->mutable_workflow_type()->set_name("work");
    }
    return one;
}

std::string jobText(const definition::Job& job) {
    if (const auto* child = std::get_if<definition::job::ResolveChildWorkflow>(&job)) {
        if (std::holds_alternative<definition::Completed>(child->result)) return "child completed";
        return std::holds_alternative<definition::Failed>(child->result) ? "child failed" : "child cancelled";
    }
    if (const auto* start = std::get_if<definition::job::ResolveChildWorkflowStart>(&job)) {
        const char* const words[] = {"child started", "child not started", "child start cancelled"};
        return words[start->result.index()];
    }
    const auto* resolved = std::get_if<definition::job::ResolveActivity>(&job);
    if (!resolved) return std::string(definition::jobName(job));
    if (std::holds_alternative<definition::Completed>(resolved->result)) return "completed";
    if (const auto* failed = std::get_if<definition::Failed>(&resolved->result)) {
        return "failed: " + failed->failure.message;
    }
    return "cancelled";
}

std::string reactionText(const Reactions& reactions) {
    std::string words;
    const auto add = [&words](const std::string& word) { words += (words.empty() ? "" : "; ") + word; };
    if (reactions.withdraw) add("withdraw");
    for (const WireCommand& wire : reactions.commands) add(enums::CommandType_Name(wire.command_type()).substr(13));
    for (const definition::Job& job : reactions.jobs) add(jobText(job));
    return words;
}

/// An activity that has come so far through its history.
struct Activity {
    explicit Activity(definition::ActivityCancellationType type, const std::vector<enums::EventType>& events = {}) {
        command::ScheduleActivity schedule;
        schedule.seq = 1;
        schedule.activityType = "work";
        schedule.options.taskQueue("queue").startToCloseTimeout(10s).cancellationType(type);
        Reactions reactions;
        machine = std::make_unique<ActivityMachine>(schedule, reactions);
        for (const enums::EventType one : events) on(one);
    }
    std::string on(enums::EventType type) {
        Reactions reactions;
        machine->onEvent(eventOf(type), reactions);
        return reactionText(reactions);
    }
    std::string cancel() {
        Reactions reactions;
        machine->cancel(reactions);
        return reactionText(reactions);
    }
    std::unique_ptr<ActivityMachine> machine;
};

constexpr auto kTry = definition::ActivityCancellationType::TryCancel;
constexpr auto kWait = definition::ActivityCancellationType::WaitCancellationCompleted;
constexpr auto kAbandon = definition::ActivityCancellationType::Abandon;
constexpr auto kScheduled = enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED;
constexpr auto kStarted = enums::EVENT_TYPE_ACTIVITY_TASK_STARTED;
constexpr auto kCancelRequested = enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED;
constexpr enums::EventType kActivityEnds[] = {
    enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enums::EVENT_TYPE_ACTIVITY_TASK_FAILED,
    enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED};

TimerMachine timer(Reactions* reactions) {
    return {command::StartTimer{.seq = 1, .startToFire = 10s, .summary = "a \"short\" nap"}, *reactions};
}

WireMessage updateRequest() {
    temporal::api::update::v1::Request request;
    request.mutable_meta()->set_update_id("u1");
    request.mutable_input()->set_name("set");
    WireMessage message;
    message.set_id("u1/request");
    message.set_protocol_instance_id("u1");
    message.mutable_body()->PackFrom(request);
    return message;
}

const command::UpdateResponse kAccepted{"u1", command::UpdateAccepted{}};
const command::UpdateResponse kRejected{"u1", command::UpdateRejected{}};
const command::UpdateResponse kCompleted{"u1", command::UpdateCompleted{definition::Payload{}}};

void driveActivities() {
    const auto ends = [](auto make) {
        for (const enums::EventType end : kActivityEnds) make().on(end);
    };
    ends([] { return Activity(kTry, {kScheduled, kStarted}); });
    for (const enums::EventType end :
         {enums::EVENT_TYPE_ACTIVITY_TASK_FAILED, enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT}) {
        Activity(kTry, {kScheduled}).on(end);
        Activity cancelled(kWait, {kScheduled});
        cancelled.cancel();
        cancelled.on(kCancelRequested);
        cancelled.on(end);
    }
    Activity(kTry).cancel();
    Activity(kAbandon).cancel();
    ends([] {
        Activity one(kWait, {kScheduled, kStarted});
        one.cancel();
        one.on(kCancelRequested);
        return one;
    });
    for (const enums::EventType next : {kStarted, enums::EVENT_TYPE_ACTIVITY_TASK_CANCELED}) {
        Activity one(kWait, {kScheduled});
        one.cancel();
        one.on(kCancelRequested);
        one.on(next);
    }
    ends([] {
        Activity one(kAbandon, {kScheduled});
        one.cancel();
        one.on(kStarted);
        return one;
    });
    Activity(kAbandon, {kScheduled, kStarted}).cancel();
}

void driveTimers() {
    for (const int path : {0, 1, 2}) {
        Reactions out;
        TimerMachine one = timer(&out);
        if (path > 0) one.onEvent(eventOf(enums::EVENT_TYPE_TIMER_STARTED), out);
        if (path == 1) one.onEvent(eventOf(enums::EVENT_TYPE_TIMER_FIRED), out);
        if (path != 1) one.cancel(out);
        if (path == 2) one.onEvent(eventOf(enums::EVENT_TYPE_TIMER_CANCELED), out);
    }
}

void driveUpdates() {
    Reactions out;
    UpdateMachine(updateRequest(), true, out).respond(kRejected, out);
    const auto accepted = eventOf(enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
    const auto completed = eventOf(enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED);
    for (const bool atOnce : {true, false}) {
        UpdateMachine one(updateRequest(), true, out);
        one.respond(kAccepted, out);
        if (atOnce) one.respond(kCompleted, out);
        one.onEvent(accepted, out);
        if (!atOnce) one.respond(kCompleted, out);
        one.onEvent(completed, out);
    }
}

void driveTasks() {
    for (const bool started : {false, true}) {
        for (const enums::EventType end :
             {enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED, enums::EVENT_TYPE_WORKFLOW_TASK_FAILED,
              enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT}) {
            if (!started && end == enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) continue;
            Reactions out;
            WorkflowTaskMachine one;
            one.onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), out);
            if (started) one.onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED), out);
            one.onEvent(eventOf(end), out);
        }
    }
    Reactions out;
    WorkflowTaskMachine one;
    one.onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), out);
    one.onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED), out);
    one.discard();
}

HistoryEvent eventOf(const PatchMachine&, const WireCommand& wire) {
    HistoryEvent marker = eventOf(enums::EVENT_TYPE_MARKER_RECORDED);
    marker.mutable_marker_recorded_event_attributes()->set_marker_name(
        wire.record_marker_command_attributes().marker_name());
    *marker.mutable_marker_recorded_event_attributes()->mutable_details() =
        wire.record_marker_command_attributes().details();
    return marker;
}

/// A child workflow that has come so far through its history.
struct Child {
    explicit Child(definition::ChildWorkflowCancellationType type, const std::vector<enums::EventType>& events = {}) {
        command::StartChildWorkflow start;
        start.seq = 1;
        start.workflowType = "work";
        start.options.id("child").taskQueue("queue").cancellationType(type);
        Reactions reactions;
        machine = std::make_unique<ChildWorkflowMachine>(start, "default", reactions);
        for (const enums::EventType one : events) on(one);
    }
    std::string on(enums::EventType type) {
        Reactions reactions;
        machine->onEvent(eventOf(type), reactions);
        return reactionText(reactions);
    }
    std::string cancel() {
        Reactions reactions;
        machine->cancel("enough", reactions);
        return reactionText(reactions);
    }
    std::unique_ptr<ChildWorkflowMachine> machine;
};

using ChildCancel = definition::ChildWorkflowCancellationType;
constexpr auto kInitiated = enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED;
constexpr auto kChildStarted = enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED;
constexpr auto kRequestInitiated = enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED;
constexpr auto kRequestDelivered = enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED;
constexpr auto kRequestFailed = enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED;

void driveChildren() {
    for (const enums::EventType end :
         {enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
          enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
          enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED}) {
        Child(ChildCancel::Abandon, {kInitiated, kChildStarted}).on(end);
    }
    Child(ChildCancel::Abandon, {kInitiated}).on(enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED);
    Child(ChildCancel::Abandon).cancel();
    for (const enums::EventType end : {kRequestDelivered, kRequestFailed}) {
        Child one(ChildCancel::TryCancel, {kInitiated});
        one.cancel();
        one.on(kRequestInitiated);
        one.on(end);
    }
}

void driveExternals() {
    for (const enums::EventType end : {enums::EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
                                       enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED}) {
        Reactions out;
        ExternalSignalMachine one(command::SignalExternalWorkflow{}, out);
        one.onEvent(eventOf(enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED), out);
        one.onEvent(eventOf(end), out);
    }
    for (const enums::EventType end : {kRequestDelivered, kRequestFailed}) {
        Reactions out;
        ExternalCancelMachine one(command::RequestCancelExternalWorkflow{}, out);
        one.onEvent(eventOf(kRequestInitiated), out);
        one.onEvent(eventOf(end), out);
    }
    Reactions out;
    ExternalSignalMachine(command::SignalExternalWorkflow{}, out).cancel(out);
}

void driveSmallOnes() {
    Reactions out;
    PatchMachine patch(command::SetPatchMarker{"p", false}, out);
    patch.onEvent(eventOf(patch, out.commands.back()), out);
    PropertiesMachine(command::ModifyProperties{}, out)
        .onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED), out);
    ClosingMachine(command::CompleteWorkflow{}, out)
        .onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED), out);
}

}  // namespace

class MachinesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTransitionIsTaken();
    void activityCancellation_data();
    void activityCancellation();
    void childCancellation_data();
    void childCancellation();
    void externalRequests();
    void resolvedOnlyOnce();
    void wrapsFailures();
    void refusesForeignEvents_data();
    void refusesForeignEvents();
    void timerCommands();
    void patchMarkersRoundTrip();
    void closingCommands_data();
    void closingCommands();
    void randomSeedNeverChanges();
    void resetGivesANewSeed();
};

void MachinesTest::everyTransitionIsTaken() {
    std::set<std::string> taken;
    const auto name = [](const Blueprint& blueprint, const Edge& edge) {
        return fmt::format("{}: {} --{}--> {}", blueprint.machine, blueprint.states[edge.from],
                           blueprint.inputs[edge.input], blueprint.states[edge.to]);
    };
    setTransitionObserver([&](const Blueprint& blueprint, const Edge& edge) { taken.insert(name(blueprint, edge)); });
    driveActivities();
    driveTimers();
    driveUpdates();
    driveTasks();
    driveChildren();
    driveExternals();
    driveSmallOnes();
    setTransitionObserver({});
    size_t known = 0;
    for (const Blueprint* blueprint : allBlueprints()) {
        for (const Edge& edge : blueprint->edges) {
            ++known;
            QVERIFY2(taken.contains(name(*blueprint, edge)), name(*blueprint, edge).c_str());
        }
    }
    QCOMPARE(taken.size(), known);
}

void MachinesTest::activityCancellation_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("recorded");
    QTest::addColumn<QString>("reaction");
    const auto row = [](const char* name, definition::ActivityCancellationType type, int recorded,
                        const char* reaction) { QTest::newRow(name) << int(type) << recorded << reaction; };
    row("unsent, try", kTry, 0, "withdraw; cancelled");
    row("unsent, wait", kWait, 0, "withdraw; cancelled");
    row("unsent, abandon", kAbandon, 0, "withdraw; cancelled");
    row("scheduled, try", kTry, 1, "REQUEST_CANCEL_ACTIVITY_TASK; cancelled");
    row("scheduled, wait", kWait, 1, "REQUEST_CANCEL_ACTIVITY_TASK");
    row("scheduled, abandon", kAbandon, 1, "cancelled");
    row("started, try", kTry, 2, "REQUEST_CANCEL_ACTIVITY_TASK; cancelled");
    row("started, wait", kWait, 2, "REQUEST_CANCEL_ACTIVITY_TASK");
    row("started, abandon", kAbandon, 2, "cancelled");
    row("ended", kTry, 3, "");
}

void MachinesTest::activityCancellation() {
    QFETCH(int, type);
    QFETCH(int, recorded);
    QFETCH(QString, reaction);
    std::vector<enums::EventType> events{kScheduled, kStarted, enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED};
    events.resize(static_cast<size_t>(recorded));
    Activity one(static_cast<definition::ActivityCancellationType>(type), events);
    QCOMPARE(text(one.cancel()), reaction);
    // A second request adds nothing.
    QCOMPARE(text(one.cancel()), QString());
}

void MachinesTest::childCancellation_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<bool>("started");
    QTest::addColumn<QString>("reaction");
    QTest::addColumn<QString>("delivered");
    QTest::addColumn<QString>("ended");
    const auto row = [](const char* name, ChildCancel type, bool started, const char* reaction, const char* delivered,
                        const char* ended) {
        QTest::newRow(name) << int(type) << started << reaction << delivered << ended;
    };
    const char* const ask = "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION";
    const char* const askStarted = "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION; child cancelled";
    const char* const askInitiated = "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION; child start cancelled";
    row("initiated, try", ChildCancel::TryCancel, false, askInitiated, "", "");
    row("initiated, abandon", ChildCancel::Abandon, false, "child start cancelled", "", "");
    row("started, try", ChildCancel::TryCancel, true, askStarted, "", "");
    row("started, requested", ChildCancel::WaitCancellationRequested, true, ask, "child cancelled", "");
    row("started, completed", ChildCancel::WaitCancellationCompleted, true, ask, "", "child cancelled");
    row("started, abandon", ChildCancel::Abandon, true, "child cancelled", "", "");
}

void MachinesTest::childCancellation() {
    QFETCH(int, type);
    QFETCH(bool, started);
    QFETCH(QString, reaction);
    QFETCH(QString, delivered);
    QFETCH(QString, ended);
    Child one(static_cast<ChildCancel>(type), {kInitiated});
    if (started) QCOMPARE(text(one.on(kChildStarted)), "child started");
    QCOMPARE(text(one.cancel()), reaction);
    if (reaction.startsWith("REQUEST")) {
        QCOMPARE(text(one.on(kRequestInitiated)), QString());
        QCOMPARE(text(one.on(kRequestDelivered)), delivered);
    }
    if (!started) one.on(kChildStarted);
    QCOMPARE(text(one.on(enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED)), ended);
    QVERIFY(one.machine->finished());

    Child unsent(static_cast<ChildCancel>(type));
    QCOMPARE(text(unsent.cancel()), "withdraw; child start cancelled");
}

void MachinesTest::externalRequests() {
    Reactions out;
    ExternalSignalMachine one(
        command::SignalExternalWorkflow{.seq = 3, .target = {"default", "other", ""}, .signalName = "go"}, out);
    QCOMPARE(text(out.commands.at(0).signal_external_workflow_execution_command_attributes().execution().workflow_id()),
             "other");
    one.onEvent(eventOf(enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED), out);
    Reactions late;
    one.cancel(late);
    QCOMPARE(text(reactionText(late)), QString());
    one.onEvent(eventOf(enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED), late);
    const auto& job = std::get<definition::job::ResolveSignalExternal>(late.jobs.at(0));
    QCOMPARE(job.seq, definition::Seq(3));
    QVERIFY(job.failure && text(job.failure->message).contains("'other'"));
}

void MachinesTest::resolvedOnlyOnce() {
    Activity tried(kTry, {kScheduled, kStarted});
    tried.cancel();
    QCOMPARE(text(tried.on(kCancelRequested)), QString());
    QCOMPARE(text(tried.on(enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED)), QString());
    QVERIFY(tried.machine->finished());

    Activity waited(kWait, {kScheduled, kStarted});
    waited.cancel();
    QCOMPARE(text(waited.on(kCancelRequested)), QString());
    QCOMPARE(text(waited.on(enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED)), "completed");
}

void MachinesTest::wrapsFailures() {
    Activity one(kTry, {kScheduled, kStarted});
    HistoryEvent failed = eventOf(enums::EVENT_TYPE_ACTIVITY_TASK_FAILED, 9);
    auto* attributes = failed.mutable_activity_task_failed_event_attributes();
    attributes->mutable_failure()->set_message("card refused");
    attributes->mutable_failure()->mutable_application_failure_info()->set_type("Refused");
    attributes->set_retry_state(enums::RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED);
    Reactions out;
    one.machine->onEvent(failed, out);
    QCOMPARE(out.jobs.size(), size_t(1));
    const auto& job = std::get<definition::job::ResolveActivity>(out.jobs[0]);
    const auto& failure = std::get<definition::Failed>(job.result).failure;
    const auto& kind = std::get<payload::ActivityFailureData>(failure.kind);
    QCOMPARE(text(kind.activityType), "work");
    QCOMPARE(text(kind.activityId), "1");
    QCOMPARE(kind.scheduledEventId, int64_t(5));
    QCOMPARE(kind.retryState, payload::RetryState::MaximumAttemptsReached);
    QVERIFY(failure.cause);
    QCOMPARE(text(failure.cause->message), "card refused");
}

void MachinesTest::refusesForeignEvents_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("actual");
    QTest::newRow("other kind") << int(enums::EVENT_TYPE_TIMER_STARTED)
                                << "command ScheduleActivityTask (activity 1, work) in state ScheduleCommandCreated";
    QTest::newRow("out of order") << int(enums::EVENT_TYPE_ACTIVITY_TASK_STARTED)
                                  << "command ScheduleActivityTask (activity 1, work) in state ScheduleCommandCreated";
}

void MachinesTest::refusesForeignEvents() {
    QFETCH(int, type);
    QFETCH(QString, actual);
    Activity one(kTry);
    try {
        one.on(static_cast<enums::EventType>(type));
        QFAIL("accepted");
    } catch (const NondeterminismError& error) {
        QCOMPARE(error.data().eventId, int64_t(5));
        QCOMPARE(text(error.data().actual), actual);
        QVERIFY(text(error.what()).startsWith("[TMPRL1100]"));
    }
    HistoryEvent other = eventOf(kScheduled);
    other.mutable_activity_task_scheduled_event_attributes()->mutable_activity_type()->set_name("renamed");
    Reactions out;
    QVERIFY_THROWS_EXCEPTION(NondeterminismError, one.machine->onEvent(other, out));
}

void MachinesTest::timerCommands() {
    Reactions out;
    TimerMachine one = timer(&out);
    const WireCommand& wire = out.commands.at(0);
    QCOMPARE(text(wire.start_timer_command_attributes().timer_id()), "1");
    QCOMPARE(wire.start_timer_command_attributes().start_to_fire_timeout().seconds(), int64_t(10));
    QCOMPARE(text(wire.user_metadata().summary().data()), "\"a \\\"short\\\" nap\"");
    Reactions cancelled;
    one.cancel(cancelled);
    QCOMPARE(text(reactionText(cancelled)), "withdraw");
}

void MachinesTest::patchMarkersRoundTrip() {
    Reactions out;
    const PatchMachine machine(command::SetPatchMarker{"my \"patch\"", true}, out);
    const HistoryEvent marker = eventOf(machine, out.commands.at(0));
    const auto read = patchMarker(marker);
    QVERIFY(read.has_value());
    QCOMPARE(text(read->patchId), "my \"patch\"");
    QVERIFY(read->deprecated);

    HistoryEvent old = eventOf(enums::EVENT_TYPE_MARKER_RECORDED);
    auto* attributes = old.mutable_marker_recorded_event_attributes();
    attributes->set_marker_name("core_patch");
    (*attributes->mutable_details())["patch_id"].add_payloads()->set_data("older");
    (*attributes->mutable_details())["deprecated"].add_payloads()->set_data(std::string(1, '\0'));
    QCOMPARE(text(patchMarker(old)->patchId), "older");
    QVERIFY(!patchMarker(old)->deprecated);

    attributes->set_marker_name("Version");
    QVERIFY(!patchMarker(old).has_value());
    attributes->set_marker_name("core_patch");
    (*attributes->mutable_details())["patch-data"].add_payloads()->set_data("{broken");
    QVERIFY(!patchMarker(old).has_value());
}

void MachinesTest::closingCommands_data() {
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("event");
    QTest::addColumn<QString>("command");
    QTest::newRow("complete") << 0 << int(enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
                              << "COMPLETE_WORKFLOW_EXECUTION";
    QTest::newRow("fail") << 1 << int(enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED) << "FAIL_WORKFLOW_EXECUTION";
    QTest::newRow("cancel") << 2 << int(enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED) << "CANCEL_WORKFLOW_EXECUTION";
    QTest::newRow("continue") << 3 << int(enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
                              << "CONTINUE_AS_NEW_WORKFLOW_EXECUTION";
}

void MachinesTest::closingCommands() {
    QFETCH(int, index);
    QFETCH(int, event);
    QFETCH(QString, command);
    const ClosingCommand commands[] = {command::CompleteWorkflow{}, command::FailWorkflow{},
                                       command::CancelWorkflowExecution{}, command::ContinueAsNew{}};
    for (int other = 0; other < 4; ++other) {
        Reactions out;
        ClosingMachine machine(commands[other], out);
        const HistoryEvent recorded = eventOf(static_cast<enums::EventType>(event));
        if (other != index) {
            QVERIFY_THROWS_EXCEPTION(NondeterminismError, machine.onEvent(recorded, out));
            continue;
        }
        QCOMPARE(text(reactionText(out)), command);
        machine.onEvent(recorded, out);
        QVERIFY(machine.finished());
    }
}

void MachinesTest::randomSeedNeverChanges() {
    // Open runs replay with these; a change here is a change of every one of them.
    QCOMPARE(randomSeed(""), randomSeed(""));
    QVERIFY(randomSeed("a") != randomSeed("b"));
    QCOMPARE(randomSeed("00000000-0000-0000-0000-000000000000"), uint64_t(0xc104447f85eea341ULL));
}

void MachinesTest::resetGivesANewSeed() {
    Reactions out;
    WorkflowTaskMachine task;
    task.onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), out);
    task.onEvent(eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_STARTED), out);
    HistoryEvent failed = eventOf(enums::EVENT_TYPE_WORKFLOW_TASK_FAILED);
    failed.mutable_workflow_task_failed_event_attributes()->set_cause(enums::WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW);
    failed.mutable_workflow_task_failed_event_attributes()->set_new_run_id("run-2");
    task.onEvent(failed, out);
    QCOMPARE(out.jobs.size(), size_t(1));
    QCOMPARE(std::get<definition::job::UpdateRandomSeed>(out.jobs[0]).randomSeed, randomSeed("run-2"));
}

QTEST_GUILESS_MAIN(MachinesTest)
#include "machines_test.moc"
