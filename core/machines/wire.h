// SPDX-License-Identifier: MIT
// Small helpers that turn option values into the protocol's messages. For this room and core/worker only.
#pragma once

#include <optional>
#include <string>

#include <temporal/api/enums/v1/command_type.pb.h>

#include "core/machines/machine.h"
#include "core/payload/proto.h"

namespace orrery::machines {

WireCommand& addCommand(Reactions& out, temporal::api::enums::v1::CommandType type);

/// A line for people in the command's user metadata; nothing when it is empty.
void setSummary(WireCommand& wire, const std::string& summary, const std::string& details = {});

void toProto(const definition::RetryPolicy& policy, temporal::api::common::v1::RetryPolicy* wire);
definition::RetryPolicy fromProto(const temporal::api::common::v1::RetryPolicy& wire);

template <typename WireMap>
void fillMap(const definition::PayloadMap& values, WireMap* wire) {
    for (const auto& [name, value] : values) payload::toProto(value, &(*wire)[name]);
}

template <typename WireMap>
definition::PayloadMap readMap(const WireMap& wire) {
    definition::PayloadMap values;
    for (const auto& [name, value] : wire) values.emplace(name, payload::fromProto(value));
    return values;
}

}  // namespace orrery::machines
