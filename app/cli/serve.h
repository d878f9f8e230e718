// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/server/server.h"

namespace orrery::cli {

/// Runs a server until Ctrl-C or SIGTERM; gives the exit code. `notes` are lines for the person, after the first one.
int serve(const server::ServerOptions& options, const std::string& notes = {});

/// nullopt when the word is not a port number.
std::optional<uint16_t> portOf(const std::string& word);

/// What serves on this address tells everybody who can reach it: no password is ever asked for.
void warnWhenOpenToOthers(const std::string& host);

}  // namespace orrery::cli
