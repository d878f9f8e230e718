// SPDX-License-Identifier: MIT
#include "core/replay/side.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace orrery::replay {
namespace {

const SideField* find(const Side& side, const std::string& name) {
    for (const SideField& field : side.fields) {
        if (field.shown.name == name) return &field;
    }
    return nullptr;
}

/// JSON that says the same in another order of keys or with other blanks is no difference: SDKs write it differently.
bool sameJson(const std::string& left, const std::string& right) {
    const auto one = nlohmann::json::parse(left, nullptr, false);
    if (one.is_discarded()) return false;
    const auto other = nlohmann::json::parse(right, nullptr, false);
    return !other.is_discarded() && one == other;
}

bool same(const SideField& left, const SideField& right) {
    if (left.key.empty() && right.key.empty()) return left.shown.value == right.shown.value;
    if (left.key == right.key) return true;
    constexpr std::string_view json = "json\n";
    return left.key.starts_with(json) && right.key.starts_with(json) &&
           sameJson(left.key.substr(json.size()), right.key.substr(json.size()));
}

}  // namespace

CommandSide Side::shown() const {
    CommandSide side;
    side.eventId = eventId;
    side.kind = kind;
    side.text = text;
    side.fields.reserve(fields.size());
    for (const SideField& field : fields) side.fields.push_back(field.shown);
    return side;
}

std::vector<std::string> differences(const Side& recorded, const Side& produced) {
    std::vector<std::string> names;
    for (const SideField& field : recorded.fields) {
        const SideField* other = find(produced, field.shown.name);
        if (!other || !same(field, *other)) names.push_back(field.shown.name);
    }
    for (const SideField& field : produced.fields) {
        if (!find(recorded, field.shown.name)) names.push_back(field.shown.name);
    }
    return names;
}

bool differentIdentity(const Side& recorded, const Side& produced) {
    if (recorded.kind != produced.kind) return true;
    return std::ranges::any_of(recorded.fields, [&produced](const SideField& field) {
        if (!field.identity) return false;
        const SideField* other = find(produced, field.shown.name);
        return !other || !same(field, *other);
    });
}

}  // namespace orrery::replay
