// SPDX-License-Identifier: MIT
// `orrery replay`: do the registered workflows still do what recorded histories say they did?
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/samples/samples.h"
#include "core/replay/replayer.h"

namespace orrery::cli {
namespace {

using Json = nlohmann::ordered_json;
using replay::ReplayOutcome;
using replay::Verdict;

struct ReplayCommand {
    std::vector<std::string> files;
    std::string workflow;
    bool json = false;
    bool allowSoft = false;
};

Json sourceJson(const replay::SourceLine& source) {
    if (!source.known()) return nullptr;
    return {{"file", source.file}, {"line", source.line}, {"function", source.function}};
}

Json outcomeJson(const ReplayOutcome& outcome) {
    Json out = {{"file", outcome.file},
                {"name", outcome.name},
                {"workflowType", outcome.workflowType},
                {"tasks", outcome.tasks},
                {"clean", outcome.clean()}};
    if (outcome.divergence) {
        const replay::Divergence& from = *outcome.divergence;
        out["divergence"] = {{"task", from.task},
                             {"taskStartedEventId", from.taskStartedEventId},
                             {"eventId", from.eventId},
                             {"severity", replay::verdictName(from.severity)},
                             {"expected", from.expected},
                             {"actual", from.actual},
                             {"source", sourceJson(from.source)},
                             {"sentence", from.sentence}};
    }
    if (outcome.problem) {
        out["error"] = {{"code", base::errorCodeName(outcome.problem->code())}, {"message", outcome.problem->what()}};
    }
    return out;
}

void printProblem(const ReplayOutcome& outcome) {
    const std::string_view what = outcome.problem->what();
    // Readers name the file themselves, and where in it.
    const bool named = what.find(outcome.name) != std::string_view::npos;
    fmt::print(stderr, "orrery: {}{}{}\n", named ? "" : outcome.name, named ? "" : ": ", what);
}

void printText(const ReplayOutcome& outcome) {
    if (outcome.problem) return;
    const std::string head = fmt::format("{}: {}, {} workflow task{}", outcome.name, outcome.workflowType,
                                         outcome.tasks, outcome.tasks == 1 ? "" : "s");
    if (!outcome.divergence) {
        fmt::print("{}: clean\n", head);
        return;
    }
    const replay::Divergence& from = *outcome.divergence;
    fmt::print("{}: {} divergence in task {} at event {}\n", head, replay::verdictName(from.severity), from.task,
               from.eventId);
    fmt::print("  recorded   {}\n  this code  {}\n", from.expected, from.actual);
    if (from.source.known()) fmt::print("  source     {}:{}\n", from.source.file, from.source.line);
    fmt::print("  {}\n", from.sentence);
}

int codeOf(const ReplayOutcome& outcome, bool allowSoft) {
    if (outcome.problem) return outcome.problem->code() == base::ErrorCode::NotFound ? kFailed : kUnreadable;
    if (!outcome.divergence || (allowSoft && outcome.divergence->severity == Verdict::Soft)) return kGood;
    return kFailed;
}

std::vector<ReplayOutcome> outcomesOf(const replay::Replayer& replayer, const std::string& file,
                                      const ReplayCommand& command) {
    replay::ReplayOptions options;
    options.workflowType = command.workflow;
    try {
        return replayer.replayFiles(file, options);
    } catch (const base::Error& error) {
        // The other files are still worth replaying.
        ReplayOutcome outcome;
        outcome.file = outcome.name = file;
        outcome.problem = error;
        return {outcome};
    }
}

void requireKnown(const definition::WorkflowFactory& workflows, const std::string& type) {
    if (type.empty()) return;
    const std::vector<std::string> known = workflows.workflowTypes();
    if (std::ranges::find(known, type) != known.end()) return;
    throw base::Error(
        base::ErrorCode::InvalidArgument,
        fmt::format("--workflow {}: there is no such workflow; registered are: {}.", type, fmt::join(known, ", ")));
}

int replayFiles(const ReplayCommand& command) {
    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    activity::ActivityRegistry activities;
    samples::registerSamples(*workflows, activities);
    requireKnown(*workflows, command.workflow);
    const replay::Replayer replayer(workflows);
    std::vector<ReplayOutcome> all;
    for (const std::string& file : command.files) {
        for (ReplayOutcome& one : outcomesOf(replayer, file, command)) all.push_back(std::move(one));
    }
    int code = kGood;
    Json json = Json::array();
    for (const ReplayOutcome& outcome : all) {
        code = std::max<int>(code, codeOf(outcome, command.allowSoft));
        if (outcome.problem) printProblem(outcome);
        if (command.json) {
            json.push_back(outcomeJson(outcome));
        } else {
            printText(outcome);
        }
    }
    if (command.json) {
        const Json& shown = all.size() > 1 ? json : json[0];
        fmt::print("{}\n", shown.dump(2, ' ', false, Json::error_handler_t::replace));
    }
    return code;
}

constexpr const char* kHelp =
    R"(Replays recorded runs of the sample workflows with the code of this program, task by task. Files may be of every
form that 'orrery inspect' reads; of a folder, all history files below it are taken.

hard: a worker with this code fails such runs. soft: no worker notices, but new runs go otherwise.

Examples:
  orrery replay order.json
  orrery replay histories/ --json | jq '.[].divergence.sentence'
  orrery replay order.json --workflow order_approval_changed

Exit code 1 when code and history part, hard or soft (--allow-soft lets soft ones pass), and when a workflow type is
not registered; 3 when a file cannot be read or replayed.)";

}  // namespace

void addReplay(CLI::App& root, Action& action) {
    auto command = std::make_shared<ReplayCommand>();
    CLI::App* verb = root.add_subcommand("replay", "Replay recorded runs and show where the code parts from them");
    verb->footer(kHelp);
    verb->add_option("--workflow", command->workflow, "Replay with this registered workflow instead of the history's")
        ->option_text("TYPE");
    verb->add_flag("--json", command->json, "One JSON object a history; an array for several");
    verb->add_flag("--allow-soft", command->allowSoft, "Silent changes do not fail");
    verb->add_option("FILE", command->files, "History files, or folders of them")->required();
    verb->callback([command, &action] { action = [command] { return replayFiles(*command); }; });
}

}  // namespace orrery::cli
