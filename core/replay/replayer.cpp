// SPDX-License-Identifier: MIT
#include "core/replay/replayer.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace orrery::replay {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

std::vector<fs::path> historyFiles(const fs::path& fileOrFolder) {
    std::error_code error;
    if (!fs::is_directory(fileOrFolder, error)) return {fileOrFolder};
    constexpr std::array<std::string_view, 4> kEndings = {".json", ".bin", ".binpb", ".pb"};
    std::vector<fs::path> files;
    for (fs::recursive_directory_iterator each(fileOrFolder, error), end; !error && each != end;
         each.increment(error)) {
        const std::string ending = each->path().extension().string();
        if (each->is_regular_file() && std::ranges::find(kEndings, ending) != kEndings.end()) {
            files.push_back(each->path());
        }
    }
    if (error) {
        throw Error(ErrorCode::Unreadable,
                    fmt::format("{}: the folder cannot be read: {}", fileOrFolder.string(), error.message()),
                    {{"file", fileOrFolder.string()}});
    }
    if (files.empty()) {
        throw Error(
            ErrorCode::Unreadable,
            fmt::format("{}: the folder has no history files (.json, .bin, .binpb, .pb).", fileOrFolder.string()),
            {{"file", fileOrFolder.string()}});
    }
    std::ranges::sort(files);
    return files;
}

ReplayOutcome Replayer::replay(const history::NamedHistory& history, const ReplayOptions& options) const {
    ReplayOutcome outcome;
    outcome.name = history.name;
    outcome.file = history.file;
    try {
        Session session(history.history, m_workflows, options.workflowType);
        outcome.workflowType = session.overview().workflowType;
        outcome.tasks = session.taskCount();
        outcome.divergence = session.firstDivergence({options.stop, {}});
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled) throw;
        outcome.problem = error;
    }
    return outcome;
}

std::vector<ReplayOutcome> Replayer::replayFiles(const fs::path& fileOrFolder, const ReplayOptions& options) const {
    std::vector<ReplayOutcome> outcomes;
    const bool folder = fs::is_directory(fileOrFolder);
    for (const fs::path& file : historyFiles(fileOrFolder)) {
        try {
            history::ReadOptions read;
            read.stop = options.stop;
            for (const auto& history : history::readHistories(file, read)) outcomes.push_back(replay(history, options));
        } catch (const Error& error) {
            if (!folder || error.code() == ErrorCode::Cancelled) throw;
            ReplayOutcome& outcome = outcomes.emplace_back();
            outcome.name = file.filename().string();
            outcome.file = file.string();
            outcome.problem = error;
        }
    }
    return outcomes;
}

void Replayer::throwIfDiverged(const std::vector<ReplayOutcome>& outcomes, bool allowSoft) {
    for (const ReplayOutcome& outcome : outcomes) {
        if (outcome.problem) {
            throw Error(ErrorCode::FailedPrecondition, fmt::format("{}: {}", outcome.name, outcome.problem->what()),
                        outcome.problem->fields());
        }
        if (!outcome.divergence || (allowSoft && outcome.divergence->severity == Verdict::Soft)) continue;
        const Divergence& divergence = *outcome.divergence;
        throw Error(ErrorCode::FailedPrecondition, fmt::format("{}: {}", outcome.name, divergence.sentence),
                    {{"history", outcome.name},
                     {"task", std::to_string(divergence.task)},
                     {"eventId", std::to_string(divergence.eventId)},
                     {"expected", divergence.expected},
                     {"actual", divergence.actual}});
    }
}

}  // namespace orrery::replay
