// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/gateway/outcome.h"
#include "core/history/reader.h"

namespace orrery::gateway {

using LoadedHistories = std::vector<history::NamedHistory>;

/// Reads a history file on the job pool. `progress` (may be empty) is told 0 to 1 on that thread; dropping the request
/// stops the reading soon. The Problem has the fields "file" and, where known, "line", "column" and "eventId".
Request loadHistories(std::filesystem::path file, std::function<void(double)> progress,
                      Callback<LoadedHistories> callback);

/// Writes JSON, or binary by the ending .bin, .binpb or .pb. Dropping the request stops the answer, not the writing.
Request saveHistory(std::shared_ptr<const history::History> history, std::filesystem::path file,
                    Callback<Done> callback);

}  // namespace orrery::gateway
