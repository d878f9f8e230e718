// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "app/cli/commands.h"

namespace orrery::cli {

void addServe(CLI::App&, Action&) {}

int runTestServer(const std::vector<std::string>&) { return kFailed; }

}  // namespace orrery::cli
