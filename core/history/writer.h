// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "core/history/history.h"

namespace orrery::history {

/// {"events": [...]} with EVENT_TYPE_ names and base64 payloads: what every SDK's replayer reads.
std::string toJson(const History& history);

/// Binary temporal.api.history.v1.History.
std::string toBinary(const History& history);

/// Writes JSON, or binary when the name ends in .bin, .binpb or .pb. The file appears whole or not at all. Throws
/// base::Error with the field "file" when it cannot be written.
void writeHistory(const History& history, const std::filesystem::path& file);

}  // namespace orrery::history
