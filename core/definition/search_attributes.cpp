// SPDX-License-Identifier: MIT
#include "core/definition/search_attributes.h"

namespace orrery::definition {

Payload detail::searchAttributePayload(const char* type, Payload value) {
    value.metadata["type"] = type;
    return value;
}

PayloadMap searchAttributes(const std::vector<SearchAttributeEntry>& entries) {
    PayloadMap map;
    for (const SearchAttributeEntry& entry : entries) map[entry.first] = entry.second;
    return map;
}

}  // namespace orrery::definition
