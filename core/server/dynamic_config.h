// SPDX-License-Identifier: MIT
// The keys of Temporal's dynamic configuration, as people and test suites set them when they start a server.
#pragma once

#include <string>

#include "core/server/limits.h"

namespace orrery::server {

enum class ConfigEffect {
    Honoured,  ///< the limits are changed
    Always,    ///< switches something that this server does anyway
    Fixed,     ///< a limit that nobody can change here
    NotHere,   ///< belongs to a part that this server does not have
    Nothing,   ///< tunes machinery that this server does not need
    Unknown,
};

/// Sets what `key` (in any case) stands for to `json`: a number, true or false, or for a duration "1h30m" or seconds.
/// Throws Error(InvalidArgument) that names the key when the value is no JSON, of another kind, or negative.
ConfigEffect applyConfig(Limits& limits, const std::string& key, const std::string& json);

/// What is worth telling about a key with that effect and value; empty for nothing.
std::string configRemark(ConfigEffect effect, const std::string& key, const std::string& json);

}  // namespace orrery::server
