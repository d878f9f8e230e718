// SPDX-License-Identifier: MIT
// What holds for every run that a server kept. A record whose sum is right may still say what no server ever did; it is
// refused here, before the rest of the server relies on it.
#pragma once

#include "core/server/state/world.h"

namespace orrery::server {

/// Throws base::Error(Unreadable) that names the run and what of it makes no sense; so do all others.
[[noreturn]] void unreadable(uint64_t run, const std::string& what);

/// More than any attempt's number, and far from where they end.
inline constexpr int kMostAttempts = 1 << 30;

/// Each event can be read and has the id of its place.
void checkHistory(const Run& run);
/// After everything of the run was read.
void checkRun(const Run& run);

}  // namespace orrery::server
