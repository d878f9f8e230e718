// SPDX-License-Identifier: MIT
// `orrery clock`: shows and sets the clock of an Orrery server that runs elsewhere, over its service
// orrery.clock.v1.Clock.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include "app/cli/commands.h"
#include "core/base/error.h"
#include "core/client/connection.h"
#include "core/payload/proto.h"

namespace orrery::cli {
namespace {

using google::protobuf::Struct;

struct ClockArguments {
    std::string address = "127.0.0.1:7233";
    std::string method = "Status";
    std::string by;
    std::string to;
    bool json = false;
};

std::string textOf(const Struct& fields, const std::string& name) {
    const auto found = fields.fields().find(name);
    return found == fields.fields().end() ? std::string() : found->second.string_value();
}

double numberOf(const Struct& fields, const std::string& name) {
    const auto found = fields.fields().find(name);
    return found == fields.fields().end() ? 0 : found->second.number_value();
}

Struct ask(client::Connection& connection, const std::string& method, const google::protobuf::Message& request) {
    Struct status;
    try {
        connection.callAndWait("/orrery.clock.v1.Clock/" + method, request, &status);
    } catch (const client::RpcError& error) {
        if (error.code() != base::ErrorCode::Unimplemented) throw;
        throw base::Error(base::ErrorCode::FailedPrecondition,
                          connection.address() + " has no clock that can be set; only an Orrery server has one.");
    }
    return status;
}

Struct change(client::Connection& connection, const ClockArguments& arguments) {
    if (arguments.method == "Skip") {
        const auto by = base::parseDuration(arguments.by);
        if (!by) {
            throw base::Error(base::ErrorCode::InvalidArgument,
                              "'" + arguments.by + "' is no duration; write for example 90s, 1h30m or 2d.");
        }
        google::protobuf::Duration request;
        payload::toProto(*by, &request);
        return ask(connection, arguments.method, request);
    }
    if (arguments.method == "RunTo") {
        const auto to = base::parseTimestamp(arguments.to);
        if (!to) {
            throw base::Error(base::ErrorCode::InvalidArgument,
                              "'" + arguments.to + "' is no time; write for example 2026-03-12T09:14:03Z.");
        }
        google::protobuf::Timestamp request;
        payload::toProto(*to, &request);
        return ask(connection, arguments.method, request);
    }
    return ask(connection, arguments.method, google::protobuf::Empty());
}

std::string aheadText(double seconds) {
    const auto distance = base::Duration(int64_t(std::abs(seconds) * 1e9));
    // Between two readings of one clock; nobody sees it.
    if (distance < std::chrono::milliseconds(1)) return "with the wall";
    return base::formatDuration(distance) + (seconds < 0 ? " behind the wall" : " ahead of the wall");
}

void printList(const Struct& status, const char* title, const std::string& list, const char* count,
               const std::string& time) {
    const auto found = status.fields().find(list);
    if (found == status.fields().end()) return;
    fmt::print("{} ({:.0f})\n", title, numberOf(status, count));
    for (const auto& value : found->second.list_value().values()) {
        const Struct& each = value.struct_value();
        fmt::print("  {}  {} {} {}\n", textOf(each, time), textOf(each, "kind"), textOf(each, "name"),
                   textOf(each, "workflowId"));
    }
}

void print(const Struct& status) {
    fmt::print("{}: {}, {}\n", textOf(status, "mode"), textOf(status, "virtualTime"),
               aheadText(numberOf(status, "aheadSeconds")));
    if (const std::string reason = textOf(status, "standingReason"); !reason.empty()) fmt::print("{}\n", reason);
    printList(status, "due next", "due", "dueCount", "time");
    printList(status, "held by", "holders", "holderCount", "since");
}

int runClock(const ClockArguments& arguments) {
    client::ConnectOptions options;
    options.address = arguments.address;
    const auto connection = client::Connection::create(options);
    Struct status = change(*connection, arguments);
    // Steps and skips that nothing holds are done as soon as the request is; show where they came to.
    if (arguments.method != "Status") status = ask(*connection, "Status", google::protobuf::Empty());
    if (!arguments.json) {
        print(status);
        return kGood;
    }
    std::string text;
    if (!google::protobuf::util::MessageToJsonString(status, &text).ok()) {
        throw base::Error(base::ErrorCode::Internal, "The status cannot be written as JSON.");
    }
    fmt::print("{}\n", text);
    return kGood;
}

}  // namespace

void addClock(CLI::App& root, Action& action) {
    auto* verb = root.add_subcommand("clock", "Show or set the clock of a running Orrery server");
    const auto arguments = std::make_shared<ClockArguments>();
    verb->add_option("--address", arguments->address, "HOST:PORT of the server")->capture_default_str();
    verb->add_flag("--json", arguments->json, "Print the status as JSON");
    verb->require_subcommand(0, 1);
    const auto add = [&](const char* name, const char* method, const char* help) {
        auto* what = verb->add_subcommand(name, help);
        what->callback([arguments, method] { arguments->method = method; });
        return what;
    };
    add("pause", "Pause", "Stop virtual time; workers may go on, but nothing falls due");
    add("resume", "Resume", "Let virtual time go at the wall's rate");
    add("automatic", "Automatic", "Jump to what is due whenever nothing runs");
    add("step", "Step", "Go to the next due thing and stand");
    add("skip", "Skip", "Go forward due thing by due thing")
        ->add_option("BY", arguments->by, "How far, for example 90s or 2d")
        ->required();
    add("run-to", "RunTo", "Go to a time and stand")
        ->add_option("TIME", arguments->to, "RFC 3339, for example 2026-03-12T09:14:03Z")
        ->required();
    add("go-on", "GoOn", "Jump once although running work holds the clock");
    verb->footer(
        "Without a word it shows the clock, what is due next and what holds it.\n"
        "Example: orrery clock --address 127.0.0.1:7233 skip 3d");
    verb->callback([arguments, &action] { action = [arguments] { return runClock(*arguments); }; });
}

}  // namespace orrery::cli
