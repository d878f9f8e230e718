// SPDX-License-Identifier: MIT
// Typed search attributes: by them runs are found in lists. One constant each, beside the workflow:
//   inline constexpr definition::KeywordAttribute kCustomer{"CustomerId"};
//   workflow::upsertSearchAttributes(kCustomer.set("ada"));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/definition/options.h"
#include "core/payload/converter.h"

namespace orrery::definition {

/// One entry of a search attribute map; a null payload takes the attribute away.
using SearchAttributeEntry = std::pair<std::string, Payload>;

namespace detail {
/// JSON in the standard encoding, with the type's name in the metadata; never by the user's converter, for the server
/// reads it.
Payload searchAttributePayload(const char* type, Payload value);
inline Payload searchAttributeValue(const base::Timestamp& time) {
    return payload::defaultConverter().toPayload(base::formatTimestamp(time));
}
template <class T>
Payload searchAttributeValue(const T& value) {
    return payload::defaultConverter().toPayload(value);
}
template <class T>
std::optional<T> readSearchAttribute(const Payload& payload) {
    if constexpr (std::is_same_v<T, base::Timestamp>) {
        const auto text = payload::defaultConverter().fromPayload<std::optional<std::string>>(payload);
        return text ? base::parseTimestamp(*text) : std::nullopt;
    } else {
        return payload::defaultConverter().fromPayload<std::optional<T>>(payload);
    }
}
}  // namespace detail

template <class T, const auto& kType>
struct SearchAttribute {
    const char* name;

    SearchAttributeEntry set(const T& value) const {
        return {name, detail::searchAttributePayload(kType, detail::searchAttributeValue(value))};
    }
    SearchAttributeEntry unset() const {
        return {name, detail::searchAttributePayload(kType, payload::defaultConverter().values().fromNull())};
    }
    /// Empty when the map has none.
    std::optional<T> in(const PayloadMap& attributes) const {
        const auto found = attributes.find(name);
        return found == attributes.end() ? std::nullopt : detail::readSearchAttribute<T>(found->second);
    }
};

inline constexpr char kTextType[] = "Text";
inline constexpr char kKeywordType[] = "Keyword";
inline constexpr char kIntType[] = "Int";
inline constexpr char kDoubleType[] = "Double";
inline constexpr char kBoolType[] = "Bool";
inline constexpr char kDatetimeType[] = "Datetime";
inline constexpr char kKeywordListType[] = "KeywordList";

using TextAttribute = SearchAttribute<std::string, kTextType>;
using KeywordAttribute = SearchAttribute<std::string, kKeywordType>;
using IntAttribute = SearchAttribute<int64_t, kIntType>;
using DoubleAttribute = SearchAttribute<double, kDoubleType>;
using BoolAttribute = SearchAttribute<bool, kBoolType>;
using DatetimeAttribute = SearchAttribute<base::Timestamp, kDatetimeType>;
using KeywordListAttribute = SearchAttribute<std::vector<std::string>, kKeywordListType>;

/// For options: `.searchAttributes(searchAttributes({kCustomer.set("ada"), kTier.set(2)}))`.
PayloadMap searchAttributes(const std::vector<SearchAttributeEntry>& entries);

}  // namespace orrery::definition
