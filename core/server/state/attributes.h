// SPDX-License-Identifier: MIT
// Search attributes: which there are, of what type, and what a value in a payload means.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <temporal/api/common/v1/message.pb.h>
#include <temporal/api/enums/v1/common.pb.h>

#include "core/base/time.h"
#include "core/server/state/world.h"

namespace orrery::server {

using AttributeTypes = std::map<std::string, enums::IndexedValueType>;

/// Kept by the server for each run; nobody sets them.
const AttributeTypes& systemAttributes();
/// Known in every namespace; some of them can be set.
const AttributeTypes& predefinedAttributes();
/// Names that nobody can give to an attribute of his own.
bool isReservedAttribute(const std::string& name);
/// "Keyword", "KeywordList" ...
std::string typeName(enums::IndexedValueType type);
/// The type of that name; nullopt for other words.
std::optional<enums::IndexedValueType> typeOfName(const std::string& name);
/// Of any attribute that the namespace knows; nullopt for others.
std::optional<enums::IndexedValueType> attributeType(const Namespace& ns, const std::string& name);

/// monostate: no value.
using AttributeValue =
    std::variant<std::monostate, bool, int64_t, double, std::string, base::Timestamp, std::vector<std::string>>;
/// nullopt when the payload holds nothing of this type.
std::optional<AttributeValue> attributeValue(const common::Payload& payload, enums::IndexedValueType type);

/// Writes each known attribute's type beside its value, where typed readers look for it. One that the caller wrote
/// stays.
void typeAttributes(const World& world, const std::string& ns, common::SearchAttributes* attributes);

/// Takes values over, of search attributes or of a memo. An empty or null payload removes the key.
using PayloadFields = google::protobuf::Map<std::string, common::Payload>;
void upsertFields(const PayloadFields& from, PayloadFields* to);
/// Leaves out what an upsert would remove; a memo or search attributes of nothing else are none.
template <typename Attributes>
void dropEmptyFields(Attributes* attributes) {
    const auto filled = [](PayloadFields* fields) {
        PayloadFields kept;
        upsertFields(*fields, &kept);
        fields->swap(kept);
        return !fields->empty();
    };
    if (attributes->has_memo() && !filled(attributes->mutable_memo()->mutable_fields())) attributes->clear_memo();
    if (attributes->has_search_attributes() &&
        !filled(attributes->mutable_search_attributes()->mutable_indexed_fields())) {
        attributes->clear_search_attributes();
    }
}

/// Why a request or a command may not set these attributes; nullopt when it may.
std::optional<std::string> unknownAttribute(const Namespace& ns, const common::SearchAttributes& attributes);
std::optional<std::string> attributesProblem(const Limits& limits, const Namespace& ns,
                                             const common::SearchAttributes& attributes);
std::optional<std::string> attributesSizeProblem(const Limits& limits, const common::SearchAttributes& attributes);

}  // namespace orrery::server
