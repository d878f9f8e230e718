// SPDX-License-Identifier: MIT
// `orrery inspect`: what a history file holds, for people or for programs.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/history_text.h"
#include "core/base/error.h"
#include "core/history/groups.h"
#include "core/history/reader.h"

namespace orrery::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InspectOptions {
    std::vector<std::string> files;
    bool json = false;
    bool all = false;
};

Json timeOrNull(const std::optional<base::Timestamp>& time) {
    return time ? Json(base::formatTimestamp(*time)) : Json(nullptr);
}

Json groupJson(const history::EventGroup& group) {
    return {{"kind", history::groupKindName(group.kind)},
            {"name", group.name},
            {"state", history::groupStateName(group.state)},
            {"firstEventId", group.firstEventId},
            {"eventIds", group.eventIds},
            {"attempts", group.attempts},
            {"scheduled", timeOrNull(group.scheduled)},
            {"started", timeOrNull(group.started)},
            {"closed", timeOrNull(group.closed)}};
}

Json historyJson(const history::NamedHistory& named) {
    const history::Summary summary = named.history->summary();
    Json groups = Json::array();
    for (const auto& group : history::groups(*named.history).list) groups.push_back(groupJson(group));
    return {{"file", named.file},
            {"workflowType", summary.workflowType ? Json(*summary.workflowType) : Json(nullptr)},
            {"workflowId", summary.workflowId},
            {"runId", summary.runId},
            {"status", history::workflowStatusName(summary.status)},
            {"eventCount", named.history->size()},
            {"startTime", timeOrNull(summary.startTime)},
            {"closeTime", timeOrNull(summary.closeTime)},
            {"groups", std::move(groups)}};
}

void printJson(const std::vector<history::NamedHistory>& histories, bool several) {
    Json out = Json::array();
    for (const auto& named : histories) out.push_back(historyJson(named));
    if (out.empty() && !several) return;
    const Json& shown = several || out.size() > 1 ? out : out[0];
    fmt::print("{}\n", shown.dump(2, ' ', false, Json::error_handler_t::replace));
}

int inspect(const InspectOptions& options) {
    std::vector<history::NamedHistory> histories;
    int code = kGood;
    for (const std::string& file : options.files) {
        try {
            for (auto& named : history::readHistories(std::filesystem::path(file)))
                histories.push_back(std::move(named));
        } catch (const base::Error& error) {
            // The other files are still worth showing.
            fmt::print(stderr, "orrery: {}\n", error.what());
            code = kUnreadable;
        }
    }
    if (options.json) {
        printJson(histories, options.files.size() > 1);
        return code;
    }
    for (size_t i = 0; i < histories.size(); ++i) {
        fmt::print("{}{}", i == 0 ? "" : "\n", historyText(histories[i], options.all));
    }
    return code;
}

constexpr const char* kHelp =
    R"(Reads what 'temporal workflow show', the web interface and the SDKs write: {"events": [...]}, {"history": ...},
lists of events or histories, binary protobuf. '-' in the bars is waiting, '=' is running.

Examples:
  orrery inspect order.json
  orrery inspect --json a.json b.bin | jq '.[].status'

Exit code 3 when a file cannot be read; the message names the line and column or the event.)";

}  // namespace

void addInspect(CLI::App& root, Action& action) {
    auto options = std::make_shared<InspectOptions>();
    CLI::App* verb = root.add_subcommand("inspect", "Show what a history file holds");
    verb->footer(kHelp);
    verb->add_flag("--json", options->json, "One JSON object a history; an array for several");
    verb->add_flag("--all", options->all, "Every row, however many there are");
    verb->add_option("FILE", options->files, "History files")->required();
    verb->callback([options, &action] { action = [options] { return inspect(*options); }; });
}

}  // namespace orrery::cli
