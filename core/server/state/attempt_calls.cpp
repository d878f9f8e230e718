// SPDX-License-Identifier: MIT
// orrery.history.v1.Attempts: what a history does not say, every attempt of an activity. Not part of Temporal's API;
// its messages are protobuf's well-known ones, as those of orrery.clock.v1.Clock.
#include "core/server/state/attempt_calls.h"

#include <set>
#include <stdexcept>

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "core/payload/proto.h"
#include "core/server/state/checks.h"

namespace orrery::server {
namespace {

using google::protobuf::Struct;

void put(Struct* fields, const char* name, const std::string& text) {
    (*fields->mutable_fields())[name].set_string_value(text);
}

void put(Struct* fields, const char* name, int64_t number) {
    (*fields->mutable_fields())[name].set_number_value(double(number));
}

void put(Struct* fields, const char* name, const std::optional<base::Timestamp>& time) {
    if (time) put(fields, name, base::formatTimestamp(*time));
}

/// In protobuf's JSON form.
void put(Struct* fields, const char* name, const google::protobuf::Message& message) {
    std::string json;
    auto* value = (*fields->mutable_fields())[name].mutable_struct_value();
    const bool done = google::protobuf::util::MessageToJsonString(message, &json).ok() &&
                      google::protobuf::util::JsonStringToMessage(json, value).ok();
    if (!done) throw std::runtime_error("a message has no JSON form: " + message.GetDescriptor()->full_name());
}

Struct* add(Struct* fields, const char* name) {
    return (*fields->mutable_fields())[name].mutable_list_value()->add_values()->mutable_struct_value();
}

const char* outcomeName(enums::EventType type) {
    switch (type) {
        case enums::EVENT_TYPE_ACTIVITY_TASK_COMPLETED: return "completed";
        case enums::EVENT_TYPE_ACTIVITY_TASK_FAILED: return "failed";
        case enums::EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: return "timed out";
        default: return "canceled";
    }
}

void describe(const ActivityAttempt& attempt, Struct* fields) {
    put(fields, "attempt", int64_t(attempt.number));
    put(fields, "state", std::string(outcomeName(attempt.outcome)));
    put(fields, "scheduledTime", std::optional(attempt.scheduled));
    put(fields, "startedTime", attempt.started);
    put(fields, "endedTime", std::optional(attempt.ended));
    put(fields, "worker", attempt.identity);
    put(fields, "lastHeartbeatTime", attempt.lastHeartbeat);
    if (attempt.failure) put(fields, "failure", *attempt.failure);
    if (attempt.heartbeat) put(fields, "heartbeat", *attempt.heartbeat);
    if (attempt.bytesLeftOut != 0) put(fields, "bytesLeftOut", attempt.bytesLeftOut);
}

/// The attempt that runs, waits for a worker or for its time.
void describe(const PendingActivity& activity, Struct* fields) {
    put(fields, "attempt", int64_t(activity.attempt));
    switch (activity.phase) {
        case ActivityPhase::Backoff:
            put(fields, "state", std::string("backing off"));
            put(fields, "scheduledTime", std::optional(activity.nextAttemptTime));
            return;
        case ActivityPhase::Scheduled: put(fields, "state", std::string("scheduled")); break;
        case ActivityPhase::Started:
            put(fields, "state", std::string("started"));
            put(fields, "startedTime", std::optional(activity.startedTime));
            put(fields, "worker", activity.identity);
            if (activity.lastHeartbeatTime >= activity.startedTime) {
                put(fields, "lastHeartbeatTime", std::optional(activity.lastHeartbeatTime));
            }
            break;
    }
    put(fields, "scheduledTime", std::optional(activity.attemptScheduledTime));
    if (activity.heartbeat) put(fields, "heartbeat", *activity.heartbeat);
}

std::string textOf(const Struct& request, const char* name) {
    const auto found = request.fields().find(name);
    return found == request.fields().end() ? std::string() : found->second.string_value();
}

/// Request: namespace, workflowId, and at will runId and activityId. Answer: activities, each with scheduledEventId,
/// activityId, type, leftOut (how many attempts between the first and the last were forgotten) and attempts in order.
/// An activity that was done at its first attempt is not in it.
std::unique_ptr<Struct> list(World& world, const Struct& request) {
    common::WorkflowExecution execution;
    execution.set_workflow_id(textOf(request, "workflowId"));
    execution.set_run_id(textOf(request, "runId"));
    world.namespaceOf(textOf(request, "namespace"));
    checkExecution(&execution);
    const Run& run = world.runOf(textOf(request, "namespace"), execution);
    const std::string wanted = textOf(request, "activityId");
    auto answer = std::make_unique<Struct>();
    put(answer.get(), "runId", run.runId);
    (*answer->mutable_fields())["activities"].mutable_list_value();
    static const AttemptLog none;
    const auto& kept = (run.attempts ? *run.attempts : none).activities;
    std::set<int64_t> ids;
    for (const auto& [id, activity] : run.activities) ids.insert(id);
    for (const auto& [id, attempts] : kept) ids.insert(id);
    for (const int64_t id : ids) {
        const auto log = kept.find(id);
        const auto pending = run.activities.find(id);
        const bool ended = pending == run.activities.end();
        const std::string& activityId = ended ? log->second.activityId : pending->second.attributes.activity_id();
        if (!wanted.empty() && wanted != activityId) continue;
        Struct* fields = add(answer.get(), "activities");
        put(fields, "scheduledEventId", id);
        put(fields, "activityId", activityId);
        put(fields, "type", ended ? log->second.typeName : pending->second.attributes.activity_type().name());
        put(fields, "leftOut", log == kept.end() ? int64_t(0) : log->second.leftOut);
        if (log != kept.end()) {
            for (const ActivityAttempt& attempt : log->second.ended) describe(attempt, add(fields, "attempts"));
        }
        if (!ended) describe(pending->second, add(fields, "attempts"));
    }
    return answer;
}

}  // namespace

void addAttemptMethods(Methods& methods) { methods.add("List", list); }

}  // namespace orrery::server
