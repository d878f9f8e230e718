// SPDX-License-Identifier: MIT
// `orrery worker`: the samples' workflows and activities for any server.
#include "core/worker/worker.h"

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/samples/samples.h"
#include "core/client/client.h"

namespace orrery::cli {
namespace {

struct WorkerArguments {
    std::string address = "127.0.0.1:7233";
    std::string namespaceName = "default";
    std::string taskQueue = samples::kSamplesTaskQueue;
    int cacheSize = 1000;
    std::string ledger;
};

int runWorker(const WorkerArguments& arguments) {
    Interrupt interrupt;
    client::ConnectOptions connect;
    connect.address = arguments.address;
    connect.namespaceName = arguments.namespaceName;
    const client::Client client = client::Client::connect(connect);

    const auto workflows = std::make_shared<workflow::WorkflowRegistry>();
    const auto activities = std::make_shared<activity::ActivityRegistry>();
    samples::registerSamples(*workflows, *activities, std::make_shared<samples::Ledger>(arguments.ledger));
    worker::WorkerOptions options;
    options.taskQueue = arguments.taskQueue;
    options.cacheSize = arguments.cacheSize;
    worker::Worker worker(client.connection(), workflows, activities, options);
    worker.start();
    fmt::print("Worker {} works on task queue {} of {}, namespace {}.\n  workflows:  {}\n  activities: {}\n",
               worker.identity(), arguments.taskQueue, arguments.address, arguments.namespaceName,
               fmt::join(workflows->workflowTypes(), ", "), fmt::join(activities->activityTypes(), ", "));
    fmt::print("Stop it with Ctrl-C.\n");
    std::fflush(stdout);

    interrupt.wait();
    fmt::print("Stopping: no new work; what runs is asked to stop.\n");
    std::fflush(stdout);
    worker.shutdown();
    const worker::Worker::Counters counters = worker.counters();
    fmt::print("Stopped after {} workflow tasks, {} queries, {} activities.\n", counters.workflowTasksCompleted,
               counters.queriesAnswered, counters.activitiesStarted);
    return kGood;
}

}  // namespace

void addWorker(CLI::App& root, Action& action) {
    auto* verb = root.add_subcommand("worker", "Run the samples' workflows and activities for a server");
    const auto arguments = std::make_shared<WorkerArguments>();
    verb->add_option("--address", arguments->address, "HOST:PORT of the server")->capture_default_str();
    verb->add_option("--namespace", arguments->namespaceName, "Namespace to work in")->capture_default_str();
    verb->add_option("--task-queue", arguments->taskQueue, "Task queue to work on")->capture_default_str();
    verb->add_option("--cache-size", arguments->cacheSize, "Runs kept in memory; 0 replays each task from the start")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--ledger", arguments->ledger,
                     "File for what the samples' activities did to the world; it outlives the worker")
        ->option_text("FILE");
    verb->footer(
        "Kill it while a workflow runs and start another: the history has everything, and the new one goes on.\n"
        "Example: orrery worker --address 127.0.0.1:7233");
    verb->callback([arguments, &action] { action = [arguments] { return runWorker(*arguments); }; });
}

}  // namespace orrery::cli
