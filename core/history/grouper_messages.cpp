// SPDX-License-Identifier: MIT
// Signals, updates, Nexus operations, markers and what befalls the run itself.
#include <charconv>

#include <fmt/format.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/grouper.h"
#include "core/history/words.h"
#include "core/payload/json.h"
#include "core/payload/proto.h"

namespace orrery::history {
namespace {

namespace enums = temporal::api::enums::v1;
using temporal::api::common::v1::Payloads;
using temporal::api::history::v1::MarkerRecordedEventAttributes;

const Payloads* detailOf(const MarkerRecordedEventAttributes& marker, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        const auto found = marker.details().find(key);
        if (found != marker.details().end() && found->second.payloads_size() > 0) return &found->second;
    }
    return nullptr;
}

std::string textOf(const MarkerRecordedEventAttributes& marker, std::initializer_list<const char*> keys) {
    const Payloads* found = detailOf(marker, keys);
    return found ? plainText(*found) : std::string();
}

/// The members of a JSON object that are strings or numbers, as text. SDKs keep a local activity's facts so.
std::unordered_map<std::string, std::string> members(const Payloads* values) {
    std::unordered_map<std::string, std::string> out;
    if (!values) return out;
    try {
        payload::JsonReader reader(values->payloads(0).data());
        if (reader.peek() != payload::JsonReader::Kind::Object) return out;
        reader.enterObject();
        std::string_view key;
        while (reader.nextKey(key)) {
            std::string name(key);
            const bool quoted = reader.peek() == payload::JsonReader::Kind::String;
            out[std::move(name)] = std::string(quoted ? reader.string() : reader.skip());
        }
    } catch (const payload::JsonError&) {
        // Details of an SDK that we do not know: the marker is shown without them.
    }
    return out;
}

int attemptOf(const std::unordered_map<std::string, std::string>& facts, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        const auto found = facts.find(key);
        if (found == facts.end()) continue;
        int value = 0;
        const std::string& text = found->second;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc() && value > 0) return value;
    }
    return 1;
}

/// Core SDKs keep protobuf times as {"seconds": s, "nanos": n}.
std::optional<base::Timestamp> coreTime(const std::string& json) {
    try {
        payload::JsonReader reader(json);
        if (json.empty() || reader.peek() != payload::JsonReader::Kind::Object) return std::nullopt;
        int64_t seconds = 0;
        int64_t nanos = 0;
        std::string_view key;
        reader.enterObject();
        while (reader.nextKey(key)) {
            int64_t& part = key == "seconds" ? seconds : nanos;
            const std::string_view digits = reader.skip();
            std::from_chars(digits.data(), digits.data() + digits.size(), part);
        }
        google::protobuf::Timestamp wire;
        wire.set_seconds(seconds);
        wire.set_nanos(static_cast<int32_t>(nanos));
        if (seconds <= 0) return std::nullopt;
        return payload::fromProto(wire);
    } catch (const payload::JsonError&) {
        return std::nullopt;
    }
}

}  // namespace

bool Grouper::messages() {
    const auto& event = *m_event;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: {
            const auto& signal = event.workflow_execution_signaled_event_attributes();
            open(GroupKind::Signal, signal.signal_name()).detail = wordOf(signal.input());
            instant();
            return true;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED: {
            const auto& request = event.workflow_execution_update_admitted_event_attributes().request();
            EventGroup& group = update(request.meta().update_id());
            updateRequest(group, request);
            if (group.eventIds.size() == 1) group.state = GroupState::Scheduled;
            return true;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
            const auto& accepted = event.workflow_execution_update_accepted_event_attributes();
            const std::string& asked = accepted.accepted_request().meta().update_id();
            EventGroup& group = update(asked.empty() ? accepted.protocol_instance_id() : asked);
            updateRequest(group, accepted.accepted_request());
            if (!accepted.protocol_instance_id().empty()) m_updates.emplace(accepted.protocol_instance_id(), m_current);
            group.state = GroupState::Running;
            group.started = m_time;
            return true;
        }
        default: return updateOutcome();
    }
}

bool Grouper::updateOutcome() {
    const auto& event = *m_event;
    if (event.has_workflow_execution_update_rejected_event_attributes()) {
        const auto& rejected = event.workflow_execution_update_rejected_event_attributes();
        const std::string& asked = rejected.rejected_request().meta().update_id();
        updateRequest(update(asked.empty() ? rejected.protocol_instance_id() : asked), rejected.rejected_request());
        close(GroupState::Rejected, wordOf(rejected.failure()));
        return true;
    }
    if (!event.has_workflow_execution_update_completed_event_attributes()) return false;
    const auto& completed = event.workflow_execution_update_completed_event_attributes();
    EventGroup* group = join(completed.accepted_event_id());
    if (!group || group->kind != GroupKind::Update) group = &update(completed.meta().update_id());
    if (group->id.empty()) group->id = completed.meta().update_id();
    if (completed.outcome().has_failure()) {
        close(GroupState::Failed, wordOf(completed.outcome().failure()));
    } else {
        close(GroupState::Completed);
        if (group->detail.empty()) group->detail = wordOf(completed.outcome().success());
    }
    return true;
}

EventGroup& Grouper::update(const std::string& id) {
    if (const auto found = m_updates.find(id); found != m_updates.end() && !id.empty()) return joinAt(found->second);
    EventGroup& group = open(GroupKind::Update, {});
    group.id = id;
    m_updates.emplace(id, m_current);
    return group;
}

void Grouper::updateRequest(EventGroup& group, const temporal::api::update::v1::Request& request) {
    if (!request.input().name().empty()) group.name = request.input().name();
    if (group.name.empty()) group.name = group.id;
    if (group.detail.empty()) group.detail = wordOf(request.input().args());
}

bool Grouper::nexus() {
    const auto& event = *m_event;
    switch (event.event_type()) {
        case enums::EVENT_TYPE_NEXUS_OPERATION_SCHEDULED: {
            const auto& scheduled = event.nexus_operation_scheduled_event_attributes();
            EventGroup& group =
                open(GroupKind::Nexus, fmt::format("{}/{}", scheduled.service(), scheduled.operation()));
            group.id = scheduled.request_id();
            group.state = GroupState::Scheduled;
            group.attempts = 0;
            group.detail = scheduled.has_input() ? wordOf(scheduled.input()) : std::string();
            return true;
        }
        case enums::EVENT_TYPE_NEXUS_OPERATION_STARTED:
            joinOrOpen(event.nexus_operation_started_event_attributes().scheduled_event_id(), GroupKind::Nexus,
                       "Nexus");
            begin(1);
            return true;
        case enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED:
            joinOrOpen(event.nexus_operation_cancel_requested_event_attributes().scheduled_event_id(), GroupKind::Nexus,
                       "Nexus")
                .cancelRequested = true;
            return true;
        case enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED:
            joinOrOpen(event.nexus_operation_cancel_request_completed_event_attributes().scheduled_event_id(),
                       GroupKind::Nexus, "Nexus");
            return true;
        case enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUEST_FAILED: {
            const auto& failed = event.nexus_operation_cancel_request_failed_event_attributes();
            joinOrOpen(failed.scheduled_event_id(), GroupKind::Nexus, "Nexus").lastFailure = wordOf(failed.failure());
            return true;
        }
        default: return nexusClose();
    }
}

bool Grouper::nexusClose() {
    const auto& event = *m_event;
    const auto operation = [&](int64_t id) -> EventGroup& {
        EventGroup& group = joinOrOpen(id, GroupKind::Nexus, "Nexus");
        // A synchronous operation has no started event, but it ran.
        if (group.attempts == 0) group.attempts = 1;
        return group;
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_NEXUS_OPERATION_COMPLETED: {
            const auto& completed = event.nexus_operation_completed_event_attributes();
            EventGroup& group = operation(completed.scheduled_event_id());
            close(GroupState::Completed);
            if (group.detail.empty()) group.detail = wordOf(completed.result());
            return true;
        }
        case enums::EVENT_TYPE_NEXUS_OPERATION_FAILED:
            operation(event.nexus_operation_failed_event_attributes().scheduled_event_id());
            close(GroupState::Failed, wordOf(event.nexus_operation_failed_event_attributes().failure()));
            return true;
        case enums::EVENT_TYPE_NEXUS_OPERATION_CANCELED:
            operation(event.nexus_operation_canceled_event_attributes().scheduled_event_id());
            close(GroupState::Canceled);
            return true;
        case enums::EVENT_TYPE_NEXUS_OPERATION_TIMED_OUT:
            operation(event.nexus_operation_timed_out_event_attributes().scheduled_event_id());
            close(GroupState::TimedOut, wordOf(event.nexus_operation_timed_out_event_attributes().failure()));
            return true;
        default: return false;
    }
}

void Grouper::marker(const MarkerRecordedEventAttributes& recorded) {
    if (localActivity(recorded)) return;
    const std::string& name = recorded.marker_name();
    EventGroup& group = open(GroupKind::Marker, name);
    instant();
    if (name == "Version") {
        group.id = textOf(recorded, {"change-id", "changeId"});
        group.detail = fmt::format("{} {}", group.id, textOf(recorded, {"version"}));
    } else if (name == "core_patch") {
        auto facts = members(detailOf(recorded, {"patch-data"}));
        group.id = facts.contains("id") ? facts["id"] : textOf(recorded, {"patch_id"});
        group.detail = group.id;
    } else if (name == "SideEffect" || name == "MutableSideEffect") {
        group.id = textOf(recorded, {"side-effect-id", "id"});
        if (const Payloads* data = detailOf(recorded, {"data"})) group.detail = wordOf(*data);
    } else if (!recorded.details().empty()) {
        const Payloads* data = detailOf(recorded, {"data", "result"});
        group.detail = wordOf(data ? *data : recorded.details().begin()->second);
    }
    if (recorded.has_failure()) close(GroupState::Failed, wordOf(recorded.failure()));
}

bool Grouper::localActivity(const MarkerRecordedEventAttributes& recorded) {
    const bool core = recorded.marker_name() == "core_local_activity";
    if (!core && recorded.marker_name() != "LocalActivity") return false;
    EventGroup& group = open(GroupKind::LocalActivity, {});
    instant();
    auto facts = members(detailOf(recorded, {"data"}));
    if (core) {
        group.name = facts["activity_type"];
        group.id = facts["activity_id"];
        group.attempts = attemptOf(facts, {"attempt"});
        if (const auto asked = coreTime(facts["original_schedule_time"])) group.scheduled = asked;
        if (const auto done = coreTime(facts["complete_time"]); done && group.scheduled && *done >= *group.scheduled) {
            group.closed = done;
        }
    } else if (facts.contains("ActivityType")) {
        group.name = facts["ActivityType"];
        group.id = facts["ActivityID"];
        group.attempts = attemptOf(facts, {"Attempt"});
    } else {
        group.name = textOf(recorded, {"type"});
        group.id = textOf(recorded, {"activityId"});
        group.attempts = attemptOf(members(detailOf(recorded, {"meta"})), {"atpt"});
    }
    if (group.name.empty()) group.name = "LocalActivity";
    if (const Payloads* value = detailOf(recorded, {"input", "result"})) group.detail = wordOf(*value);
    // The marker is written when all is over: when the last attempt began is not recorded.
    group.started = group.scheduled;
    if (recorded.has_failure()) {
        const auto when = group.closed;
        close(recorded.failure().has_canceled_failure_info() ? GroupState::Canceled : GroupState::Failed,
              wordOf(recorded.failure()));
        group.closed = when;
    }
    return true;
}

bool Grouper::rest() {
    const auto& event = *m_event;
    const auto mark = [&](std::string name, std::string detail) {
        open(GroupKind::Workflow, std::move(name)).detail = std::move(detail);
        instant();
    };
    switch (event.event_type()) {
        case enums::EVENT_TYPE_MARKER_RECORDED: marker(event.marker_recorded_event_attributes()); return true;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            mark("Cancel requested", event.workflow_execution_cancel_requested_event_attributes().cause());
            return true;
        case enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: mark("Search attributes", eventDetail()); return true;
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED_EXTERNALLY: mark("Properties", eventDetail()); return true;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: mark("Options", eventDetail()); return true;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED:
            mark("Time skipped", eventDetail());
            return true;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED: {
            EventGroup& group = open(GroupKind::Workflow, "Paused");
            group.detail = event.workflow_execution_paused_event_attributes().reason();
            group.state = GroupState::Running;
            group.started = m_time;
            m_pauseAt = m_current;
            return true;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED:
            if (m_pauseAt < m_groups.list.size()) {
                joinAt(m_pauseAt);
                close(GroupState::Completed);
                m_pauseAt = static_cast<size_t>(-1);
            } else {
                mark("Unpaused", event.workflow_execution_unpaused_event_attributes().reason());
            }
            return true;
        default: return false;
    }
}

std::string Grouper::eventDetail() const { return payload::ellipsize(m_history[m_index].details(), kWordLimit); }

}  // namespace orrery::history
