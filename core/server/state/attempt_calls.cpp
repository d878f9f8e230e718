// SPDX-License-Identifier: MIT
// orrery.history.v1.Attempts: what a history does not say, every attempt of an activity. Not part of Temporal's API;
// its messages are protobuf's well-known ones, as those of orrery.clock.v1.Clock.
#include "core/server/state/attempt_calls.h"

#include <map>
#include <stdexcept>
#include <vector>

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

/// One activity: what is kept of it, and itself while it is pending. It has at least one of them.
struct Tried {
    std::vector<const AttemptPage*> pages;
    const PendingActivity* pending = nullptr;

    const std::string& id() const {
        return pending != nullptr ? pending->attributes.activity_id() : pages.front()->activityId;
    }
    const std::string& type() const {
        return pending != nullptr ? pending->attributes.activity_type().name() : pages.front()->typeName;
    }
};

void describe(const Tried& activity, Struct* fields) {
    put(fields, "activityId", activity.id());
    put(fields, "type", activity.type());
    int64_t leftOut = 0;
    int64_t last = 0;
    for (const AttemptPage* page : activity.pages) {
        for (const ActivityAttempt& attempt : page->ended) {
            describe(attempt, add(fields, "attempts"));
            leftOut += attempt.number - last - 1;
            last = attempt.number;
        }
    }
    put(fields, "leftOut", leftOut);
    if (activity.pending != nullptr) describe(*activity.pending, add(fields, "attempts"));
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
    std::map<int64_t, Tried> tried;
    for (const auto& [id, activity] : run.activities) tried[id].pending = &activity;
    if (run.attempts) {
        for (const auto& [key, page] : run.attempts->pages) tried[key.first].pages.push_back(&page);
    }
    for (const auto& [id, activity] : tried) {
        if (!wanted.empty() && wanted != activity.id()) continue;
        Struct* fields = add(answer.get(), "activities");
        put(fields, "scheduledEventId", id);
        describe(activity, fields);
    }
    return answer;
}

}  // namespace

void addAttemptMethods(Methods& methods) { methods.add("List", list); }

}  // namespace orrery::server
