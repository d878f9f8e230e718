// SPDX-License-Identifier: MIT
#include "core/history/json_events.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/field_table.h"
#include "core/payload/proto.h"
#include "core/payload/render.h"

namespace orrery::history {
namespace {

namespace enums = temporal::api::enums::v1;
namespace pb = google::protobuf;
using Kind = payload::JsonReader::Kind;
using temporal::api::history::v1::HistoryEvent;

/// Failures nest in failures; no real one comes near.
constexpr int kDeepest = 100;

/// What Temporal's web interface adds to an event for its own lists.
constexpr std::array<std::string_view, 7> kViewerKeys = {"attributes", "category",  "classification", "id",
                                                         "name",       "timestamp", "billableActions"};

bool isViewerKey(std::string_view key) {
    return std::find(kViewerKeys.begin(), kViewerKeys.end(), key) != kViewerKeys.end();
}

/// "DecisionTaskScheduled" and "EventTypeTimerStarted" are how histories were written before Temporal 1.0.
bool isFromBeforeOne(std::string_view eventType) {
    const bool prefixed = eventType.starts_with("EventType") && eventType.size() > 9 && eventType[9] != '_';
    return prefixed || eventType.find("Decision") != std::string_view::npos;
}

/// Years that 64 bits of nanoseconds cannot tell (Go's zero time is in year 1) are read in another turn of the
/// calendar, which repeats after 400 years.
bool readTime(std::string text, pb::Timestamp& wire) {
    int year = 0;
    const bool dated = text.size() > 4 && std::from_chars(text.data(), text.data() + 4, year).ptr == text.data() + 4;
    const bool far = dated && (year < 1700 || year > 2200);
    const int turn = year % 400;
    const int proxy = far ? turn + (turn < 200 ? 2000 : 1600) : year;
    if (far) text.replace(0, 4, std::to_string(proxy));
    const auto time = base::parseTimestamp(text);
    if (!time) return false;
    payload::toProto(*time, &wire);
    constexpr int64_t kTurn = int64_t(146097) * 86400;
    wire.set_seconds(wire.seconds() + (year - proxy) / 400 * kTurn);
    return true;
}

std::string cut(std::string_view text) { return payload::ellipsize(text, 80); }

}  // namespace

JsonEvents::JsonEvents(payload::JsonReader& reader, EventSink sink, Notes& notes)
    : m_reader(reader), m_sink(sink), m_notes(notes) {}

EventEntry JsonEvents::event() {
    m_eventId = 0;
    m_unknownType.clear();
    const size_t begin = m_reader.offset();
    if (m_reader.peek() != Kind::Object) m_reader.fail(begin, "an event must be an object");
    auto* event = pb::Arena::CreateMessage<HistoryEvent>(&m_sink.arena());
    std::string_view key;
    m_reader.enterObject();
    while (m_reader.nextKey(key)) eventMember(key, *event);
    if (event->event_id() <= 0) m_reader.fail(begin, "the event has no eventId");
    if (!m_unknownType.empty()) {
        const size_t length = m_reader.offset() - begin;
        const std::string_view source = m_reader.text().substr(begin, length);
        const size_t brace = source.rfind('}');
        const std::string text = payload::minifyJson(source.substr(0, brace + 1)).value_or(std::string(source));
        note(fmt::format("kept an event of unknown type {} as its JSON", cut(m_unknownType)));
        return {event, m_sink.keep({m_unknownType, text})};
    }
    if (event->event_type() == 0) m_reader.fail(begin, fmt::format("event {} has no eventType", event->event_id()));
    return {event, nullptr};
}

void JsonEvents::eventMember(std::string_view key, Message& event) {
    if (key == "eventType" || key == "event_type") return eventType(event);
    if (isViewerKey(key)) {
        m_reader.skip();
        return m_notes.add("left out what a viewer had added to the events", 0);
    }
    const bool id = key == "eventId" || key == "event_id";
    member(event, fieldTable(event.GetDescriptor()), key);
    if (id) m_eventId = static_cast<HistoryEvent&>(event).event_id();
}

void JsonEvents::eventType(Message& event) {
    auto& target = static_cast<HistoryEvent&>(event);
    const size_t begin = m_reader.offset();
    if (m_reader.peek() == Kind::Number) {
        const auto number = static_cast<int>(integer(0, std::numeric_limits<int32_t>::max()));
        target.set_event_type(static_cast<enums::EventType>(number));
        if (!enums::EventType_IsValid(number)) m_unknownType = fmt::format("EventType {}", number);
        return;
    }
    if (takeNull()) return;
    if (m_reader.peek() != Kind::String) m_reader.fail(begin, "eventType must be a name");
    const std::string name(m_reader.string());
    if (isFromBeforeOne(name)) {
        m_reader.fail(
            begin,
            fmt::format("\"{}\" is an event type from before Temporal 1.0; such histories cannot be read", cut(name)));
    }
    if (const auto number = enumNumber(enums::EventType_descriptor(), name); number && *number != 0) {
        target.set_event_type(static_cast<enums::EventType>(*number));
        return;
    }
    m_unknownType = name.empty() ? "Unspecified" : name;
}

void JsonEvents::message(Message& target) {
    const size_t begin = m_reader.offset();
    if (m_reader.peek() != Kind::Object) {
        m_reader.fail(begin, fmt::format("{} must be an object", target.GetDescriptor()->name()));
    }
    if (++m_depth > kDeepest) m_reader.fail(begin, "nested too deeply");
    const FieldTable& table = fieldTable(target.GetDescriptor());
    std::string_view key;
    m_reader.enterObject();
    while (m_reader.nextKey(key)) member(target, table, key);
    --m_depth;
}

void JsonEvents::member(Message& target, const FieldTable& table, std::string_view key) {
    if (const auto found = table.fields.find(key); found != table.fields.end()) return value(target, *found->second);
    if (table.onlyMap) {
        // {"key": value} instead of {"fields": {"key": value}}.
        const std::string name(key);
        return mapEntry(target, *table.onlyMap, name);
    }
    const std::string name(key);
    if (takeNull()) return;
    note(fmt::format("left out the unknown field {}.{}", target.GetDescriptor()->name(), cut(name)));
    m_reader.skip();
}

void JsonEvents::value(Message& target, const Field& field) {
    if (takeNull()) return;
    if (field.is_map()) return map(target, field);
    if (field.is_repeated()) return list(target, field);
    if (const pb::OneofDescriptor* oneof = field.real_containing_oneof()) {
        const pb::FieldDescriptor* other = target.GetReflection()->GetOneofFieldDescriptor(target, oneof);
        if (other && other != &field) {
            m_reader.fail(m_reader.offset(), fmt::format("{} stands beside {}", field.json_name(), other->json_name()));
        }
    }
    if (field.cpp_type() != Field::CPPTYPE_MESSAGE) return scalar(target, field, false);
    sub(*target.GetReflection()->MutableMessage(&target, &field));
}

void JsonEvents::list(Message& target, const Field& field) {
    const size_t begin = m_reader.offset();
    if (m_reader.peek() != Kind::Array) m_reader.fail(begin, fmt::format("{} must be a list", field.json_name()));
    m_reader.enterArray();
    while (m_reader.nextItem()) {
        if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
            sub(*target.GetReflection()->AddMessage(&target, &field));
        } else {
            scalar(target, field, true);
        }
    }
}

void JsonEvents::map(Message& target, const Field& field) {
    const size_t begin = m_reader.offset();
    if (m_reader.peek() != Kind::Object) m_reader.fail(begin, fmt::format("{} must be an object", field.json_name()));
    std::string_view key;
    m_reader.enterObject();
    while (m_reader.nextKey(key)) {
        const std::string name(key);
        mapEntry(target, field, name);
    }
}

void JsonEvents::mapEntry(Message& target, const Field& field, std::string_view key) {
    const Field* keyField = field.message_type()->map_key();
    const Field* valueField = field.message_type()->map_value();
    if (keyField->cpp_type() != Field::CPPTYPE_STRING) {
        m_reader.skip();
        return note(fmt::format("left out the entries of {}", field.json_name()));
    }
    Message* entry = target.GetReflection()->AddMessage(&target, &field);
    entry->GetReflection()->SetString(entry, keyField, std::string(key));
    if (valueField->cpp_type() == Field::CPPTYPE_MESSAGE) {
        sub(*entry->GetReflection()->MutableMessage(entry, valueField));
    } else {
        scalar(*entry, *valueField, false);
    }
}

void JsonEvents::sub(Message& target) {
    if (!special(target)) message(target);
}

bool JsonEvents::special(Message& target) {
    switch (fieldTable(target.GetDescriptor()).kind) {
        case MessageKind::Plain: return false;
        case MessageKind::MapHolder: return m_reader.peek() == Kind::Null ? takeNull() : false;
        case MessageKind::Timestamp: timestamp(target); return true;
        case MessageKind::Duration: duration(target); return true;
        case MessageKind::Payload: payload(target); return true;
        case MessageKind::Payloads: payloads(target); return true;
    }
    return false;
}

void JsonEvents::scalar(Message& target, const Field& field, bool add) {
    const pb::Reflection* reflection = target.GetReflection();
    const auto put = [&](auto set, auto append, auto item) {
        add ? (reflection->*append)(&target, &field, item) : (reflection->*set)(&target, &field, item);
    };
    switch (field.cpp_type()) {
        case Field::CPPTYPE_INT32:
            put(&pb::Reflection::SetInt32, &pb::Reflection::AddInt32,
                static_cast<int32_t>(
                    integer(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max())));
            return;
        case Field::CPPTYPE_INT64:
            put(&pb::Reflection::SetInt64, &pb::Reflection::AddInt64,
                integer(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()));
            return;
        case Field::CPPTYPE_UINT32:
            put(&pb::Reflection::SetUInt32, &pb::Reflection::AddUInt32,
                static_cast<uint32_t>(natural(std::numeric_limits<uint32_t>::max())));
            return;
        case Field::CPPTYPE_UINT64:
            put(&pb::Reflection::SetUInt64, &pb::Reflection::AddUInt64, natural(std::numeric_limits<uint64_t>::max()));
            return;
        case Field::CPPTYPE_DOUBLE: put(&pb::Reflection::SetDouble, &pb::Reflection::AddDouble, real()); return;
        case Field::CPPTYPE_FLOAT:
            put(&pb::Reflection::SetFloat, &pb::Reflection::AddFloat, static_cast<float>(real()));
            return;
        case Field::CPPTYPE_ENUM: enumeration(target, field, add); return;
        case Field::CPPTYPE_BOOL: {
            if (m_reader.peek() != Kind::Bool) {
                m_reader.fail(m_reader.offset(), fmt::format("{} must be true or false", field.json_name()));
            }
            put(&pb::Reflection::SetBool, &pb::Reflection::AddBool, m_reader.boolean());
            return;
        }
        case Field::CPPTYPE_STRING: {
            if (m_reader.peek() != Kind::String) {
                m_reader.fail(m_reader.offset(), fmt::format("{} must be a string", field.json_name()));
            }
            std::string text = field.type() == Field::TYPE_BYTES ? bytes() : std::string(m_reader.string());
            add ? reflection->AddString(&target, &field, std::move(text))
                : reflection->SetString(&target, &field, std::move(text));
            return;
        }
        case Field::CPPTYPE_MESSAGE: break;
    }
}

void JsonEvents::enumeration(Message& target, const Field& field, bool add) {
    int number = 0;
    const size_t begin = m_reader.offset();
    if (m_reader.peek() == Kind::Number) {
        number = static_cast<int>(integer(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
    } else if (m_reader.peek() == Kind::String) {
        const std::string_view name = m_reader.string();
        const auto found = enumNumber(field.enum_type(), name);
        if (!found && !name.empty()) {
            note(fmt::format("left out the unknown value {} of {}", cut(name), field.json_name()));
        }
        number = found.value_or(0);
    } else {
        m_reader.fail(begin, fmt::format("{} must be a name or a number", field.json_name()));
    }
    const pb::Reflection* reflection = target.GetReflection();
    add ? reflection->AddEnumValue(&target, &field, number) : reflection->SetEnumValue(&target, &field, number);
}

void JsonEvents::timestamp(Message& target) {
    const size_t begin = m_reader.offset();
    if (m_reader.peek() == Kind::Number)
        m_reader.fail(begin, "a time must be text like 2026-03-12T09:14:03Z, not a number");
    if (m_reader.peek() != Kind::String) m_reader.fail(begin, "a time must be text like 2026-03-12T09:14:03Z");
    const std::string text(m_reader.string());
    auto& wire = static_cast<pb::Timestamp&>(target);
    if (!readTime(text, wire)) m_reader.fail(begin, fmt::format("\"{}\" is not a time", cut(text)));
}

void JsonEvents::duration(Message& target) {
    const size_t begin = m_reader.offset();
    if (m_reader.peek() != Kind::String) m_reader.fail(begin, "a duration must be text like \"10s\"");
    const std::string_view text = m_reader.string();
    auto& wire = static_cast<pb::Duration&>(target);
    const char* at = text.data();
    const char* const end = at + text.size();
    const bool negative = at < end && *at == '-';
    int64_t seconds = 0;
    const auto whole = std::from_chars(negative ? at + 1 : at, end, seconds);
    bool good = whole.ec == std::errc() && seconds >= 0;
    at = whole.ptr;
    int32_t nanos = 0;
    if (good && at < end && *at == '.') {
        int32_t unit = 100'000'000;
        for (++at; at < end && *at >= '0' && *at <= '9'; ++at, unit /= 10) nanos += (*at - '0') * unit;
    }
    good = good && end - at == 1 && *at == 's';
    if (!good) m_reader.fail(begin, fmt::format("\"{}\" is not a duration in seconds", cut(text)));
    wire.set_seconds(negative ? -seconds : seconds);
    wire.set_nanos(negative ? -nanos : nanos);
}

}  // namespace orrery::history
