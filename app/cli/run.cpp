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
#include <temporal/api/history/v1/message.pb.h>

#include "app/cli/commands.h"
#include "app/cli/follower.h"
#include "app/cli/history_text.h"
#include "app/cli/interrupt.h"
#include "app/cli/stories.h"
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
    std::string ending;
};

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
        // Before the server goes, so that no call is left that would outlive it.
        if (m_server) m_connection->close();
        m_connection.reset();
        if (m_server) m_server->shutdown();
    }

    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    bool own() const { return m_server != nullptr; }
    client::Client client() const { return client::Client(m_connection); }
    server::ClockControl& clock() { return m_server->clock(); }

private:
    std::shared_ptr<workflow::WorkflowRegistry> m_workflows = std::make_shared<workflow::WorkflowRegistry>();
    std::shared_ptr<activity::ActivityRegistry> m_activities = std::make_shared<activity::ActivityRegistry>();
    std::unique_ptr<server::Server> m_server;
    std::shared_ptr<client::Connection> m_connection;
    std::unique_ptr<worker::Worker> m_worker;
};

void tellEvent(const history::Event& event, base::Timestamp start) {
    if (event.category() == history::EventCategory::WorkflowTask) return;
    const base::Duration at = event.time() ? *event.time() - start : base::Duration();
    const std::string name = event.name();
    const std::string details = event.details();
    tell("{:>11}  {:>3}  {}{}{}", base::formatDuration(at), event.id(), event.typeName(),
         name.empty() ? "" : "  " + name, details.empty() || details == name ? "" : ": " + details);
}

/// Follows one run to its end, and lets the person at the other end act. False when it was stopped before.
bool tellRun(Follower& follower, const Ending& ending, bool& played, const std::stop_token& stop) {
    size_t told = 0;
    bool waits = false;
    std::optional<base::Timestamp> start;
    while (follower.next(stop)) {
        const auto history = follower.history();
        for (; told < history->size(); ++told) {
            const history::Event event = (*history)[told];
            if (!start) start = event.time();
            tellEvent(event, start.value_or(base::Timestamp()));
            waits = ending.story.waits(event, waits);
        }
        if (waits && !played) {
            played = true;
            ending.story.play(ending);
        }
    }
    return !stop.stop_requested();
}

/// The run that this one continued as; empty when it ended otherwise.
std::string nextRun(const history::History& history) {
    if (history.summary().status != history::WorkflowStatus::ContinuedAsNew) return {};
    const history::Event last = history[history.size() - 1];
    return last.message().workflow_execution_continued_as_new_event_attributes().new_execution_run_id();
}

int tellStory(Stage& stage, const Ending& ending, const std::stop_token& stop) {
    std::string runId = ending.handle.runId();
    std::shared_ptr<const history::History> history;
    for (bool played = false; !runId.empty(); runId = nextRun(*history)) {
        if (history) tell("It goes on as run {}.", runId);
        Follower follower(stage.client().connection(), ending.handle.id(), runId);
        if (!tellRun(follower, ending, played, stop)) {
            tell("Stopped. The run {}", stage.own() ? "goes with its server." : "goes on at the server.");
            return kFailed;
        }
        history = follower.history();
    }
    tell("");
    fmt::print("{}", historyText({ending.handle.id(), {}, history, {}}, true));
    const auto wished = ending.how == "cancel" ? history::WorkflowStatus::Canceled : history::WorkflowStatus::Completed;
    return history->summary().status == wished ? kGood : kFailed;
}

/// Throws base::Error(InvalidArgument) naming what there is.
const Story& storyOf(const std::string& type) {
    std::vector<std::string> types;
    for (const Story& story : stories()) {
        if (story.type == type) return story;
        types.push_back(story.type);
    }
    throw base::Error(base::ErrorCode::InvalidArgument,
                      fmt::format("there is no sample '{}'; there is: {}", type, fmt::join(types, ", ")));
}

void checkEnding(const RunArguments& arguments, const Story& story) {
    if (arguments.ending.empty()) return;
    if (!story.hasEndings) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("--ending is for orders that wait for approval; {} has none", story.type));
    }
    if (arguments.ending == "expire" && !arguments.address.empty()) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          "--ending expire moves the clock, which only works on a server of its own; leave out "
                          "--address, or use --ending wait");
    }
}

int runSample(const RunArguments& arguments) {
    payload::Payloads input;
    for (const std::string& text : arguments.inputs) input.push_back(jsonInput(text));
    const Story& story = storyOf(arguments.type);
    checkEnding(arguments, story);
    Interrupt interrupt;
    Stage stage(arguments);
    const std::string id = arguments.id.empty() ? story.idPrefix + "-" + base::randomUuid().substr(0, 8) : arguments.id;
    const client::Client client = stage.client();
    if (input.empty()) input = story.input(client.converter(), id);
    const client::WorkflowHandle handle = client.startWorkflowPayloads(
        arguments.type, definition::StartWorkflowOptions().id(id).taskQueue(arguments.taskQueue), input);
    tell("Workflow {} '{}' (run {}) on {}.", arguments.type, id, handle.runId(),
         stage.own() ? "a server and a worker of its own" : arguments.address);
    const Ending ending{story, arguments.ending.empty() ? "approve" : arguments.ending, handle,
                        stage.own() ? &stage.clock() : nullptr};
    return tellStory(stage, ending, interrupt.token());
}

}  // namespace

void addRun(CLI::App& root, Action& action) {
    auto* verb = root.add_subcommand("run", "Run a sample workflow and tell its story");
    const auto arguments = std::make_shared<RunArguments>();
    verb->add_option("workflow", arguments->type,
                     "Which sample: order_approval, order_approval_changed, saga, entity or fan_out")
        ->required();
    verb->add_option("--address", arguments->address,
                     "HOST:PORT of a server that has a worker for the sample; without it both are started here");
    verb->add_option("--namespace", arguments->namespaceName, "Namespace to run in")->capture_default_str();
    verb->add_option("--task-queue", arguments->taskQueue, "Task queue of the worker")->capture_default_str();
    verb->add_option("--id", arguments->id, "Workflow id; made up when left out");
    verb->add_option("--input", arguments->inputs, "An argument of the workflow as JSON; once for each")
        ->allow_extra_args(false)
        ->option_text("JSON ...");
    verb->add_option("--ending", arguments->ending,
                     "What happens to the order that waits for approval; approve when left out")
        ->check(CLI::IsMember({"approve", "decline", "expire", "cancel", "wait"}));
    verb->footer(
        "Examples:\n"
        "  orrery run order_approval\n"
        "  orrery run order_approval --ending expire\n"
        "  orrery run saga --input '{\"traveller\": \"Ada\", \"destination\": \"Rome\", \"failAt\": \"hotel\"}'\n"
        "  orrery run fan_out --input '{\"sectors\": 30, \"width\": 5}'\n"
        "  orrery run entity\n"
        "  orrery run order_approval --input '{\"id\": \"4711\", \"items\": [\"astrolabe\"], \"failingCharges\": 3}'\n"
        "Exit code 0 when the run ended as wished, 1 when not, 4 when no server answers.");
    verb->callback([arguments, &action] { action = [arguments] { return runSample(*arguments); }; });
}

}  // namespace orrery::cli
