// SPDX-License-Identifier: MIT
// Commands and the events that record them carry the same attributes in two messages each; the functions here read
// both.
#include <algorithm>
#include <concepts>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/any.pb.h>
#include <temporal/api/update/v1/message.pb.h>

#include "core/base/spell_duration.h"
#include "core/machines/patch.h"
#include "core/payload/failure_proto.h"
#include "core/payload/proto.h"
#include "core/payload/render.h"
#include "core/replay/side.h"

namespace orrery::replay {
namespace {

namespace enums = temporal::api::enums::v1;
using base::Duration;
using temporal::api::common::v1::Payload;
using temporal::api::common::v1::Payloads;
using temporal::api::common::v1::RetryPolicy;

constexpr const char* kChangeVersion = "TemporalChangeVersion";

/// Fills one side field by field.
class Writer {
public:
    Writer(Side& side, const Defaults& defaults) : m_side(side), m_defaults(defaults) {}

    const Defaults& defaults() const { return m_defaults; }
    Side& side() { return m_side; }

    void identity(const char* name, std::string value) {
        m_side.fields.push_back({{name, std::move(value)}, {}, true});
    }
    void text(const std::string& name, std::string value) {
        if (!value.empty()) m_side.fields.push_back({{name, std::move(value)}, {}, false});
    }
    void duration(const char* name, Duration value) {
        if (value > Duration::zero()) text(name, base::spellDuration(value));
    }
    void payload(const std::string& name, const Payload& wire) { values(name, {payload::fromProto(wire)}); }
    /// Nothing is said by no value and by one that is null; SDKs send either.
    void payloads(const char* name, const Payloads& wire) {
        const payload::Payloads all = payload::fromProto(wire);
        if (all.empty() || (all.size() == 1 && all.front().encoding() == "binary/null")) return;
        values(name, all);
    }
    template <typename Map>
    void map(const char* name, const Map& wire) {
        std::vector<std::string> keys;
        for (const auto& [key, value] : wire) keys.push_back(key);
        std::ranges::sort(keys);
        for (const std::string& key : keys) payload(fmt::format("{} {}", name, key), wire.at(key));
    }
    void failure(const char* name, const temporal::api::failure::v1::Failure& wire) {
        const auto& application = wire.application_failure_info();
        text(name, wire.message().empty() ? "without a message" : wire.message());
        if (wire.has_application_failure_info()) text("failure type", application.type());
        if (wire.has_cause()) text("cause", wire.cause().message());
    }

private:
    void values(const std::string& name, const payload::Payloads& all) {
        SideField field{{name, payload::renderPayloads(all)}, {}, false};
        const bool json = std::ranges::all_of(all, [](const auto& one) { return one.encoding().starts_with("json/"); });
        if (json) {
            field.key = "json\n[";
            for (const payload::Payload& one : all) field.key += (field.key.size() > 6 ? "," : "") + one.data;
            field.key += ']';
        } else {
            for (const payload::Payload& one : all) field.key += one.encoding() + '\n' + one.data + '\n';
        }
        m_side.fields.push_back(std::move(field));
    }

    Side& m_side;
    const Defaults& m_defaults;
};

Duration read(const google::protobuf::Duration& wire) { return payload::fromProto(wire); }

/// The smaller one, where zero stands for none.
Duration capped(Duration value, Duration limit) {
    if (limit <= Duration::zero()) return value;
    return value <= Duration::zero() ? limit : std::min(value, limit);
}

void retryPolicy(Writer& out, const RetryPolicy& policy) {
    using namespace std::chrono_literals;
    const Duration initial = policy.has_initial_interval() ? read(policy.initial_interval()) : 1s;
    const double coefficient = policy.backoff_coefficient() == 0 ? 2.0 : policy.backoff_coefficient();
    const Duration maximum = policy.has_maximum_interval() ? read(policy.maximum_interval()) : initial * 100;
    out.duration("retry initial interval", initial);
    out.text("retry coefficient", fmt::format("{}", coefficient));
    out.duration("retry maximum interval", maximum);
    if (policy.maximum_attempts() > 0) out.text("retry maximum attempts", std::to_string(policy.maximum_attempts()));
    std::string types;
    for (const std::string& type : policy.non_retryable_error_types()) types += (types.empty() ? "" : ", ") + type;
    out.text("not retried", types);
}

/// With the time-outs that follow from the others, as a server fills them in.
template <typename Attributes>
void activity(Writer& out, const Attributes& from) {
    out.side().kind = "activity";
    out.side().text = fmt::format("activity {}, {}", from.activity_id(), from.activity_type().name());
    out.identity("activity id", from.activity_id());
    out.identity("activity type", from.activity_type().name());
    out.payloads("input", from.input());
    out.text("task queue", from.task_queue().name());
    const Duration run = out.defaults().runTimeout;
    const Duration asked = read(from.schedule_to_close_timeout());
    const Duration whole = capped(asked, run);
    const Duration attempt = capped(capped(read(from.start_to_close_timeout()), asked), run);
    out.duration("schedule-to-close timeout", whole);
    out.duration("schedule-to-start timeout", capped(capped(read(from.schedule_to_start_timeout()), asked), run));
    out.duration("start-to-close timeout", attempt);
    const Duration heartbeat = read(from.heartbeat_timeout());
    if (heartbeat > Duration::zero()) out.duration("heartbeat timeout", capped(heartbeat, attempt));
    retryPolicy(out, from.retry_policy());
}

template <typename Attributes>
void child(Writer& out, const Attributes& from) {
    using namespace std::chrono_literals;
    out.side().kind = "child";
    out.side().text = fmt::format("child workflow {}, {}", from.workflow_id(), from.workflow_type().name());
    out.identity("workflow id", from.workflow_id());
    out.identity("workflow type", from.workflow_type().name());
    out.payloads("input", from.input());
    out.text("task queue", from.task_queue().name());
    const Duration whole = read(from.workflow_execution_timeout());
    const Duration task = read(from.workflow_task_timeout());
    out.duration("execution timeout", whole);
    out.duration("run timeout", capped(read(from.workflow_run_timeout()), whole));
    out.duration("task timeout", task > Duration::zero() ? task : Duration(10s));
    const auto close = from.parent_close_policy();
    if (close != enums::PARENT_CLOSE_POLICY_UNSPECIFIED && close != enums::PARENT_CLOSE_POLICY_TERMINATE) {
        out.text("parent close policy", enums::ParentClosePolicy_Name(close));
    }
    const auto reuse = from.workflow_id_reuse_policy();
    const bool usual = reuse == enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE;
    if (!usual && reuse != enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED) {
        out.text("id reuse policy", enums::WorkflowIdReusePolicy_Name(reuse));
    }
    out.text("cron schedule", from.cron_schedule());
    if (from.has_retry_policy()) retryPolicy(out, from.retry_policy());
    out.map("memo", from.memo().fields());
    out.map("search attribute", from.search_attributes().indexed_fields());
}

template <typename Attributes>
void timer(Writer& out, const Attributes& from) {
    out.side().kind = "timer";
    const std::string duration = base::spellDuration(read(from.start_to_fire_timeout()));
    out.side().text = fmt::format("timer {}, {}", from.timer_id(), duration);
    out.identity("timer id", from.timer_id());
    out.text("duration", duration);
}

template <typename Attributes>
void cancelTimer(Writer& out, const Attributes& from) {
    out.side().kind = "cancel timer";
    out.side().text = "cancellation of timer " + from.timer_id();
    out.identity("timer id", from.timer_id());
}

template <typename Attributes>
void cancelActivity(Writer& out, const Attributes& from) {
    out.side().kind = "cancel activity";
    out.side().text = fmt::format("cancellation of the activity of event {}", from.scheduled_event_id());
    out.identity("scheduled event", std::to_string(from.scheduled_event_id()));
}

void patch(Writer& out, const machines::PatchMarker& marker) {
    Side& side = out.side();
    side.kind = "patch";
    side.patchId = marker.patchId;
    side.deprecated = marker.deprecated;
    side.text = fmt::format("patch {}{}", marker.patchId, marker.deprecated ? ", deprecated" : "");
    out.identity("patch id", marker.patchId);
}

template <typename Attributes>
void marker(Writer& out, const Attributes& from) {
    HistoryEvent event;
    event.set_event_type(enums::EVENT_TYPE_MARKER_RECORDED);
    auto* attributes = event.mutable_marker_recorded_event_attributes();
    attributes->set_marker_name(from.marker_name());
    *attributes->mutable_details() = from.details();
    if (const auto found = machines::patchMarker(event)) {
        patch(out, *found);
        return;
    }
    out.side().kind = "marker";
    out.side().text = "marker " + from.marker_name();
    out.identity("marker name", from.marker_name());
}

template <typename Attributes>
void signalExternal(Writer& out, const Attributes& from, const std::string& workflowId) {
    out.side().kind = "signal external";
    out.side().text = fmt::format("signal {} to {}", from.signal_name(), workflowId);
    out.text("workflow id", workflowId);
    out.text("signal name", from.signal_name());
    out.payloads("input", from.input());
}

void cancelExternal(Writer& out, const std::string& workflowId) {
    out.side().kind = "cancel external";
    out.side().text = "cancellation of workflow " + workflowId;
    out.text("workflow id", workflowId);
}

template <typename Map>
std::string keysOf(const Map& map) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : map) keys.push_back(key);
    std::ranges::sort(keys);
    return fmt::format("{}", fmt::join(keys, ", "));
}

template <typename Attributes>
void searchAttributes(Writer& out, const Attributes& from) {
    const auto& fields = from.search_attributes().indexed_fields();
    out.side().kind = "search attributes";
    out.side().text = "search attributes " + keysOf(fields);
    // Its list is the worker's own affair, and SDKs write it in different orders.
    out.side().changeVersion = fields.contains(kChangeVersion);
    if (!out.side().changeVersion) out.map("search attribute", fields);
}

template <typename Attributes>
void memo(Writer& out, const Attributes& from) {
    out.side().kind = "memo";
    out.side().text = "memo " + keysOf(from.upserted_memo().fields());
    out.map("memo", from.upserted_memo().fields());
}

template <typename Attributes>
void continueAsNew(Writer& out, const Attributes& from) {
    out.side().kind = "continue as new";
    out.side().text = "continue as new, " + from.workflow_type().name();
    out.text("workflow type", from.workflow_type().name());
    out.payloads("input", from.input());
    out.text("task queue", from.task_queue().name());
}

template <typename Attributes>
void complete(Writer& out, const Attributes& from) {
    out.side().kind = "complete";
    out.side().text = "completion of the run";
    out.payloads("result", from.result());
}

template <typename Attributes>
void fail(Writer& out, const Attributes& from) {
    out.side().kind = "fail";
    out.side().text = fmt::format("failure of the run: {}", from.failure().message());
    out.failure("failure", from.failure());
}

void outcome(Writer& out, const temporal::api::update::v1::Outcome& outcome) {
    if (outcome.has_success()) out.payloads("result", outcome.success());
    if (outcome.has_failure()) out.failure("failure", outcome.failure());
}

void acceptUpdate(Writer& out, const std::string& instanceId, const temporal::api::update::v1::Request& request) {
    out.side().kind = "accept update";
    out.side().text = fmt::format("acceptance of update {} ({})", request.input().name(), instanceId);
    out.identity("update id", instanceId);
    out.text("update name", request.input().name());
}

void completeUpdate(Writer& out, const std::string& instanceId, const temporal::api::update::v1::Outcome& result) {
    out.side().kind = "complete update";
    out.side().text = fmt::format("{} of update {}", result.has_failure() ? "failure" : "completion", instanceId);
    out.identity("update id", instanceId);
    outcome(out, result);
}

void protocolMessage(Writer& out, const std::string& messageId, const std::vector<WireMessage>& messages) {
    const auto message = std::ranges::find_if(messages, [&](const auto& one) { return one.id() == messageId; });
    if (message == messages.end()) return;
    temporal::api::update::v1::Acceptance acceptance;
    temporal::api::update::v1::Response response;
    if (message->body().UnpackTo(&acceptance)) {
        acceptUpdate(out, message->protocol_instance_id(), acceptance.accepted_request());
    } else if (message->body().UnpackTo(&response)) {
        completeUpdate(out, message->protocol_instance_id(), response.outcome());
    }
}

void recordedEnd(Writer& out, const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            return complete(out, event.workflow_execution_completed_event_attributes());
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return fail(out, event.workflow_execution_failed_event_attributes());
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            return continueAsNew(out, event.workflow_execution_continued_as_new_event_attributes());
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            out.side().kind = "cancelled";
            out.side().text = "cancellation of the run";
            return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: {
            const auto& from = event.workflow_execution_update_accepted_event_attributes();
            return acceptUpdate(out, from.protocol_instance_id(), from.accepted_request());
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: {
            const auto& from = event.workflow_execution_update_completed_event_attributes();
            return completeUpdate(out, from.meta().update_id(), from.outcome());
        }
        default: out.side().kind = "nexus"; out.side().text = machines::eventTypeName(event);
    }
}

}  // namespace

Side recordedSide(const HistoryEvent& event, const Defaults& defaults) {
    Side side;
    side.eventId = event.event_id();
    Writer out(side, defaults);
    switch (event.event_type()) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            activity(out, event.activity_task_scheduled_event_attributes());
            break;
        case enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            cancelActivity(out, event.activity_task_cancel_requested_event_attributes());
            break;
        case enums::EVENT_TYPE_TIMER_STARTED: timer(out, event.timer_started_event_attributes()); break;
        case enums::EVENT_TYPE_TIMER_CANCELED: cancelTimer(out, event.timer_canceled_event_attributes()); break;
        case enums::EVENT_TYPE_MARKER_RECORDED: marker(out, event.marker_recorded_event_attributes()); break;
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
            child(out, event.start_child_workflow_execution_initiated_event_attributes());
            break;
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
            const auto& from = event.signal_external_workflow_execution_initiated_event_attributes();
            signalExternal(out, from, from.workflow_execution().workflow_id());
            break;
        }
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            cancelExternal(out, event.request_cancel_external_workflow_execution_initiated_event_attributes()
                                    .workflow_execution()
                                    .workflow_id());
            break;
        case enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            searchAttributes(out, event.upsert_workflow_search_attributes_event_attributes());
            break;
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            memo(out, event.workflow_properties_modified_event_attributes());
            break;
        default: recordedEnd(out, event);
    }
    return side;
}

Side producedSide(const WireCommand& command, const std::vector<WireMessage>& messages, const Defaults& defaults) {
    Side side;
    Writer out(side, defaults);
    switch (command.command_type()) {
        case enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
            activity(out, command.schedule_activity_task_command_attributes());
            break;
        case enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK:
            cancelActivity(out, command.request_cancel_activity_task_command_attributes());
            break;
        case enums::COMMAND_TYPE_START_TIMER: timer(out, command.start_timer_command_attributes()); break;
        case enums::COMMAND_TYPE_CANCEL_TIMER: cancelTimer(out, command.cancel_timer_command_attributes()); break;
        case enums::COMMAND_TYPE_RECORD_MARKER: marker(out, command.record_marker_command_attributes()); break;
        case enums::COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION:
            child(out, command.start_child_workflow_execution_command_attributes());
            break;
        case enums::COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION: {
            const auto& from = command.signal_external_workflow_execution_command_attributes();
            signalExternal(out, from, from.execution().workflow_id());
            break;
        }
        case enums::COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION:
            cancelExternal(out, command.request_cancel_external_workflow_execution_command_attributes().workflow_id());
            break;
        case enums::COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            searchAttributes(out, command.upsert_workflow_search_attributes_command_attributes());
            break;
        case enums::COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES:
            memo(out, command.modify_workflow_properties_command_attributes());
            break;
        case enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION:
            complete(out, command.complete_workflow_execution_command_attributes());
            break;
        case enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION:
            fail(out, command.fail_workflow_execution_command_attributes());
            break;
        case enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION:
            continueAsNew(out, command.continue_as_new_workflow_execution_command_attributes());
            break;
        case enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION:
            side.kind = "cancelled";
            side.text = "cancellation of the run";
            break;
        case enums::COMMAND_TYPE_PROTOCOL_MESSAGE:
            protocolMessage(out, command.protocol_message_command_attributes().message_id(), messages);
            break;
        default: side.kind = "other"; side.text = enums::CommandType_Name(command.command_type());
    }
    return side;
}

}  // namespace orrery::replay
