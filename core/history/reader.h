// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/history/history.h"

namespace orrery::history {

struct NamedHistory {
    /// File name, with "#2" for the second history of a file that holds several.
    std::string name;
    std::string file;
    std::shared_ptr<const History> history;
    /// What had to be converted or left out, one sentence each: "sorted: events were newest first".
    std::vector<std::string> notes;
};

struct ReadOptions {
    /// Called on the reading thread with 0 to 1, at most a few hundred times.
    std::function<void(double)> progress;
    std::stop_token stop;
};

/// Reads every form that Temporal's tools write (README.md lists them). Throws base::Error: Unreadable with the fields
/// "file" and, where known, "line", "column", "eventId" and "reason"; Cancelled when `stop` was asked for.
std::vector<NamedHistory> readHistories(const std::filesystem::path& file, const ReadOptions& options = {});

/// The same for bytes in memory; `name` stands for the file in messages.
std::vector<NamedHistory> readHistories(std::string_view bytes, const std::string& name,
                                        const ReadOptions& options = {});

}  // namespace orrery::history
