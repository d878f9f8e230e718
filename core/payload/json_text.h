// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace orrery::payload {

/// Compact JSON with sorted keys and ASCII only, byte for byte what Python's
/// json.dumps(value, separators=(",", ":"), sort_keys=True) writes. Throws base::Error(InvalidArgument) for a number
/// that JSON cannot hold (infinity, not a number) and for text that is not UTF-8.
std::string compactJson(const nlohmann::json& value);

}  // namespace orrery::payload
