// SPDX-License-Identifier: MIT
#include "core/history/event.h"

#include <algorithm>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/store.h"
#include "core/history/words.h"
#include "core/payload/proto.h"

namespace orrery::history {
namespace {

namespace enums = temporal::api::enums::v1;
namespace pb = google::protobuf;

EventCategory categoryOf(std::string_view name) {
    using enum EventCategory;
    const auto has = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
    if (name.starts_with("WorkflowTask")) return WorkflowTask;
    if (name.starts_with("Activity")) return Activity;
    if (name.starts_with("Timer")) return Timer;
    if (name.starts_with("Marker")) return Marker;
    if (name.starts_with("Nexus")) return Nexus;
    if (has("ChildWorkflow")) return ChildWorkflow;
    if (has("External") && !has("Externally")) return External;
    if (name == "WorkflowExecutionSignaled") return Signal;
    if (name.starts_with("WorkflowExecutionUpdate")) return Update;
    if (has("Workflow")) return Workflow;
    return Other;
}

/// Name and category of every event type, indexed by its number.
struct TypeTable {
    struct Row {
        std::string name;
        EventCategory category = EventCategory::Other;
    };
    std::vector<Row> rows;

    TypeTable() {
        const pb::EnumDescriptor* type = enums::EventType_descriptor();
        for (int i = 0; i < type->value_count(); ++i) {
            const auto number = static_cast<size_t>(type->value(i)->number());
            if (number >= rows.size()) rows.resize(number + 1);
            rows[number].name = shortEnumName(*type->value(i));
            rows[number].category = categoryOf(rows[number].name);
        }
    }
};

const TypeTable::Row* rowOf(int type) {
    static const TypeTable table;
    if (type <= 0 || static_cast<size_t>(type) >= table.rows.size()) return nullptr;
    const auto& row = table.rows[static_cast<size_t>(type)];
    return row.name.empty() ? nullptr : &row;
}

/// Fields of an attributes message that point at other events of the same history.
bool pointsAtEvent(const pb::FieldDescriptor& field) {
    if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_INT64 || field.is_repeated()) return false;
    const std::string& name = field.name();
    return name == "scheduled_event_id" || name == "started_event_id" || name == "initiated_event_id" ||
           name == "accepted_event_id" || name == "requested_event_id" || name == "latest_cancel_requested_event_id";
}

}  // namespace

std::string_view eventCategoryName(EventCategory category) {
    switch (category) {
        case EventCategory::Workflow: return "workflow";
        case EventCategory::WorkflowTask: return "workflowTask";
        case EventCategory::Activity: return "activity";
        case EventCategory::Timer: return "timer";
        case EventCategory::Signal: return "signal";
        case EventCategory::Update: return "update";
        case EventCategory::ChildWorkflow: return "childWorkflow";
        case EventCategory::Nexus: return "nexus";
        case EventCategory::Marker: return "marker";
        case EventCategory::External: return "external";
        case EventCategory::Other: return "other";
    }
    return "other";
}

bool isClosing(int eventType) {
    switch (eventType) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: return true;
        default: return false;
    }
}

int64_t Event::id() const { return message().event_id(); }
int Event::type() const { return m_entry->unknown ? 0 : static_cast<int>(message().event_type()); }
bool Event::isKnown() const { return rowOf(type()) != nullptr; }
const std::string* Event::source() const { return m_entry->unknown ? &m_entry->unknown->json : nullptr; }
int64_t Event::taskId() const { return message().task_id(); }

std::string Event::typeName() const {
    if (m_entry->unknown) return m_entry->unknown->typeName;
    if (const auto* row = rowOf(type())) return row->name;
    return fmt::format("EventType {}", type());
}

EventCategory Event::category() const {
    const auto* row = rowOf(type());
    return row ? row->category : EventCategory::Other;
}

std::optional<base::Timestamp> Event::time() const { return timeOf(message()); }

std::optional<base::Timestamp> timeOf(const temporal::api::history::v1::HistoryEvent& event) {
    // The year 2200. Nothing was recorded before the epoch or then, and sums of such times would overflow.
    constexpr int64_t kLast = 7'258'118'400;
    const int64_t seconds = event.event_time().seconds();
    if (!event.has_event_time() || seconds <= 0 || seconds >= kLast) return std::nullopt;
    return payload::fromProto(event.event_time());
}

int64_t Event::workflowTaskCompletedEventId() const {
    const pb::Message* attributes = attributesOf(message());
    if (!attributes) return 0;
    const auto* field = attributes->GetDescriptor()->FindFieldByName("workflow_task_completed_event_id");
    return field ? attributes->GetReflection()->GetInt64(*attributes, field) : 0;
}

std::vector<int64_t> Event::relatedEventIds() const {
    std::vector<int64_t> ids;
    const pb::Message* attributes = attributesOf(message());
    if (!attributes) return ids;
    const pb::Descriptor* type = attributes->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
        if (!pointsAtEvent(*type->field(i))) continue;
        const int64_t id = attributes->GetReflection()->GetInt64(*attributes, type->field(i));
        if (id > 0) ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

}  // namespace orrery::history
