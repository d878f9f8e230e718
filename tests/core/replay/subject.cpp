// SPDX-License-Identifier: MIT
#include "tests/core/replay/subject.h"

#include "core/activity/activity.h"
#include "core/activity/registry.h"
#include "core/testing/workflow_environment.h"
#include "core/worker/worker.h"
#include "core/workflow/composition.h"
#include "core/workflow/other_workflows.h"

namespace orrery::test {
namespace {

using namespace std::chrono_literals;
using workflow::ActivityOptions;
using workflow::Task;

const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);

ActivityOptions chargeOptions() {
    ActivityOptions options = ActivityOptions().startToCloseTimeout(std::chrono::seconds(knobs().chargeSeconds));
    if (!knobs().chargeId.empty()) options.activityId(knobs().chargeId);
    if (!knobs().chargeQueue.empty()) options.taskQueue(knobs().chargeQueue);
    if (knobs().chargeAttempts > 0) {
        options.retryPolicy(workflow::RetryPolicy().maximumAttempts(knobs().chargeAttempts));
    }
    return options;
}

void note(const char* name, int line) { lines()[name] = line; }

class Subject {
public:
    Task<std::string> run(std::string who) {
        workflow::upsertMemo(knobs().memoKey, who);
        if (knobs().patchDeprecated) workflow::deprecatePatch("greeting");
        if (knobs().newPatch && workflow::patched("later")) co_await call("later");
        if (knobs().patchDeprecated || knobs().withoutPatch || workflow::patched("greeting")) co_await call("greet");
        if (knobs().bug) throw std::logic_error("a bug in the new code");
        co_await pay();
        m_state = "waiting";
        co_await waitForGo();
        co_await child();
        if (knobs().swapParallel) {
            co_await workflow::all(call("label"), call("pack"));
        } else {
            co_await workflow::all(call("pack"), call("label"));
        }
        m_state = "done";
        if (knobs().failAtEnd) throw workflow::ApplicationFailure("changed its mind");
        if (knobs().continueAtEnd) workflow::continueAsNew(workflow::ContinueAsNewOptions(), who);
        co_return knobs().result;
    }
    Task<> go() {
        m_go = true;
        note("extra", __LINE__ + 1);
        if (knobs().callInSignal) co_await workflow::execute("extra", kQuick);
    }
    Task<std::string> rename(std::string name) {
        std::swap(m_name, name);
        co_return name;
    }
    std::string state() const { return m_state; }
    /// Does what a query may not do.
    int counted() const { return ++m_asked; }

    static workflow::Definition<Subject> definition() {
        auto definition = workflow::define<Subject>("Subject");
        definition.run(&Subject::run)
            .signal("go", &Subject::go)
            .query("state", &Subject::state, "Where it stands")
            .query("counted", &Subject::counted);
        if (!knobs().withoutUpdate) definition.update("rename", &Subject::rename);
        return definition;
    }

private:
    Task<> call(std::string name) { co_await workflow::execute(name, kQuick); }

    Task<> pay() {
        note("timer", __LINE__ + 1);
        if (knobs().timerBeforeCharge) co_await workflow::sleep(5s);
        if (knobs().swapCalls) co_await call("ship");
        note("charge", __LINE__ + 1);
        co_await workflow::execute(knobs().charge, chargeOptions(), knobs().chargeInput);
        if (knobs().skipShip || knobs().swapCalls) co_return;
        const auto shipped = workflow::startActivity("ship", kQuick);
        note("beside", __LINE__ + 1);
        if (knobs().timerBesideShip) static_cast<void>(workflow::startTimer(1h));
        co_await shipped;
    }

    Task<> waitForGo() {
        const auto come = [this] { return m_go; };
        note("wait", __LINE__ + 2);
        if (knobs().waitWithoutTimer) {
            co_await workflow::waitCondition(come);
        } else {
            note("wait", __LINE__ + 1);
            co_await workflow::waitCondition(come, std::chrono::hours(knobs().waitHours));
        }
    }

    Task<> child() {
        const auto options = workflow::ChildWorkflowOptions().id(knobs().childId);
        note("child", __LINE__ + 1);
        co_await workflow::executeChild(knobs().childType, options);
    }

    bool m_go = false;
    std::string m_name = "nobody";
    std::string m_state = "new";
    mutable int m_asked = 0;
};

class Child {
public:
    Task<> run() { co_return; }
};

void nothing() {}
void take(const std::string&) {}

}  // namespace

Knobs& knobs() {
    static Knobs s_knobs;
    return s_knobs;
}

std::map<std::string, int>& lines() {
    static std::map<std::string, int> s_lines;
    return s_lines;
}

std::shared_ptr<const workflow::WorkflowRegistry> subjects() {
    auto registry = std::make_shared<workflow::WorkflowRegistry>();
    registry->add(Subject::definition());
    auto child = workflow::define<Child>("Child");
    child.run(&Child::run);
    registry->add(child);
    return registry;
}

std::shared_ptr<const history::History> recordSubject() {
    knobs() = {};
    testing::EnvironmentOptions seeded;
    seeded.seed = 7;
    const auto environment = testing::WorkflowEnvironment::startTimeSkipping(seeded);
    auto activities = std::make_shared<activity::ActivityRegistry>();
    for (const char* name : {"greet", "ship", "pack", "label"}) activities->add(name, &nothing);
    activities->add("charge", &take);
    worker::WorkerOptions options;
    options.taskQueue = "q";
    worker::Worker worker(environment.client().connection(), subjects(), activities, options);
    worker.start();
    // The wait must not be skipped before the signal has come.
    const auto held = environment.holdTime();
    const auto handle = environment.client().startWorkflow(
        "Subject", definition::StartWorkflowOptions().id("subject-1").taskQueue("q"), std::string("Ada"));
    while (handle.query<std::string>("state") != "waiting") {
    }
    static_cast<void>(handle.executeUpdate<std::string>("rename", std::string("Ada")));
    handle.signal("go");
    static_cast<void>(handle.result<std::string>());
    return handle.history();
}

}  // namespace orrery::test
