// SPDX-License-Identifier: MIT
// What requests are made of so that they mean something: ids and tokens that the server gave, besides a few fixed
// words.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "tests/fuzz/bytes.h"

namespace orrery::fuzz {

class Words {
public:
    /// Keeps what an answer carries in fields that requests have too.
    void learn(const google::protobuf::Message& answer);
    /// A value for a field of that name; any bytes of the input now and then.
    std::string pick(const std::string& field, Bytes& bytes) const;

private:
    std::map<std::string, std::vector<std::string>> m_learned;
};

/// Sets some fields, as the bytes say. What a server asks for first (namespace, execution, token, kind of a command) is
/// mostly filled in afterwards, so that the request gets past the first checks.
void fill(google::protobuf::Message& message, const Words& words, Bytes& bytes);

}  // namespace orrery::fuzz
