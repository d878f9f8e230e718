// SPDX-License-Identifier: MIT
#include "core/replay/session.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/replay/divergence.h"
#include "core/replay/player.h"
#include "core/replay/words.h"

namespace orrery::replay {
namespace {

using base::Error;
using base::ErrorCode;

/// Tells of progress now and then, and stops when that was asked for.
class Walker {
public:
    Walker(const Control& control, size_t from, size_t to) : m_control(control), m_from(from), m_total(to - from) {}

    void at(size_t position) {
        if (m_control.stop.stop_requested()) throw Error(ErrorCode::Cancelled, "The replay was stopped.");
        const size_t done = position - m_from;
        if (!m_control.progress || m_total < kFarWalk || done % (m_total / kReports + 1) != 0) return;
        m_control.progress(static_cast<int>(done), static_cast<int>(m_total));
    }

private:
    static constexpr size_t kFarWalk = 50;
    static constexpr size_t kReports = 100;
    const Control& m_control;
    size_t m_from;
    size_t m_total;
};

Verdict worst(const Step& step) {
    if (!step.reached) return Verdict::Open;
    if (step.divergence) return step.divergence->severity;
    const bool open = step.task.state != TaskState::Completed;
    return open ? Verdict::Open : Verdict::Same;
}

std::string currentDetails(const nlohmann::json& metadata) {
    const auto found = metadata.find("currentDetails");
    return found != metadata.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<QueryInfo> queriesOf(const nlohmann::json& metadata) {
    std::vector<QueryInfo> all;
    const auto definition = metadata.value("definition", nlohmann::json::object());
    for (const auto& query : definition.value("queryDefinitions", nlohmann::json::array())) {
        all.push_back({query.value("name", ""), query.value("description", "")});
    }
    return all;
}

}  // namespace

struct Session::State {
    std::shared_ptr<const Plan> plan;
    std::shared_ptr<const definition::WorkflowFactory> workflows;
    Overview overview;
    /// Of each task by its number less one, once it was asked for.
    std::vector<std::shared_ptr<const Step>> steps;
    std::unique_ptr<Player> front;
    /// Task at which the code parts from the history for good, and what is said of later ones.
    int lastReachable = 0;
    std::string unreachable;
    /// What the workflow says that it can be asked; the same at every position.
    std::vector<QueryInfo> queries;

    State(std::shared_ptr<const history::History> history, std::shared_ptr<const definition::WorkflowFactory> factory,
          std::string workflowType)
        : plan(planFor(std::move(history))), workflows(std::move(factory)), overview(plan->overview) {
        overview.workflowType = workflowType.empty() ? overview.recordedType : std::move(workflowType);
        checkType();
        steps.resize(overview.tasks.size());
        front = player();
        lastReachable = static_cast<int>(steps.size());
    }

    void checkType() const {
        try {
            workflows->create(overview.workflowType);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound) throw;
            const std::vector<std::string> known = workflows->workflowTypes();
            throw Error(
                ErrorCode::NotFound,
                fmt::format("No workflow type '{}' is registered here; registered are: {}.", overview.workflowType,
                            known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))),
                {{"workflowType", overview.workflowType}, {"known", fmt::format("{}", fmt::join(known, ", "))}});
        }
    }

    std::unique_ptr<Player> player() const { return std::make_unique<Player>(plan, workflows, overview.workflowType); }

    const TaskInfo& task(int number) const {
        if (number < 1 || number > static_cast<int>(steps.size())) {
            throw Error(ErrorCode::OutOfRange,
                        fmt::format("The history has {} workflow tasks; there is no task {}.", steps.size(), number),
                        {{"task", std::to_string(number)}});
        }
        return overview.tasks[static_cast<size_t>(number) - 1];
    }

    /// Position in the plan's stretches of a task whose code is there, -1 for others.
    int stretchOf(int number) const {
        return number > lastReachable ? -1 : plan->stretchOfTask[static_cast<size_t>(number) - 1];
    }

    void walkTo(size_t stretch, const Control& control) {
        Walker walker(control, front->next(), std::max(stretch + 1, front->next()));
        while (front->next() <= stretch && front->canPlay()) {
            walker.at(front->next());
            play();
        }
    }

    void play() {
        const Stretch& stretch = plan->stretches[front->next()];
        const Player::Played played = front->play();
        auto step = std::make_shared<Step>(stepOf(stretch, played));
        if (!played.ok() || (step->divergence && step->divergence->severity == Verdict::Hard)) part(*step);
        steps[static_cast<size_t>(stretch.task) - 1] = std::move(step);
    }

    void part(const Step& step) {
        lastReachable = step.task.number;
        unreachable = fmt::format(
            "This code parts from the history in workflow task {} (event {}); it cannot reach the tasks behind it.",
            step.task.number, step.divergence ? step.divergence->eventId : step.task.closedEventId);
    }

    Step stepOf(const Stretch& stretch, const Player::Played& played) {
        Step step;
        step.task = task(stretch.task);
        step.cameIn = jobsOf(*plan, stretch);
        step.waiting = waitersOf(front->waiting());
        if (const auto metadata = ask(*front, "__temporal_workflow_metadata")) {
            step.currentDetails = currentDetails(*metadata);
            if (queries.empty()) queries = queriesOf(*metadata);
        }
        std::vector<Side> produced;
        for (size_t i = 0; i < played.said.commands.size(); ++i) {
            Side side = producedSide(played.said.commands[i], played.said.messages, plan->defaults);
            side.source = sourceLine(played.said.sources[i]);
            produced.push_back(std::move(side));
        }
        if (stretch.open) {
            step.commands = notCompared(produced).rows;
            step.note = "This task is under way in the history: what the code asks for is what it would do now.";
            if (played.threw) step.note += " It fails with the error: " + played.threw->message;
        } else {
            compareInto(step, stretch, produced, played);
        }
        bool ended = false;
        for (const ComparedCommand& command : step.commands) {
            const CommandSide& side = command.produced ? *command.produced : *command.recorded;
            ended |= side.kind == "complete" || side.kind == "fail" || side.kind == "cancelled" ||
                     side.kind == "continue as new";
        }
        step.summary = summaryOf(step.cameIn, step.commands, ended);
        return step;
    }

    void compareInto(Step& step, const Stretch& stretch, const std::vector<Side>& produced,
                     const Player::Played& played) const {
        std::vector<Side> recorded;
        for (size_t i = stretch.end; i < stretch.recordedEnd; ++i) {
            const HistoryEvent& event = *(*plan->events)[i];
            if (machines::isCommandEvent(event)) recorded.push_back(recordedSide(event, plan->defaults));
        }
        const Comparison comparison = compare(recorded, produced);
        step.divergence = divergenceOf(*plan, stretch, recorded, comparison, played, step.waiting);
        step.commands = comparison.rows;
    }

    static std::optional<nlohmann::json> ask(Player& player, const std::string& query) {
        const auto answer = player.ask(query, {});
        const auto* value = std::get_if<payload::Payload>(&answer);
        if (!value) return std::nullopt;
        auto json = nlohmann::json::parse(value->data, nullptr, false);
        return json.is_object() ? std::optional(std::move(json)) : std::nullopt;
    }

    std::shared_ptr<const Step> withoutCode(int number) {
        auto step = std::make_shared<Step>();
        step->task = task(number);
        step->reached = false;
        step->note = number > lastReachable && plan->stretchOfTask[static_cast<size_t>(number) - 1] >= 0
                         ? unreachable
                         : plan->notes[static_cast<size_t>(number) - 1];
        step->summary = step->task.state == TaskState::Completed ? "" : step->task.reason;
        return step;
    }

    std::shared_ptr<const Step> step(int number, const Control& control) {
        task(number);
        auto& kept = steps[static_cast<size_t>(number) - 1];
        if (kept) return kept;
        const int stretch = plan->stretchOfTask[static_cast<size_t>(number) - 1];
        if (stretch >= 0 && number <= lastReachable) walkTo(static_cast<size_t>(stretch), control);
        if (!kept) kept = withoutCode(number);
        return kept;
    }

    void walkAll(const Control& control) {
        if (!plan->stretches.empty()) walkTo(plan->stretches.size() - 1, control);
    }

    /// The position in the stretches of a task where code stands.
    size_t requireCode(int number, const Control& control) {
        const auto here = step(number, control);
        const int stretch = stretchOf(number);
        if (!here->reached || stretch < 0) {
            throw Error(ErrorCode::FailedPrecondition,
                        fmt::format("The workflow cannot be asked at task {}: {}", number, here->note),
                        {{"task", std::to_string(number)}});
        }
        return static_cast<size_t>(stretch);
    }

    /// A fresh run that stands there.
    std::unique_ptr<Player> runAt(size_t stretch, const Control& control) const {
        auto run = player();
        Walker walker(control, 0, stretch + 1);
        while (run->next() <= stretch) {
            walker.at(run->next());
            run->play();
        }
        return run;
    }
};

Session::Session(std::shared_ptr<const history::History> history,
                 std::shared_ptr<const definition::WorkflowFactory> workflows, std::string workflowType)
    : m_state(std::make_unique<State>(std::move(history), std::move(workflows), std::move(workflowType))) {}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

const Overview& Session::overview() const { return m_state->overview; }

std::shared_ptr<const Step> Session::step(int number, const Control& control) { return m_state->step(number, control); }

std::optional<Divergence> Session::firstDivergence(const Control& control) {
    m_state->walkAll(control);
    for (const auto& step : m_state->steps) {
        if (step && step->divergence) return step->divergence;
    }
    return std::nullopt;
}

std::vector<Verdict> Session::verdicts(const Control& control) {
    m_state->walkAll(control);
    std::vector<Verdict> all;
    for (const auto& step : m_state->steps) all.push_back(step ? worst(*step) : Verdict::Open);
    return all;
}

std::vector<QueryInfo> Session::queries(int number, const Control& control) {
    m_state->requireCode(number, control);
    return m_state->queries;
}

Session::Answer Session::query(int number, const std::string& name, const payload::Payloads& arguments,
                               const Control& control) {
    return m_state->runAt(m_state->requireCode(number, control), control)->ask(name, arguments);
}

}  // namespace orrery::replay
