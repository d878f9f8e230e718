// SPDX-License-Identifier: MIT
// For tests of workflow code: does it still replay the runs that are recorded?
//
//   replay::Replayer replayer(registry);
//   replayer.throwIfDiverged(replayer.replayFiles("histories"));
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/history/reader.h"
#include "core/replay/session.h"

namespace orrery::replay {

struct ReplayOptions {
    /// Replays every history with this type instead of its own; for a changed variant of a workflow.
    std::string workflowType;
    std::stop_token stop;
};

struct ReplayOutcome {
    /// As in history::NamedHistory.
    std::string name;
    std::string file;
    std::string workflowType;
    int tasks = 0;
    std::optional<Divergence> divergence;
    /// The history could not be replayed at all: why.
    std::optional<base::Error> problem;

    bool clean() const { return !divergence && !problem; }
};

/// Replays histories with registered workflows. Nothing that the code asks for is carried out. Any thread, several at
/// once.
class Replayer {
public:
    explicit Replayer(std::shared_ptr<const definition::WorkflowFactory> workflows)
        : m_workflows(std::move(workflows)) {}

    ReplayOutcome replay(const history::NamedHistory& history, const ReplayOptions& options = {}) const;
    /// Every history of a file, or of the files below a folder in the order of their paths (.json, .bin, .binpb, .pb).
    /// A file that cannot be read is an outcome with its problem. Throws base::Error(Unreadable) when there is no such
    /// file or folder, or none in it.
    std::vector<ReplayOutcome> replayFiles(const std::filesystem::path& fileOrFolder,
                                           const ReplayOptions& options = {}) const;

    /// Throws base::Error(FailedPrecondition) with the sentence of the first that is not clean. Silent changes pass
    /// when `allowSoft`.
    static void throwIfDiverged(const std::vector<ReplayOutcome>& outcomes, bool allowSoft = false);

private:
    std::shared_ptr<const definition::WorkflowFactory> m_workflows;
};

/// The history files below a folder, sorted; the file itself when it is one. Throws as replayFiles().
std::vector<std::filesystem::path> historyFiles(const std::filesystem::path& fileOrFolder);

}  // namespace orrery::replay
