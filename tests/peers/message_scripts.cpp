// SPDX-License-Identifier: MIT
// Signals, queries and updates.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "tests/peers/features.h"
#include "tests/peers/stage.h"

namespace orrery::test {
namespace {

/// A server may hand a query to a poll of the worker that has just gone, where it is lost.
int patiently(const std::function<int()>& query) {
    for (int attempt = 1;; ++attempt) {
        try {
            return query();
        } catch (const client::RpcError& error) {
            if (error.code() != base::ErrorCode::DeadlineExceeded || attempt == 3) throw;
        }
    }
}

void signals(Stage& stage) {
    const auto run = stage.start("listener", stage.options());
    // Before the first workflow task is taken: kept, and in order.
    for (const int number : {1, 2, 3}) run.signal("add", number);
    stage.startWorker();
    stage.settled(run, "WorkflowTaskCompleted");
    run.signal("add", 4);
    stage.settled(run, "WorkflowTaskCompleted", 2);
    run.signal("unknown", 1);
    stage.settled(run, "WorkflowTaskCompleted", 3);
    run.signal("done");
    stage.noteResult(run);
    stage.noteError("signal a closed run", [&] { run.signal("add", 1); });
    stage.noteError("signal nobody", [&] { stage.client().workflow("signals-nobody").signal("add", 1); });
}

void signalWithStart(Stage& stage) {
    const auto& converter = stage.client().converter();
    const auto send = [&](int number) {
        return stage.client().signalWithStart("listener", stage.options(), {}, "add", converter.toPayloads(number));
    };
    const auto first = send(10);
    stage.compare(first.id(), first.runId());
    stage.startWorker();
    stage.settled(first, "WorkflowTaskCompleted");
    const auto second = send(20);
    stage.note("the same run: {}", first.runId() == second.runId());
    stage.settled(first, "WorkflowTaskCompleted", 2);
    first.signal("done");
    stage.noteResult(first);
    const auto third = send(30);
    stage.compare(third.id(), third.runId());
    stage.note("another run: {}", first.runId() != third.runId());
    stage.settled(third, "WorkflowTaskCompleted");
    third.signal("done");
    stage.noteResult(third);
}

void queries(Stage& stage) {
    worker::WorkerOptions options;
    // Of a worker that has gone, the server finds out after this long.
    options.stickyScheduleToStart = std::chrono::seconds(1);
    stage.startWorker(options);
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    stage.note("sum {}, plus {}", run.query<int>("sum"), run.query<int>("plus", 5));
    stage.noteError("unknown query", [&] { run.query<int>("nonsense"); });
    stage.noteError("broken query", [&] { run.query<int>("broken"); });
    stage.noteError("query nobody", [&] { stage.client().workflow("queries-nobody").query<int>("sum"); });
    run.signal("add", 7);
    stage.note("a query sees the signal before it: {}", run.query<int>("sum"));
    stage.settled(run, "WorkflowTaskCompleted", 2);
    run.signal("done");
    stage.noteResult(run);
    stage.note("after the end: {}", run.query<int>("sum"));
    stage.noteError("not after the end", [&] { run.queryPayloads("sum", {}, client::QueryRejectCondition::NotOpen); });
    // A worker that has never seen the run replays it.
    stage.stopWorker();
    stage.startWorker();
    stage.note("another worker says: {}", patiently([&] { return run.query<int>("sum"); }));
}

void updates(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    const auto& converter = stage.client().converter();
    const auto update = [&](const std::string& name, const payload::Payloads& input, const std::string& id) {
        return run.startUpdatePayloads(name, input, client::UpdateStage::Completed, id);
    };
    stage.note("3: {}", update("add_up", converter.toPayloads(3), "one").result<int>());
    stage.settled(run, "WorkflowExecutionUpdateCompleted");
    stage.note("the same id again: {}", update("add_up", converter.toPayloads(3), "one").result<int>());
    stage.noteError("too little", [&] { update("add_up", converter.toPayloads(0), "two").resultPayloads(); });
    stage.noteError("refused", [&] { update("refuse", converter.toPayloads(9), "three").resultPayloads(); });
    stage.settled(run, "WorkflowExecutionUpdateCompleted", 2);
    stage.noteError("unknown", [&] { update("nonsense", {}, "four").resultPayloads(); });
    stage.noteError("bad argument",
                    [&] { update("add_up", converter.toPayloads(std::string("x")), "five").resultPayloads(); });
    // Accepted first, completed after an activity.
    const auto asked = run.startUpdatePayloads("ask", converter.toPayloads(std::string("hello")),
                                               client::UpdateStage::Accepted, "six");
    stage.note("it says {}", asked.result<std::string>());
    stage.settled(run, "WorkflowExecutionUpdateCompleted", 3);
    stage.note("found by its id: {}", run.update("ask", "six").result<std::string>());
    stage.noteError("nobody's id", [&] { run.update("ask", "seven").resultPayloads(); });
    run.signal("done");
    stage.noteResult(run);
    stage.noteError("update a closed run",
                    [&] { update("add_up", converter.toPayloads(1), "eight").resultPayloads(); });
    stage.noteError("update nobody",
                    [&] { stage.client().workflow("updates-nobody").executeUpdate<int>("add_up", 1); });
}

/// All that it needs is there before the first workflow task.
void endedByItsFirstTask(Stage& stage) {
    const auto run = stage.start("listener", stage.options());
    run.signal("add", 1);
    run.signal("done");
    stage.startWorker();
    stage.noteResult(run);
}

/// The run wants to end while a signal is on its way: it is not lost, the end is put off.
void signalWhileClosing(Stage& stage) {
    Meeting::instance().prepare();
    stage.startWorker();
    const auto run = stage.start("closing", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    run.signal("more");
    Meeting::instance().waitUntilItStands();
    run.signal("more");
    Meeting::instance().letGo();
    stage.noteResult(run);
}

}  // namespace

const std::vector<Script>& messageScripts() {
    static const std::vector<Script> all{
        {"signals", &signals},
        {"signal_with_start", &signalWithStart},
        {"queries", &queries},
        {"updates", &updates},
        {"signals_before_the_first_task", &endedByItsFirstTask},
        {"signal_while_closing", &signalWhileClosing},
    };
    return all;
}

}  // namespace orrery::test
