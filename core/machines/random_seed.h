// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery::machines {

/// Seed of a run's random stream, from the run id in its Started event or, after a reset, from the new one. It is the
/// one that Temporal's shared core computes (SipHash-1-3 with a zero key over the bytes and a final 0xFF), and it must
/// never change: replay depends on it.
uint64_t randomSeed(std::string_view runId);

}  // namespace orrery::machines
