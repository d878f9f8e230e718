// SPDX-License-Identifier: MIT
#include "core/payload/payload.h"

namespace orrery::payload {

std::string Payload::encoding() const {
    const auto found = metadata.find("encoding");
    return found == metadata.end() ? std::string() : found->second;
}

}  // namespace orrery::payload
