// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace orrery::base {

/// Whether a server that listens on this address can be reached from this machine only.
inline bool isLoopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace orrery::base
