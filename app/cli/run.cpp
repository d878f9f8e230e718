// SPDX-License-Identifier: MIT
// `orrery run`: starts a sample, helps it along and tells its story while it happens.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/follower.h"
#include "app/cli/history_text.h"
#include "app/cli/interrupt.h"
#include "app/samples/samples.h"
#include "core/base/error.h"
#include "core/base/uuid.h"
#include "core/client/client.h"
#include "core/server/server.h"
#include "core/worker/worker.h"

namespace orrery::cli {
namespace {

struct RunArguments {
    std::string type;
    std::string address;
    std::string namespaceName = "default";
    std::string taskQueue = samples::kSamplesTaskQueue;
    std::string id;
    std::vector<std::string> inputs;
    std::string ending = "approve";
};

template <typename... Words>
void tell(fmt::format_string<Words...> format, Words&&... words) {
    fmt::print(format, std::forward<Words>(words)...);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

payload::Payload jsonInput(const std::string& text) {
    try {
        static_cast<void>(nlohmann::json::parse(text));
    } catch (const nlohmann::json::parse_error& error) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("--input '{}' is no JSON: {} (at character {})", text, error.what(), error.byte));
    }
    return {{{"encoding", "json/plain"}}, text};
}

/// Tells of attempts that fail and are tried again: the history keeps only the last one.
class TellingActivities final : public definition::ActivityInvoker {
public:
    explicit TellingActivities(std::shared_ptr<const definition::ActivityInvoker> inner) : m_inner(std::move(inner)) {}

    std::vector<std::string> activityTypes() const override { return m_inner->activityTypes(); }

    definition::ActivityOutcome invoke(const definition::ActivityTask& task) const override {
        definition::ActivityOutcome outcome = m_inner->invoke(task);
        if (const auto* failed = std::get_if<definition::ActivityFailed>(&outcome)) {
            tell("{:>17}  {}, attempt {}, failed: {}", "", task.info.activityType, task.info.attempt,
                 failed->failure.message);
        }
        return outcome;
    }

private:
    std::shared_ptr<const definition::ActivityInvoker> m_inner;
};

/// Server and worker of our own, when no address was given.
class Stage {
public:
    explicit Stage(const RunArguments& arguments) {
        samples::registerSamples(*m_workflows, *m_activities);
        client::ConnectOptions connect;
        connect.namespaceName = arguments.namespaceName;
        if (!arguments.address.empty()) {
            connect.address = arguments.address;
            m_connection = client::Client::connect(connect).connection();
            return;
        }
        server::ServerOptions options;
        options.listen = false;
        options.namespaces = {arguments.namespaceName};
        m_server = std::make_unique<server::Server>(options);
        m_server->start();
        connect.address = "the embedded server";
        m_connection = client::Connection::create(connect, m_server->inProcessChannel());
        worker::WorkerOptions workerOptions;
        workerOptions.taskQueue = arguments.taskQueue;
        m_worker = std::make_unique<worker::Worker>(m_connection, m_workflows,
                                                    std::make_shared<TellingActivities>(m_activities), workerOptions);
        m_worker->start();
    }

    ~Stage() {
        if (m_worker) m_worker->shutdown();
        m_worker.reset();
        m_connection.reset();
        if (m_server) m_server->shutdown();
    }

    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    bool own() const { return m_server != nullptr; }
    client::Client client() const { return client::Client(m_connection); }
    server::ClockControl& clock() { return m_server->clock(); }
    std::vector<std::string> workflowTypes() const { return m_workflows->workflowTypes(); }

private:
    std::shared_ptr<workflow::WorkflowRegistry> m_workflows = std::make_shared<workflow::WorkflowRegistry>();
    std::shared_ptr<activity::ActivityRegistry> m_activities = std::make_shared<activity::ActivityRegistry>();
    std::unique_ptr<server::Server> m_server;
    std::shared_ptr<client::Connection> m_connection;
    std::unique_ptr<worker::Worker> m_worker;
};

/// What the person at the other end does once the order waits for an answer.
void playEnding(const std::string& ending, const client::WorkflowHandle& handle, Stage& stage) {
    tell("                   query status      -> {}", handle.query<std::string>("status"));
    if (ending == "wait") {
        tell("                   Now it waits: 'orrery' or any client can signal approve to {}.", handle.id());
        return;
    }
    if (ending == "cancel") {
        tell("                   cancel            -> its own clean-up runs");
        handle.cancel("asked for at the command line");
        return;
    }
    if (ending == "expire") {
        tell("                   Nobody answers; a day goes by in a moment.");
        stage.clock().skip(std::chrono::hours(24));
        return;
    }
    samples::Address address;
    address.street = "Marktplatz 1";
    address.city = "Potsdam";
    const auto before = handle.executeUpdate<samples::Address>("set_address", address);
    tell("                   update set_address: from {}, {} to {}, {}", before.street, before.city, address.street,
         address.city);
    samples::Approval approval;
    approval.approved = ending == "approve";
    approval.approver = "you";
    tell("                   signal approve    -> {}", approval.approved ? "approved" : "declined");
    handle.signal("approve", approval);
}

void tellEvent(const history::Event& event, base::Timestamp start) {
    if (event.category() == history::EventCategory::WorkflowTask) return;
    const base::Duration at = event.time() ? *event.time() - start : base::Duration();
    const std::string name = event.name();
    const std::string details = event.details();
    tell("{:>11}  {:>3}  {}{}{}", base::formatDuration(at), event.id(), event.typeName(),
         name.empty() ? "" : "  " + name, details.empty() || details == name ? "" : ": " + details);
}

int tellStory(const RunArguments& arguments, Stage& stage, const client::WorkflowHandle& handle,
              const std::stop_token& stop) {
    Follower follower(stage.client().connection(), handle.id(), handle.runId());
    const bool order = arguments.type == samples::kOrderApproval.name;
    bool played = false;
    size_t told = 0;
    std::optional<base::Timestamp> start;
    while (follower.next(stop)) {
        const auto history = follower.history();
        bool waits = false;
        for (; told < history->size(); ++told) {
            const history::Event event = (*history)[told];
            if (!start) start = event.time();
            tellEvent(event, start.value_or(base::Timestamp()));
            if (event.typeName() == "TimerStarted") waits = true;
            if (event.typeName() == "TimerFired" || event.typeName() == "TimerCanceled") waits = false;
        }
        if (waits && order && !played) {
            played = true;
            playEnding(arguments.ending, handle, stage);
        }
    }
    if (stop.stop_requested()) {
        tell("Stopped. The run {}", stage.own() ? "goes with its server." : "goes on at the server.");
        return kFailed;
    }
    const auto history = follower.history();
    const history::WorkflowStatus status = history->summary().status;
    tell("");
    fmt::print("{}", historyText({handle.id(), {}, history, {}}, true));
    const bool asWished = arguments.ending == "cancel" ? status == history::WorkflowStatus::Canceled
                                                       : status == history::WorkflowStatus::Completed;
    return asWished ? kGood : kFailed;
}

int runSample(const RunArguments& arguments) {
    payload::Payloads input;
    for (const std::string& text : arguments.inputs) input.push_back(jsonInput(text));
    if (arguments.ending == "expire" && !arguments.address.empty()) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          "--ending expire moves the clock, which only works on a server of its own; leave out "
                          "--address, or use --ending wait");
    }
    Interrupt interrupt;
    Stage stage(arguments);
    const std::vector<std::string> types = stage.workflowTypes();
    if (std::find(types.begin(), types.end(), arguments.type) == types.end()) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("there is no sample '{}'; there is: {}", arguments.type, fmt::join(types, ", ")));
    }
    const std::string id = arguments.id.empty() ? "order-" + base::randomUuid().substr(0, 8) : arguments.id;
    const client::Client client = stage.client();
    if (input.empty()) input = client.converter().toPayloads(samples::exampleOrder(id));
    const client::WorkflowHandle handle = client.startWorkflowPayloads(
        arguments.type, definition::StartWorkflowOptions().id(id).taskQueue(arguments.taskQueue), input);
    tell("Workflow {} '{}' (run {}) on {}.", arguments.type, id, handle.runId(),
         stage.own() ? "a server and a worker of its own" : arguments.address);
    return tellStory(arguments, stage, handle, interrupt.token());
}

}  // namespace

void addRun(CLI::App& root, Action& action) {
    auto* verb = root.add_subcommand("run", "Run a sample workflow and tell its story");
    const auto arguments = std::make_shared<RunArguments>();
    verb->add_option("workflow", arguments->type, "Which sample: order_approval")->required();
    verb->add_option("--address", arguments->address,
                     "HOST:PORT of a server that has a worker for the sample; without it both are started here");
    verb->add_option("--namespace", arguments->namespaceName, "Namespace to run in")->capture_default_str();
    verb->add_option("--task-queue", arguments->taskQueue, "Task queue of the worker")->capture_default_str();
    verb->add_option("--id", arguments->id, "Workflow id; made up when left out");
    verb->add_option("--input", arguments->inputs, "An argument of the workflow as JSON; once for each")
        ->allow_extra_args(false)
        ->option_text("JSON ...");
    verb->add_option("--ending", arguments->ending, "What happens to the order that waits for approval")
        ->check(CLI::IsMember({"approve", "decline", "expire", "cancel", "wait"}))
        ->capture_default_str();
    verb->footer(
        "Examples:\n"
        "  orrery run order_approval\n"
        "  orrery run order_approval --ending expire\n"
        "  orrery run order_approval --input '{\"id\": \"4711\", \"items\": [\"astrolabe\"], \"failingCharges\": 3}'\n"
        "Exit code 0 when the run ended as wished, 1 when not, 4 when no server answers.");
    verb->callback([arguments, &action] { action = [arguments] { return runSample(*arguments); }; });
}

}  // namespace orrery::cli
