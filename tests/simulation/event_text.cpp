// SPDX-License-Identifier: MIT
#include <google/protobuf/descriptor.h>

#include "core/payload/proto.h"
#include "tests/simulation/history_rules.h"

namespace orrery::simulation {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const Message* attributesOf(const HistoryEvent& event) {
    const auto* oneof = HistoryEvent::descriptor()->FindOneofByName("attributes");
    const FieldDescriptor* field = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
    return field == nullptr ? nullptr : &event.GetReflection()->GetMessage(event, field);
}

}  // namespace

std::string signalKey(const temporal::api::common::v1::Payloads& input) {
    const std::string text = input.payloads_size() == 1 ? input.payloads(0).data() : std::string();
    const bool numbered =
        text.size() > 3 && text.starts_with("\"s") && std::isdigit(static_cast<unsigned char>(text[2]));
    return numbered ? text : std::string();
}

std::string eventName(enums::EventType type) {
    std::string name;
    bool upper = true;
    for (const char c : enums::EventType_Name(type).substr(sizeof("EVENT_TYPE_") - 1)) {
        if (c == '_') {
            upper = true;
        } else {
            name += upper ? c : char(std::tolower(static_cast<unsigned char>(c)));
            upper = false;
        }
    }
    return name;
}

std::string eventLine(const HistoryEvent& event) {
    constexpr size_t kMost = 220;
    const Message* attributes = attributesOf(event);
    std::string text = attributes == nullptr ? std::string() : attributes->ShortDebugString();
    if (text.size() > kMost) text = text.substr(0, kMost) + "…";
    return std::to_string(event.event_id()) + " " + base::formatTimestamp(payload::fromProto(event.event_time())) +
           " " + eventName(event.event_type()) + (text.empty() ? "" : "  " + text);
}

int64_t attribute(const HistoryEvent& event, const char* name) {
    const Message* attributes = attributesOf(event);
    if (attributes == nullptr) return 0;
    const FieldDescriptor* field = attributes->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_INT64) return 0;
    return attributes->GetReflection()->GetInt64(*attributes, field);
}

}  // namespace orrery::simulation
