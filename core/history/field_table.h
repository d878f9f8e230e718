// SPDX-License-Identifier: MIT
// Inside of the room: names to fields and enum values, built once for each type. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class EnumDescriptor;
}  // namespace google::protobuf

namespace orrery::history {

struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Kinds of messages that do not have the form of an object, or not only.
enum class MessageKind { Plain, Timestamp, Duration, Payload, Payloads, MapHolder };

struct FieldTable {
    /// JSON names and proto names.
    TextMap<const google::protobuf::FieldDescriptor*> fields;
    MessageKind kind = MessageKind::Plain;
    /// The one map of a Memo, Header or SearchAttributes.
    const google::protobuf::FieldDescriptor* onlyMap = nullptr;
};

const FieldTable& fieldTable(const google::protobuf::Descriptor* type);

/// Reads EVENT_TYPE_TIMER_STARTED, TimerStarted and timer_started alike; nullopt for a name that the type does not
/// have.
std::optional<int> enumNumber(const google::protobuf::EnumDescriptor* type, std::string_view name);

}  // namespace orrery::history
