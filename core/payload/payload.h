// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

namespace orrery::payload {

/// One encoded value as it travels: metadata says how `data` is to be read (temporal.api.common.v1.Payload).
/// The "encoding" entry names the converter: "json/plain", "binary/null", "binary/plain", "json/protobuf".
struct Payload {
    std::map<std::string, std::string> metadata;
    std::string data;

    std::string encoding() const;
    bool operator==(const Payload&) const = default;
};

using Payloads = std::vector<Payload>;

}  // namespace orrery::payload
