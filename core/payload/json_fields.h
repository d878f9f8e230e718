// SPDX-License-Identifier: MIT
// JSON of plain structs: `ORRERY_JSON(Order, id, items, total)` beside the struct, in its namespace, is all it takes to
// pass it to and from workflows, activities and messages. Also std::optional, which the JSON library lacks.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/error.h"

#if NLOHMANN_JSON_VERSION_MAJOR == 3 && NLOHMANN_JSON_VERSION_MINOR < 12
template <class T>
struct nlohmann::adl_serializer<std::optional<T>> {
    static void to_json(nlohmann::json& json, const std::optional<T>& value) {
        if (value) {
            json = *value;
        } else {
            json = nullptr;
        }
    }
    static void from_json(const nlohmann::json& json, std::optional<T>& value) {
        if (json.is_null()) {
            value.reset();
        } else {
            value = json.template get<T>();
        }
    }
};
#endif

namespace orrery::payload {

/// Throws base::Error(InvalidArgument) saying which field could not be read.
[[noreturn]] void throwBadField(const char* name, const std::string& reason);
/// The library's text without its "[json.exception.type_error.302] " prefix.
std::string plainJsonError(const nlohmann::json::exception& error);

template <class T>
void writeField(nlohmann::json& json, const char* name, const T& value) {
    json[name] = value;
}

/// A missing field keeps its default, so that payloads written before the field existed can still be read.
template <class T>
void readField(const nlohmann::json& json, const char* name, T& value) {
    const auto found = json.find(name);
    if (found == json.end()) return;
    try {
        found->get_to(value);
    } catch (const nlohmann::json::exception& error) {
        throwBadField(name, plainJsonError(error));
    }
}

}  // namespace orrery::payload

#define ORRERY_JSON_WRITE_FIELD(field) ::orrery::payload::writeField(orreryJson, #field, orreryValue.field);
#define ORRERY_JSON_READ_FIELD(field) ::orrery::payload::readField(orreryJson, #field, orreryValue.field);

/// Field names in the JSON are those of the members.
#define ORRERY_JSON(Type, ...)                                                                        \
    [[maybe_unused]] inline void to_json(nlohmann::json& orreryJson, const Type& orreryValue) {       \
        NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(ORRERY_JSON_WRITE_FIELD, __VA_ARGS__))               \
    }                                                                                                 \
    [[maybe_unused]] inline void from_json(const nlohmann::json& orreryJson, Type& orreryValue) {     \
        if (!orreryJson.is_object()) ::orrery::payload::throwBadField(#Type, "it is no JSON object"); \
        NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(ORRERY_JSON_READ_FIELD, __VA_ARGS__))                \
    }
