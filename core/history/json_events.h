// SPDX-License-Identifier: MIT
// Inside of the room: JSON straight into messages, along their descriptors. Reads what proto JSON allows and what
// Temporal's tools write besides: short enum names, payloads already decoded, unknown fields and event types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/history/notes.h"
#include "core/history/store.h"
#include "core/payload/json.h"

namespace google::protobuf {
class Message;
class FieldDescriptor;
class EnumDescriptor;
}  // namespace google::protobuf

namespace orrery::history {

struct FieldTable;

/// Fills messages from one document. Throws payload::JsonError; eventId() says in which event.
class JsonEvents {
public:
    JsonEvents(payload::JsonReader& reader, EventSink sink, Notes& notes);

    /// The next value, which must be an event object.
    EventEntry event();
    /// The event being read; 0 before its id was seen.
    int64_t eventId() const { return m_eventId; }

private:
    using Message = google::protobuf::Message;
    using Field = google::protobuf::FieldDescriptor;

    void eventMember(std::string_view key, Message& event);
    void eventType(Message& event);
    void message(Message& target);
    void member(Message& target, const FieldTable& table, std::string_view key);
    void value(Message& target, const Field& field);
    void list(Message& target, const Field& field);
    void map(Message& target, const Field& field);
    void mapEntry(Message& target, const Field& field, std::string_view key);
    void scalar(Message& target, const Field& field, bool add);
    void sub(Message& target);
    void enumeration(Message& target, const Field& field, bool add);
    bool special(Message& target);
    void timestamp(Message& target);
    void duration(Message& target);
    void payload(Message& target);
    bool looksLikePayload();
    void payloadMetadata(Message& target, std::string& readable);
    void payloadData(payload::JsonReader& data, Message& target, const std::string& readable);
    void decodedPayload(Message& target);
    void payloads(Message& target);
    std::string bytes();
    int64_t integer(int64_t least, int64_t most);
    uint64_t natural(uint64_t most);
    double real();
    bool takeNull();
    void note(const std::string& what) { m_notes.add(what, m_eventId); }

    payload::JsonReader& m_reader;
    EventSink m_sink;
    Notes& m_notes;
    int64_t m_eventId = 0;
    int m_depth = 0;
    std::string m_unknownType;
};

}  // namespace orrery::history
