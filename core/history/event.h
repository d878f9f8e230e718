// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace temporal::api::history::v1 {
class HistoryEvent;
}

namespace orrery::history {

/// One line of the inspector's tree: plain text, ready to be shown.
struct Node {
    enum class Kind { Object, List, Text, Number, Bool, Enum, Time, Duration, Payload, Null };
    /// Field name as in the JSON form ("activityType"), map key, or "[0]".
    std::string key;
    /// One line. Empty for objects and lists. A payload shows its rendered value, its children the parts of it.
    std::string value;
    Kind kind = Kind::Text;
    /// Encoding of a payload ("json/plain"), else empty.
    std::string encoding;
    std::vector<Node> children;
};

/// The families that views colour and filter by.
enum class EventCategory {
    Workflow,
    WorkflowTask,
    Activity,
    Timer,
    Signal,
    Update,
    ChildWorkflow,
    Nexus,
    Marker,
    External,
    Other
};
std::string_view eventCategoryName(EventCategory category);

/// An event of this type (temporal.api.enums.v1.EventType) is the last one of its run.
bool isClosing(int eventType);

/// What the store keeps of an event: the parsed message, and the source of an event of a type that we do not know.
struct EventEntry {
    const temporal::api::history::v1::HistoryEvent* message = nullptr;
    const struct UnknownEvent* unknown = nullptr;
};

/// A view of one event, cheap to copy. Valid as long as any History (or snapshot) that holds the event lives.
class Event {
public:
    explicit Event(const EventEntry& entry) : m_entry(&entry) {}

    int64_t id() const;
    /// Number of the event type (temporal.api.enums.v1.EventType); 0 when the source named a type that we do not know.
    int type() const;
    /// "WorkflowExecutionStarted"; the source's own word for an unknown type.
    std::string typeName() const;
    bool isKnown() const;
    /// The JSON that an event of a type that we do not know was read from; nullptr for all others.
    const std::string* source() const;
    EventCategory category() const;
    /// Absent when the history has none, or one at which nothing can have happened.
    std::optional<base::Timestamp> time() const;
    int64_t taskId() const;
    /// The workflow task whose commands made this event, 0 when there is none.
    int64_t workflowTaskCompletedEventId() const;
    /// Events that this one belongs to (scheduled, started, initiated, accepted event id), ascending, without zeros.
    std::vector<int64_t> relatedEventIds() const;

    /// Activity type, signal name, timer id or summary, child type, update name, marker name ...; may be empty.
    std::string name() const;
    /// One line: the value, failure or option that tells this event from its like; may be empty.
    std::string details() const;
    /// The event's attributes as a tree; user metadata and links are in it when present.
    Node attributes() const;
    /// Proto JSON of the event on one line, maps sorted by key; the source of an unknown event.
    std::string json() const;
    void appendJson(std::string& out) const;

    /// For rooms that may show protobuf (replay, machines, tests).
    const temporal::api::history::v1::HistoryEvent& message() const { return *m_entry->message; }

private:
    const EventEntry* m_entry;
};

}  // namespace orrery::history
