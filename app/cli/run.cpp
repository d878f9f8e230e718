// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "app/cli/commands.h"

namespace orrery::cli {

void addRun(CLI::App&, Action&) {}

}  // namespace orrery::cli
