// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace orrery::fuzz {

/// Ends the process as a crash does, with a reason: the fuzzer keeps the input.
[[noreturn]] inline void fail(const std::string& why) {
    std::fprintf(stderr, "broken: %s\n", why.c_str());
    std::abort();
}

}  // namespace orrery::fuzz
