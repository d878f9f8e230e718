// SPDX-License-Identifier: MIT
#include "tests/views/support/fake_replay.h"

#include "core/gateway/arguments.h"
#include "views/shared/text_format.h"

namespace orrery::test {

using gateway::Callback;
using gateway::Outcome;
using gateway::Problem;
using gateway::Request;
using replay::Step;
using replay::TaskInfo;
using replay::Verdict;
using ui::shared::text;

namespace {

constexpr const char* kFile = "app/samples/order_approval.cpp";
constexpr int kLines[] = {34, 38, 41, 48, 52};

/// Takes its answer back when it is dropped before release().
struct Held final : gateway::Running {
    Held(std::map<int, std::function<void()>>& in, int as) : waiting(in), id(as) {}
    ~Held() override { waiting.erase(id); }
    std::map<int, std::function<void()>>& waiting;
    int id;
};

std::string word(const history::Event& event) {
    const std::string name = event.name();
    return name.empty() ? event.typeName() : event.typeName() + " " + name;
}

Step stepOf(const history::History& history, const TaskInfo& task, int64_t after) {
    Step step;
    step.task = task;
    for (int64_t id = after + 1; id <= task.lastEventId; ++id) {
        const auto event = history.find(id);
        if (!event || event->category() == history::EventCategory::WorkflowTask) continue;
        if (id < task.startedEventId) {
            step.cameIn.push_back({id, "activity", word(*event)});
        } else {
            replay::CommandSide side{id,
                                     event->category() == history::EventCategory::Timer ? "timer" : "activity",
                                     word(*event),
                                     {{"name", event->name()}}};
            replay::ComparedCommand command;
            command.recorded = side;
            side.eventId = 0;
            command.produced = side;
            command.source = {kFile, kLines[0], "process"};
            step.commands.push_back(command);
        }
    }
    const int line = kLines[static_cast<size_t>(task.number) % std::size(kLines)];
    const std::string scope = "Task<OrderResult> orrery::samples::OrderApproval::";
    replay::Waiter run{
        "run", {{kFile, line, scope + "process()"}, {kFile, 19, scope + "run(Order)"}}, "activity charge_card"};
    replay::Waiter update{"update set_address", {{kFile, 74, scope + "setAddress(Address)"}}, "a condition"};
    step.waiting = {run};
    if (task.number % 2 == 0) step.waiting.push_back(update);
    step.summary = "something → " + std::to_string(step.commands.size()) + " commands";
    return step;
}

}  // namespace

std::vector<TaskInfo> tasksOf(const history::History& history) {
    std::vector<TaskInfo> tasks;
    for (size_t i = 0; i < history.size(); ++i) {
        const history::Event event = history[i];
        const std::string type = event.typeName();
        if (type == "WorkflowTaskScheduled") {
            TaskInfo task;
            task.number = static_cast<int>(tasks.size()) + 1;
            task.state = replay::TaskState::Scheduled;
            task.scheduledEventId = task.lastEventId = event.id();
            task.time = event.time();
            tasks.push_back(task);
        } else if (type == "WorkflowTaskStarted") {
            tasks.back().state = replay::TaskState::Started;
            tasks.back().startedEventId = tasks.back().lastEventId = event.id();
            tasks.back().time = event.time();
        } else if (type.starts_with("WorkflowTask")) {
            tasks.back().state =
                type == "WorkflowTaskCompleted" ? replay::TaskState::Completed : replay::TaskState::Failed;
            tasks.back().closedEventId = tasks.back().lastEventId = event.id();
            if (type != "WorkflowTaskCompleted") tasks.back().reason = event.details();
        } else if (!tasks.empty() && event.workflowTaskCompletedEventId() == tasks.back().closedEventId &&
                   tasks.back().closedEventId != 0) {
            tasks.back().lastEventId = event.id();
        }
    }
    return tasks;
}

FakeRun agreeingRun(const history::History& history) {
    FakeRun run;
    int64_t after = 0;
    for (const TaskInfo& task : tasksOf(history)) {
        run.steps.push_back(stepOf(history, task, after));
        after = task.lastEventId;
        const std::string risk = task.number < 4 ? "null" : "\"high\"";
        run.answers.push_back(
            {{"status", R"({"status":"awaiting approval","risk":)" + risk + R"(,"paid":true,"items":2,"notes":[]})"},
             {"__stack_trace", "\"run waits\""}});
    }
    return run;
}

int partedAt(const FakeRun& run) {
    for (const Step& step : run.steps) {
        if (step.divergence) return step.task.number;
    }
    return 0;
}

FakeRun partingRun(const history::History& history, int fromTask) {
    FakeRun run = agreeingRun(history);
    int task = fromTask;
    while (run.steps.at(static_cast<size_t>(task) - 1).commands.empty()) ++task;
    Step& parting = run.steps[static_cast<size_t>(task) - 1];
    replay::ComparedCommand& command = parting.commands.front();
    command.produced =
        replay::CommandSide{0, "activity", "activity 9, manual_review", {{"activity type", "manual_review"}}};
    command.verdict = Verdict::Hard;
    replay::Divergence divergence;
    divergence.task = task;
    divergence.taskStartedEventId = parting.task.startedEventId;
    divergence.eventId = command.recorded->eventId;
    divergence.expected = command.recorded->text;
    divergence.actual = command.produced->text;
    divergence.source = {kFile, 38, "process"};
    divergence.sentence = "In task " + std::to_string(task) + " the recorded run did " + divergence.expected +
                          "; this code runs manual_review first, because the step was added after the run began. Keep "
                          "the old order for running workflows with patched(), or give the change an id of its own.";
    parting.divergence = divergence;
    for (size_t i = static_cast<size_t>(task); i < run.steps.size(); ++i) {
        Step& step = run.steps[i];
        step.reached = false;
        step.note = "This code parts from the history in task " + std::to_string(task) + ", so no code ran here.";
        step.waiting.clear();
        for (replay::ComparedCommand& late : step.commands) {
            late.produced.reset();
            late.verdict = Verdict::Open;
        }
    }
    return run;
}

class FakeReplaySession final : public gateway::ReplaySession {
public:
    FakeReplaySession(FakeReplay& replay, FakeRun run, replay::Overview overview)
        : m_replay(replay), m_run(std::move(run)), m_overview(std::move(overview)) {}

    const replay::Overview& overview() const override { return m_overview; }

    Request step(int number, gateway::ReplayProgress, Callback<gateway::StepPtr> callback) override {
        m_replay.calls << QStringLiteral("step %1").arg(number);
        auto step = std::make_shared<Step>(m_run.steps.at(static_cast<size_t>(number) - 1));
        return m_replay.later([callback, step] { callback(gateway::StepPtr(step)); });
    }

    Request queries(int number, Callback<std::vector<replay::QueryInfo>> callback) override {
        if (!m_run.steps.at(static_cast<size_t>(number) - 1).reached) {
            const Problem problem{base::ErrorCode::FailedPrecondition, "No code can be asked here.", {}};
            return m_replay.later([callback, problem] { callback(problem); });
        }
        std::vector<replay::QueryInfo> queries;
        for (const auto& [name, json] : m_run.answers.at(static_cast<size_t>(number) - 1))
            queries.push_back({name, ""});
        return m_replay.later([callback, queries] { callback(queries); });
    }

    Request query(int number, std::string name, payload::Payloads, Callback<payload::Payload> callback) override {
        m_replay.calls << QStringLiteral("query %1 %2").arg(number).arg(text(name));
        const auto answer = gateway::jsonArgument(m_run.answers.at(static_cast<size_t>(number) - 1).at(name));
        return m_replay.later([callback, answer] { callback(answer); });
    }

    Request walk(gateway::ReplayProgress progress, Callback<gateway::Walk> callback) override {
        m_replay.calls << QStringLiteral("walk");
        for (const auto& [done, total] : m_replay.progress) progress(done, total);
        gateway::Walk walk;
        for (const Step& step : m_run.steps) {
            walk.verdicts.push_back(step.divergence ? step.divergence->severity
                                    : step.reached  ? Verdict::Same
                                                    : Verdict::Open);
            if (step.divergence && !walk.first) walk.first = step.divergence;
        }
        return m_replay.later([callback, walk] { callback(walk); });
    }

private:
    FakeReplay& m_replay;
    FakeRun m_run;
    replay::Overview m_overview;
};

std::vector<std::string> FakeReplay::workflowTypes() const {
    std::vector<std::string> types;
    for (const auto& [type, run] : runs) types.push_back(type);
    return types;
}

Request FakeReplay::later(std::function<void()> answer) {
    if (!held) {
        answer();
        return {};
    }
    const int id = ++m_last;
    m_waiting.emplace(id, std::move(answer));
    return Request(std::make_unique<Held>(m_waiting, id));
}

void FakeReplay::release() {
    while (!m_waiting.empty()) {
        const auto answer = m_waiting.begin()->second;
        m_waiting.erase(m_waiting.begin());
        answer();
    }
}

Request FakeReplay::open(std::shared_ptr<const history::History> history, std::string workflowType,
                         Callback<std::shared_ptr<gateway::ReplaySession>> callback) {
    calls << text("open " + workflowType);
    const auto found = runs.find(workflowType);
    if (found == runs.end()) {
        Problem problem{base::ErrorCode::NotFound, "This program has no workflow " + workflowType + ". It has", {}};
        for (const std::string& type : workflowTypes()) problem.message += " " + type;
        problem.message += ". Choose one of them, or register the type and build the program again.";
        return later([callback, problem] { callback(problem); });
    }
    replay::Overview overview;
    const history::Summary summary = history->summary();
    overview.recordedType = summary.workflowType.value_or("");
    overview.workflowType = workflowType;
    overview.workflowId = summary.workflowId;
    overview.eventCount = static_cast<int64_t>(history->size());
    for (const Step& step : found->second.steps) overview.tasks.push_back(step.task);
    auto session = std::make_shared<FakeReplaySession>(*this, found->second, std::move(overview));
    return later([callback, session] { callback(std::shared_ptr<gateway::ReplaySession>(session)); });
}

}  // namespace orrery::test
