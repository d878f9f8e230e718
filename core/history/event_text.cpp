// SPDX-License-Identifier: MIT
// The words of one event in a list: what it is called and one line about it.
#include <array>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/event.h"
#include "core/history/words.h"
#include "core/payload/proto.h"

namespace orrery::history {
namespace {

namespace pb = google::protobuf;
using temporal::api::history::v1::HistoryEvent;

/// Where the name of an event stands in its attributes: the first path that is filled.
constexpr std::array<std::string_view, 12> kNames = {
    "activity_type.name",
    "workflow_type.name",
    "signal_name",
    "marker_name",
    "timer_id",
    "accepted_request.input.name",
    "request.input.name",
    "rejected_request.input.name",
    "operation",
    "meta.update_id",
    "protocol_instance_id",
    "workflow_execution.workflow_id",
};

/// What is worth the one line, most telling first.
constexpr std::array<std::string_view, 26> kDetails = {
    "failure",
    "outcome.failure",
    "last_failure",
    "result",
    "outcome.success",
    "input",
    "accepted_request.input.args",
    "request.input.args",
    "rejected_request.input.args",
    "start_to_fire_timeout",
    "cause",
    "timeout_type",
    "retry_state",
    "reason",
    "details",
    "search_attributes.indexed_fields",
    "upserted_memo.fields",
    "new_execution_run_id",
    "workflow_execution.workflow_id",
    "task_queue.name",
    "target_time",
    "identity",
    "operation_token",
    "new_task_queue",
    "attached_request_id",
    "request_id",
};

std::string mapText(const pb::Message& holder, const pb::FieldDescriptor* field) {
    std::string out;
    const pb::Reflection* reflection = holder.GetReflection();
    for (int i = 0; i < reflection->FieldSize(holder, field); ++i) {
        const pb::Message& entry = reflection->GetRepeatedMessage(holder, field, i);
        const pb::FieldDescriptor* value = field->message_type()->map_value();
        if (!out.empty()) out += ", ";
        out += entry.GetReflection()->GetString(entry, field->message_type()->map_key());
        if (value->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
        const pb::Message& item = entry.GetReflection()->GetMessage(entry, value);
        if (const auto* one = dynamic_cast<const temporal::api::common::v1::Payload*>(&item))
            out += " = " + wordOf(*one);
        if (const auto* all = dynamic_cast<const temporal::api::common::v1::Payloads*>(&item))
            out += " = " + wordOf(*all);
    }
    return out;
}

std::string messageText(const pb::Message& message) {
    if (const auto* failure = dynamic_cast<const temporal::api::failure::v1::Failure*>(&message))
        return wordOf(*failure);
    if (const auto* one = dynamic_cast<const temporal::api::common::v1::Payload*>(&message)) return wordOf(*one);
    if (const auto* all = dynamic_cast<const temporal::api::common::v1::Payloads*>(&message)) return wordOf(*all);
    if (const auto* span = dynamic_cast<const pb::Duration*>(&message)) {
        return base::formatDuration(payload::fromProto(*span));
    }
    if (const auto* time = dynamic_cast<const pb::Timestamp*>(&message)) {
        return base::formatTimestamp(payload::fromProto(*time));
    }
    return {};
}

std::string fieldText(const pb::Message& holder, const pb::FieldDescriptor* field) {
    const pb::Reflection* reflection = holder.GetReflection();
    if (field->is_map()) return mapText(holder, field);
    if (field->is_repeated()) return {};
    switch (field->cpp_type()) {
        case pb::FieldDescriptor::CPPTYPE_STRING: return reflection->GetString(holder, field);
        case pb::FieldDescriptor::CPPTYPE_ENUM: {
            const pb::EnumValueDescriptor* value = reflection->GetEnum(holder, field);
            return value->number() == 0 ? std::string() : shortEnumName(*value);
        }
        case pb::FieldDescriptor::CPPTYPE_MESSAGE:
            return reflection->HasField(holder, field) ? messageText(reflection->GetMessage(holder, field))
                                                       : std::string();
        default: return {};
    }
}

/// Follows "a.b.c" through messages that are there; empty when one is missing.
std::string textAt(const pb::Message& message, std::string_view path) {
    const size_t dot = path.find('.');
    const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
    if (!field) return {};
    if (dot == std::string_view::npos) return fieldText(message, field);
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated() ||
        !message.GetReflection()->HasField(message, field)) {
        return {};
    }
    return textAt(message.GetReflection()->GetMessage(message, field), path.substr(dot + 1));
}

template <size_t N>
std::string firstOf(const pb::Message* message, const std::array<std::string_view, N>& paths) {
    if (!message) return {};
    for (const std::string_view path : paths) {
        std::string text = textAt(*message, path);
        if (!text.empty()) return text;
    }
    return {};
}

}  // namespace

std::string Event::name() const {
    const pb::Message* attributes = attributesOf(message());
    if (message().has_timer_started_event_attributes()) {
        if (std::string summary = summaryOf(message()); !summary.empty()) return summary;
    }
    if (message().has_nexus_operation_scheduled_event_attributes()) {
        const auto& nexus = message().nexus_operation_scheduled_event_attributes();
        return fmt::format("{}/{}", nexus.service(), nexus.operation());
    }
    return firstOf(attributes, kNames);
}

std::string Event::details() const {
    const pb::Message* attributes = attributesOf(message());
    std::string text = firstOf(attributes, kDetails);
    if (text == name()) return {};
    return payload::ellipsize(text, 160);
}

}  // namespace orrery::history
