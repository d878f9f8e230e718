// SPDX-License-Identifier: MIT
// orrery.clock.v1.Clock: the clock's knob for other processes. Not part of Temporal's API; its messages are protobuf's
// well-known ones, so that every gRPC client can call it without generated code. Each method answers at once with the
// status; what Step, Skip and RunTo start goes on as work settles.
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/struct.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/clock_status.h"
#include "core/server/state/later.h"
#include "core/server/state/methods.h"

namespace orrery::server {
namespace {

using google::protobuf::Empty;
using google::protobuf::Struct;
using google::protobuf::Value;
using namespace std::chrono_literals;

void put(Struct* fields, const char* name, const std::string& text) {
    (*fields->mutable_fields())[name].set_string_value(text);
}

void put(Struct* fields, const char* name, double number) {
    (*fields->mutable_fields())[name].set_number_value(number);
}

Struct* add(Struct* fields, const char* name) {
    return (*fields->mutable_fields())[name].mutable_list_value()->add_values()->mutable_struct_value();
}

void describe(const DueThing& thing, Struct* fields) {
    put(fields, "time", base::formatTimestamp(thing.time));
    put(fields, "kind", std::string(dueKindName(thing.kind)));
    put(fields, "name", thing.name);
    put(fields, "workflowId", thing.workflowId);
    put(fields, "runId", thing.runId);
}

void describe(const Holder& holder, Struct* fields) {
    put(fields, "since", base::formatTimestamp(holder.since));
    put(fields, "kind", std::string(holderKindName(holder.kind)));
    put(fields, "name", holder.name);
    put(fields, "workflowId", holder.workflowId);
    put(fields, "runId", holder.runId);
    put(fields, "detail", holder.detail);
}

std::unique_ptr<Struct> describe(const World& world) {
    const ClockStatus status = clockStatus(world, world.wall);
    auto answer = std::make_unique<Struct>();
    put(answer.get(), "mode", std::string(clockModeName(status.mode)));
    put(answer.get(), "virtualTime", base::formatTimestamp(status.virtualNow));
    put(answer.get(), "wallTime", base::formatTimestamp(status.wallNow));
    put(answer.get(), "aheadSeconds", std::chrono::duration<double>(status.ahead).count());
    put(answer.get(), "jumps", double(status.jumps));
    put(answer.get(), "dueCount", double(status.dueCount));
    put(answer.get(), "holderCount", double(status.holderCount));
    put(answer.get(), "standingReason", status.standingReason);
    if (status.target) put(answer.get(), "target", base::formatTimestamp(*status.target));
    for (const DueThing& thing : status.dueNext) describe(thing, add(answer.get(), "due"));
    for (const Holder& holder : status.holders) describe(holder, add(answer.get(), "holders"));
    return answer;
}

std::unique_ptr<Struct> status(World& world, const Empty&) { return describe(world); }

std::unique_ptr<Struct> pause(World& world, const Empty&) {
    world.clock.pause(world.wall);
    return describe(world);
}

std::unique_ptr<Struct> resume(World& world, const Empty&) {
    world.clock.resume(world.wall);
    return describe(world);
}

std::unique_ptr<Struct> automatic(World& world, const Empty&) {
    world.clock.automatic(world.wall);
    return describe(world);
}

std::unique_ptr<Struct> step(World& world, const Empty&) {
    world.clock.step();
    return describe(world);
}

std::unique_ptr<Struct> goOn(World& world, const Empty&) {
    world.clock.goOn();
    return describe(world);
}

std::unique_ptr<Struct> skip(World& world, const google::protobuf::Duration& request) {
    const base::Duration by = payload::fromProto(request);
    if (by <= 0s) throw invalidArgument("Time can only be skipped forward; give a positive duration.");
    world.clock.skip(later(world.now, by));
    return describe(world);
}

std::unique_ptr<Struct> runTo(World& world, const google::protobuf::Timestamp& request) {
    const base::Timestamp target = payload::fromProto(request);
    if (target <= world.now) {
        throw invalidArgument("Virtual time never goes back: " + base::formatTimestamp(target) + " is past.");
    }
    world.clock.runTo(target);
    return describe(world);
}

}  // namespace

void addClockMethods(Methods& methods) {
    methods.add("Status", status);
    methods.add("Pause", pause);
    methods.add("Resume", resume);
    methods.add("Automatic", automatic);
    methods.add("Step", step);
    methods.add("Skip", skip);
    methods.add("RunTo", runTo);
    methods.add("GoOn", goOn);
}

}  // namespace orrery::server
