// SPDX-License-Identifier: MIT
// Updates in each stage, and updates that start their workflow.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kPoll =
    "update_ref { workflow_execution { workflow_id: '$w' } update_id: 'u' } wait_policy { lifecycle_stage: "
    "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_";

const std::vector<std::string> kBoth = {message("accept0"), message("respond0")};

/// The run with its first task done.
void ready(Play& p) {
    p.start();
    p.step();
}

std::string startAndUpdate(const std::string& start = {}, const std::string& update = {}) {
    return "operations { start_workflow { namespace: 'default' workflow_id: '$w' workflow_type { name: 'T' } "
           "task_queue { "
           "name: '$q' } request_id: 'start' identity: 'somebody' " +
           start +
           " } } operations { update_workflow { namespace: 'default' workflow_execution { workflow_id: '$w' } "
           "wait_policy { "
           "lifecycle_stage: UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED } request { meta { update_id: 'u' "
           "identity: "
           "'somebody' } input { name: 'change' } } " +
           update + " } }";
}

constexpr PlayScript kPlays[] = {
    {"update completes",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.terminate();
     }},
    {"update fails",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, kBoth,
                    accept(t) + respond(t, 0, "failure { message: 'no' application_failure_info { type: 'Odd' } }"));
         p.end(u);
         p.terminate();
     }},
    {"update accepted, completed later",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u", "ACCEPTED"));
         const auto t = p.task();
         p.complete(t, {message("accept0"), timer("t")}, accept(t));
         p.end(u);
         p.call("PollWorkflowExecutionUpdate", kPoll + "ACCEPTED }");
         const auto poll = p.begin("PollWorkflowExecutionUpdate", kPoll + "COMPLETED }");
         p.waits(poll);
         p.signal("s");
         p.step({message("late")}, respondTo("u"));
         p.end(poll);
         p.terminate();
     }},
    {"update rejected",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {}, reject(t));
         p.end(u);
         p.describe();
         p.call("PollWorkflowExecutionUpdate", kPoll + "COMPLETED }");
         p.terminate();
     }},
    {"update rejected in a task of its own and a signal",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.signal("s");
         p.complete(t, {}, reject(t));
         p.end(u);
         p.step({done()});
     }},
    {"update rejected with commands",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {timer("t")}, reject(t));
         p.end(u);
         p.terminate();
     }},
    {"update with the first task",
     [](Play& p) {
         p.start();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         const auto t = p.task();
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.terminate();
     }},
    {"update while a task runs",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         p.complete(t, {timer("t")});
         const auto v = p.task();
         p.complete(v, kBoth, accept(v) + respond(v));
         p.end(u);
         p.terminate();
     }},
    {"update in the next task of an answer",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         const auto v = p.completeForNext(t, {timer("t")});
         p.complete(v, kBoth, accept(v) + respond(v));
         p.end(u);
         p.terminate();
     }},
    {"update twice with one id",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         const auto v = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(v);
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.end(v);
         p.call("UpdateWorkflowExecution", update("u"));
         p.call("PollWorkflowExecutionUpdate", kPoll + "COMPLETED }");
         p.terminate();
         p.call("UpdateWorkflowExecution", update("u"));
         p.call("PollWorkflowExecutionUpdate", kPoll + "COMPLETED }");
         p.call("UpdateWorkflowExecution", update("other"));
     }},
    {"two updates in a task",
     [](Play& p) {
         p.start();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         const auto v = p.begin("UpdateWorkflowExecution", update("v"));
         p.waits(v);
         const auto t = p.task();
         if (t.messages_size() == 2) {
             p.complete(t, {message("accept0"), message("accept1"), message("respond1"), message("respond0")},
                        accept(t, 0) + accept(t, 1) + respond(t, 1) + respond(t, 0));
         }
         p.end(u);
         p.end(v);
         p.terminate();
     }},
    {"update without commands for its messages",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {timer("t")}, accept(t) + respond(t));
         p.end(u);
         p.terminate();
     }},
    {"command for no message",
     [](Play& p) {
         p.start();
         p.step({message("nothing")});
         p.step({done()});
     }},
    {"update that the worker passes over",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.step({timer("t")});
         p.end(u);
         p.terminate();
     }},
    {"task with an update fails",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.fail(p.task());
         const auto t = p.task();
         if (t.messages_size() > 0) p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.terminate();
     }},
    {"update of a run whose tasks fail",
     [](Play& p) {
         p.start();
         for (int i = 0; i < 3; ++i) p.fail(p.task());
         p.call("UpdateWorkflowExecution", update("u"));
         p.terminate();
     }},
    {"run ends before the update is accepted",
     [](Play& p) {
         p.start();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         p.terminate();
         p.end(u);
     }},
    {"run completes before the update is accepted",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         p.complete(t, {done()});
         p.end(u);
     }},
    {"run ends after the update is accepted",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {message("accept0")}, accept(t));
         p.waits(u);
         p.terminate();
         p.end(u);
         p.call("PollWorkflowExecutionUpdate", kPoll + "COMPLETED }");
     }},
    {"run completes in the task that accepts",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {message("accept0"), done()}, accept(t));
         p.end(u);
     }},
    {"run completes with the update",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {message("accept0"), message("respond0"), done()}, accept(t) + respond(t));
         p.end(u);
     }},
    {"update goes on in the next run",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         p.complete(t, {again()});
         p.next();
         const auto v = p.task();
         if (v.messages_size() > 0)
             p.complete(v, {message("accept0"), message("respond0"), done()}, accept(v) + respond(v));
         p.end(u);
     }},
    {"update asks for odd stages",
     [](Play& p) {
         ready(p);
         p.call("UpdateWorkflowExecution", update("u", "ADMITTED"));
         p.call("UpdateWorkflowExecution",
                "workflow_execution { workflow_id: '$w' run_id: '$r' } request { input { name: 'n' } } "
                "first_execution_run_id: '11111111-2222-3333-4444-555555555555'");
         p.call("PollWorkflowExecutionUpdate", kPoll + "UNSPECIFIED }");
         p.terminate();
     }},
    {"update with a header",
     [](Play& p) {
         ready(p);
         const auto u =
             p.begin("UpdateWorkflowExecution",
                     "workflow_execution { workflow_id: '$w' } request { meta { update_id: 'u' identity: 'me' } "
                     "input { name: 'change' header { fields { key: 'h' value { data: '1' } } } args { payloads { "
                     "data: 'a' } } } }");
         const auto t = p.task();
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.terminate();
     }},
    {"bad messages of a worker",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {message("respond0")}, respond(t));
         p.terminate();
     }},
    {"message of an unknown update",
     [](Play& p) {
         p.start();
         p.step({message("late")}, respondTo("ghost"));
         p.step({done()});
     }},
    {"update and signal in one task",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         p.signal("s");
         const auto v = p.completeForNext(t, {timer("t")});
         p.complete(v, kBoth, accept(v) + respond(v));
         p.end(u);
         p.terminate();
     }},
    {"update of its own task and a command event",
     [](Play& p) {
         ready(p);
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         const auto t = p.task();
         p.complete(t, {message("accept0"), act("a"), message("respond0"), timer("t")}, accept(t) + respond(t));
         p.end(u);
         p.ok(p.activity());
         p.step({done()});
     }},
    {"update starts its workflow",
     [](Play& p) {
         const auto u = p.begin("ExecuteMultiOperation", startAndUpdate());
         const auto t = p.task();
         p.adopt("$w");
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.call("ExecuteMultiOperation", startAndUpdate());
         p.terminate();
     }},
    {"update starts nothing, the workflow runs",
     [](Play& p) {
         ready(p);
         const auto u =
             p.begin("ExecuteMultiOperation",
                     startAndUpdate("workflow_id_conflict_policy: WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING"));
         const auto t = p.task();
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.call("ExecuteMultiOperation",
                startAndUpdate("workflow_id_conflict_policy: WORKFLOW_ID_CONFLICT_POLICY_FAIL"));
         p.terminate();
     }},
    {"update with start is refused",
     [](Play& p) {
         ready(p);
         p.call("ExecuteMultiOperation", startAndUpdate());
         p.call("ExecuteMultiOperation", startAndUpdate("cron_schedule: '* * * * *'"));
         p.call("ExecuteMultiOperation", startAndUpdate("workflow_start_delay { seconds: 1 }"));
         p.call("ExecuteMultiOperation", startAndUpdate("", "first_execution_run_id: '$r'"));
         p.call("ExecuteMultiOperation", "");
         p.terminate();
     }},
    {"update with start is rejected",
     [](Play& p) {
         const auto u = p.begin("ExecuteMultiOperation", startAndUpdate());
         const auto t = p.task();
         p.adopt("$w");
         p.complete(t, {timer("t")}, reject(t));
         p.end(u);
         p.terminate();
     }},
    {"update with start that terminates",
     [](Play& p) {
         ready(p);
         const auto u =
             p.begin("ExecuteMultiOperation",
                     startAndUpdate("workflow_id_conflict_policy: WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING"));
         const auto t = p.task();
         p.adopt("$w");
         p.complete(t, kBoth, accept(t) + respond(t));
         p.end(u);
         p.terminate();
     }},
};

}  // namespace

std::span<const PlayScript> updatePlays() { return kPlays; }

}  // namespace orrery::test
