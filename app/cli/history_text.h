// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "core/history/reader.h"

namespace orrery::cli {

/// A history as text for a terminal: header, a small timeline of its groups, failures, notes. Plain ASCII bars; unless
/// `all`, long lists end with how many rows were left out.
std::string historyText(const history::NamedHistory& named, bool all);

}  // namespace orrery::cli
