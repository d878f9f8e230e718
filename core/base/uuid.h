// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/base/time.h"

namespace orrery::base {

/// Lower-case text of a version 4 UUID whose random bits are those given (RFC 9562).
std::string formatUuid4(std::array<uint64_t, 2> randomBits);

/// Lower-case text of a version 7 UUID: its first 48 bits are the time in milliseconds, the rest are those given.
std::string formatUuid7(Timestamp time, std::array<uint64_t, 2> randomBits);

/// A fresh version 4 UUID from the machine's entropy. Never for use in workflow code, where it would not replay.
/// Safe to call from any thread.
std::string randomUuid();

}  // namespace orrery::base
