// SPDX-License-Identifier: MIT
// The inspector's tree of one event, made from the descriptors alone, so that a new attribute needs no code.
#include <algorithm>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/event.h"
#include "core/history/store.h"
#include "core/history/words.h"
#include "core/payload/json.h"
#include "core/payload/proto.h"

namespace orrery::history {
namespace {

namespace pb = google::protobuf;
using Kind = Node::Kind;

/// Above this the parts of a payload are not unfolded into nodes; its text is still whole.
constexpr size_t kLargestUnfolded = 256 * 1024;

Node jsonNode(payload::JsonReader& reader, std::string key) {
    Node node;
    node.key = std::move(key);
    std::string_view member;
    switch (reader.peek()) {
        case payload::JsonReader::Kind::Object:
            node.kind = Kind::Object;
            reader.enterObject();
            while (reader.nextKey(member)) {
                std::string name(member);
                node.children.push_back(jsonNode(reader, std::move(name)));
            }
            return node;
        case payload::JsonReader::Kind::Array:
            node.kind = Kind::List;
            reader.enterArray();
            while (reader.nextItem())
                node.children.push_back(jsonNode(reader, fmt::format("[{}]", node.children.size())));
            return node;
        case payload::JsonReader::Kind::String:
            node.kind = Kind::Text;
            node.value = std::string(reader.string());
            return node;
        case payload::JsonReader::Kind::Number: node.kind = Kind::Number; break;
        case payload::JsonReader::Kind::Bool: node.kind = Kind::Bool; break;
        case payload::JsonReader::Kind::Null: node.kind = Kind::Null; break;
    }
    node.value = std::string(reader.skip());
    return node;
}

Node payloadNode(const temporal::api::common::v1::Payload& message, std::string key) {
    const payload::RenderedPayload rendered = payload::renderPayload(payload::fromProto(message));
    Node node;
    if (rendered.isJson && rendered.text.size() <= kLargestUnfolded) {
        payload::JsonReader reader(rendered.text);
        node = jsonNode(reader, {});
    }
    node.key = std::move(key);
    node.kind = Kind::Payload;
    node.encoding = rendered.encoding;
    node.value = rendered.text;
    for (const auto& [name, value] : message.metadata()) {
        if (name == "encoding" || !payload::isValidUtf8(value)) continue;
        node.encoding += fmt::format("; {}={}", name, value);
    }
    return node;
}

Node messageNode(const pb::Message& message, std::string key);

Node leaf(std::string key, Kind kind, std::string value) {
    Node node;
    node.key = std::move(key);
    node.kind = kind;
    node.value = std::move(value);
    return node;
}

Node scalarNode(const pb::Message& holder, const pb::FieldDescriptor* field, int index, std::string key) {
    const pb::Reflection* reflection = holder.GetReflection();
    const bool many = index >= 0;
    switch (field->cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_STRING: {
            std::string text =
                many ? reflection->GetRepeatedString(holder, field, index) : reflection->GetString(holder, field);
            if (field->type() == pb::FieldDescriptor::TYPE_BYTES) text = payload::toBase64(text);
            return leaf(std::move(key), Kind::Text, std::move(text));
        }
        case pb::FieldDescriptor::CPPTYPE_ENUM: {
            const int number =
                many ? reflection->GetRepeatedEnumValue(holder, field, index) : reflection->GetEnumValue(holder, field);
            const pb::EnumValueDescriptor* value = field->enum_type()->FindValueByNumber(number);
            return leaf(std::move(key), Kind::Enum, value ? shortEnumName(*value) : std::to_string(number));
        }
        case pb::FieldDescriptor::CPPTYPE_BOOL: {
            const bool value =
                many ? reflection->GetRepeatedBool(holder, field, index) : reflection->GetBool(holder, field);
            return leaf(std::move(key), Kind::Bool, value ? "true" : "false");
        }
        case pb::FieldDescriptor::CPPTYPE_INT32:
            return leaf(std::move(key), Kind::Number,
                        std::to_string(many ? reflection->GetRepeatedInt32(holder, field, index)
                                            : reflection->GetInt32(holder, field)));
        case pb::FieldDescriptor::CPPTYPE_UINT32:
            return leaf(std::move(key), Kind::Number,
                        std::to_string(many ? reflection->GetRepeatedUInt32(holder, field, index)
                                            : reflection->GetUInt32(holder, field)));
        case pb::FieldDescriptor::CPPTYPE_INT64:
            return leaf(std::move(key), Kind::Number,
                        std::to_string(many ? reflection->GetRepeatedInt64(holder, field, index)
                                            : reflection->GetInt64(holder, field)));
        case pb::FieldDescriptor::CPPTYPE_UINT64:
            return leaf(std::move(key), Kind::Number,
                        std::to_string(many ? reflection->GetRepeatedUInt64(holder, field, index)
                                            : reflection->GetUInt64(holder, field)));
        case pb::FieldDescriptor::CPPTYPE_DOUBLE:
            return leaf(std::move(key), Kind::Number,
                        fmt::format("{}", many ? reflection->GetRepeatedDouble(holder, field, index)
                                               : reflection->GetDouble(holder, field)));
        case pb::FieldDescriptor::CPPTYPE_FLOAT:
            return leaf(std::move(key), Kind::Number,
                        fmt::format("{}", many ? reflection->GetRepeatedFloat(holder, field, index)
                                               : reflection->GetFloat(holder, field)));
        case pb::FieldDescriptor::CPPTYPE_MESSAGE: break;
    }
    return many ? messageNode(reflection->GetRepeatedMessage(holder, field, index), std::move(key))
                : messageNode(reflection->GetMessage(holder, field), std::move(key));
}

Node mapNode(const pb::Message& holder, const pb::FieldDescriptor* field) {
    Node node = leaf(field->json_name(), Kind::Object, {});
    const pb::Reflection* reflection = holder.GetReflection();
    for (int i = 0; i < reflection->FieldSize(holder, field); ++i) {
        const pb::Message& entry = reflection->GetRepeatedMessage(holder, field, i);
        const std::string key = scalarNode(entry, field->message_type()->map_key(), -1, {}).value;
        node.children.push_back(scalarNode(entry, field->message_type()->map_value(), -1, key));
    }
    // A map has no order of its own; a stable one keeps lists and tests steady.
    std::sort(node.children.begin(), node.children.end(), [](const Node& a, const Node& b) { return a.key < b.key; });
    return node;
}

Node fieldNode(const pb::Message& holder, const pb::FieldDescriptor* field) {
    if (field->is_map()) return mapNode(holder, field);
    if (!field->is_repeated()) return scalarNode(holder, field, -1, field->json_name());
    Node node = leaf(field->json_name(), Kind::List, {});
    for (int i = 0; i < holder.GetReflection()->FieldSize(holder, field); ++i) {
        node.children.push_back(scalarNode(holder, field, i, fmt::format("[{}]", i)));
    }
    return node;
}

Node messageNode(const pb::Message& message, std::string key) {
    if (const auto* value = dynamic_cast<const temporal::api::common::v1::Payload*>(&message)) {
        return payloadNode(*value, std::move(key));
    }
    if (const auto* time = dynamic_cast<const pb::Timestamp*>(&message)) {
        return leaf(std::move(key), Kind::Time, timeText(*time));
    }
    if (const auto* span = dynamic_cast<const pb::Duration*>(&message)) {
        return leaf(std::move(key), Kind::Duration, base::formatDuration(payload::fromProto(*span)));
    }
    Node node = leaf(std::move(key), Kind::Object, {});
    std::vector<const pb::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const pb::FieldDescriptor* field : fields) {
        Node child = fieldNode(message, field);
        // {"payloads": [...]} and {"fields": {...}} are wrappers of the wire: their content stands for them.
        const bool wrapper = fields.size() == 1 && (field->name() == "payloads" || field->name() == "fields" ||
                                                    field->name() == "indexed_fields");
        if (wrapper) {
            node.kind = child.kind;
            node.children = std::move(child.children);
        } else {
            node.children.push_back(std::move(child));
        }
    }
    return node;
}

}  // namespace

Node Event::attributes() const {
    if (m_entry->unknown) {
        try {
            payload::JsonReader reader(m_entry->unknown->json);
            return jsonNode(reader, {});
        } catch (const payload::JsonError&) {
            return leaf({}, Kind::Text, m_entry->unknown->json);
        }
    }
    const pb::Message* attributes = attributesOf(message());
    Node root = attributes ? messageNode(*attributes, {}) : leaf({}, Kind::Object, {});
    const auto add = [&](const char* name) {
        const pb::FieldDescriptor* field = message().GetDescriptor()->FindFieldByName(name);
        const pb::Reflection* reflection = message().GetReflection();
        const bool there =
            field->is_repeated() ? reflection->FieldSize(message(), field) > 0 : reflection->HasField(message(), field);
        if (there) root.children.push_back(fieldNode(message(), field));
    };
    add("user_metadata");
    add("links");
    add("principal");
    add("event_group_markers");
    add("worker_may_ignore");
    return root;
}

}  // namespace orrery::history
