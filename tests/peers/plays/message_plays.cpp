// SPDX-License-Identifier: MIT
// Signals, cancellation, termination and queries.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kQuery =
    "execution { workflow_id: '$w' } query { query_type: 'state' query_args { payloads { data: 'arg' } } } ";
const std::string kSignalWithStart =
    "workflow_id: '$w' workflow_type { name: 'T' } task_queue { name: '$q' } signal_name: 'hello' signal_input { "
    "payloads { "
    "data: 'in' } } ";

/// Answers a query task of its own.
void answer(Play& p, const WorkflowTask& task,
            const std::string& how =
                "completed_type: QUERY_RESULT_TYPE_ANSWERED "
                "query_result { payloads { data: 'fine' } }") {
    p.call("RespondQueryTaskCompleted", Play::token(task.task_token()) + " " + how);
}

/// Results for the queries that came with a task.
std::string results(const WorkflowTask& task, const std::string& how =
                                                  "result_type: QUERY_RESULT_TYPE_ANSWERED answer { "
                                                  "payloads { data: 'fine' } }") {
    std::string text;
    for (const auto& [id, query] : task.queries()) text += "query_results { key: '" + id + "' value { " + how + " } } ";
    return text;
}

void signalWithStart(Play& p, const std::string& more = {}) {
    auto started = p.ask<wsv::SignalWithStartWorkflowExecutionResponse>("SignalWithStartWorkflowExecution",
                                                                        kSignalWithStart + more);
    // Newer servers only.
    started.clear_signal_link();
    started.clear_first_execution_run_id();
    p.note("signal with start", started);
    p.save("r", started.run_id());
}

constexpr PlayScript kPlays[] = {
    {"signal before the first task",
     [](Play& p) {
         p.start();
         p.signal("s", "input " + payloads("1") + " header { fields { key: 'h' value { data: '1' } } }");
         p.step({done()});
     }},
    {"signal wakes",
     [](Play& p) {
         p.start();
         p.step();
         p.signal("s");
         p.step({done()});
     }},
    {"signal twice with one request id",
     [](Play& p) {
         p.start();
         p.signal("s", "request_id: 'same'");
         p.signal("s", "request_id: 'same'");
         p.step();
         p.signal("s", "request_id: 'same'");
         p.signal("s", "request_id: 'other'");
         p.step({done()});
     }},
    {"signal of a wrong run",
     [](Play& p) {
         p.start();
         p.signal("s", "workflow_execution { workflow_id: '$w' run_id: 'nonsense' }");
         p.signal("s", "workflow_execution { workflow_id: '$w' run_id: '11111111-2222-3333-4444-555555555555' }");
         p.terminate();
     }},
    {"messages to a run that has ended",
     [](Play& p) {
         p.start();
         p.step({done()});
         p.signal("s");
         p.cancel();
         p.terminate();
         p.signal("s", "workflow_execution { workflow_id: '$w' run_id: '$r' }");
         p.cancel("workflow_execution { workflow_id: '$w' run_id: '$r' }");
         p.terminate("workflow_execution { workflow_id: '$w' run_id: '$r' }");
         p.call("UpdateWorkflowExecution", update("u"));
     }},
    {"messages to nobody",
     [](Play& p) {
         p.start();
         p.save("v", p.saved("w") + "-nobody");
         p.call("SignalWorkflowExecution", "workflow_execution { workflow_id: '$v' } signal_name: 's'");
         p.call("RequestCancelWorkflowExecution", "workflow_execution { workflow_id: '$v' }");
         p.call("TerminateWorkflowExecution", "workflow_execution { workflow_id: '$v' }");
         p.call("QueryWorkflow", "execution { workflow_id: '$v' } query { query_type: 'state' }");
         p.call("UpdateWorkflowExecution",
                "workflow_execution { workflow_id: '$v' } request { meta { update_id: 'u' } input { name: 'n' } }");
         p.call("PollWorkflowExecutionUpdate",
                "update_ref { workflow_execution { workflow_id: '$v' } update_id: 'u' }");
         p.call("GetWorkflowExecutionHistory", "execution { workflow_id: '$v' }");
         p.call("DescribeWorkflowExecution", "execution { workflow_id: '$v' }");
         p.call("ResetStickyTaskQueue", "execution { workflow_id: '$v' }");
         p.terminate();
     }},
    {"cancel",
     [](Play& p) {
         p.start();
         p.step();
         p.cancel("reason: 'enough'");
         p.describe();
         p.step({gaveIn()});
         p.describe();
     }},
    {"cancel twice",
     [](Play& p) {
         p.start();
         p.step();
         p.cancel("request_id: 'one'");
         p.cancel("request_id: 'one'");
         p.cancel("request_id: 'two'");
         p.step({done()});
     }},
    {"cancel while a task runs",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.cancel();
         p.complete(t, {done()});
         p.step({gaveIn()});
     }},
    {"cancel names the first run",
     [](Play& p) {
         p.start();
         p.cancel("first_execution_run_id: '11111111-2222-3333-4444-555555555555'");
         p.cancel("first_execution_run_id: '$r'");
         p.terminate("first_execution_run_id: '11111111-2222-3333-4444-555555555555'");
         p.terminate("first_execution_run_id: '$r' details { payloads { data: 'why' } }");
     }},
    {"cancelled without being asked",
     [](Play& p) {
         p.start();
         p.step({gaveIn()});
     }},
    {"terminate",
     [](Play& p) {
         p.start();
         p.terminate();
         p.describe();
         p.terminate();
     }},
    {"terminate while things are pending",
     [](Play& p) {
         p.start();
         p.step({act("a"), timer("t")});
         p.activity();
         p.signal("s");
         p.task();
         p.signal("buffered");
         p.terminate();
         p.describe();
     }},
    {"signal with start",
     [](Play& p) {
         signalWithStart(p);
         p.compare("$w", "$r");
         p.step({done()});
     }},
    {"signal with start of a running one",
     [](Play& p) {
         p.start();
         p.step();
         signalWithStart(p, "request_id: 'x'");
         signalWithStart(p, "request_id: 'x'");
         p.step({done()});
     }},
    {"signal with start of one that has ended",
     [](Play& p) {
         p.start();
         p.step({done()});
         signalWithStart(p);
         p.compare("$w", "$r");
         p.step({done()});
         p.call("SignalWithStartWorkflowExecution",
                kSignalWithStart + "workflow_id_reuse_policy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE");
     }},
    {"signal with start that terminates",
     [](Play& p) {
         p.start();
         p.step();
         signalWithStart(p, "workflow_id_conflict_policy: WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING");
         p.compare("$w", "$r");
         p.step({done()});
     }},
    {"signal with start and a delay",
     [](Play& p) {
         signalWithStart(p, "workflow_start_delay { seconds: 1 }");
         p.compare("$w", "$r");
         p.describe();
         p.step({done()});
     }},
    {"query of its own",
     [](Play& p) {
         p.start();
         p.step();
         const auto q = p.begin("QueryWorkflow", kQuery);
         answer(p, p.task());
         p.end(q);
         p.terminate();
     }},
    {"query fails",
     [](Play& p) {
         p.start();
         p.step();
         const auto q = p.begin("QueryWorkflow", kQuery);
         answer(p, p.task(),
                "completed_type: QUERY_RESULT_TYPE_FAILED error_message: 'oh' failure { message: 'deep' "
                "application_failure_info { type: 'Odd' } }");
         p.end(q);
         p.terminate();
     }},
    {"query of one that has ended",
     [](Play& p) {
         p.start();
         p.step({done()});
         const auto q = p.begin("QueryWorkflow", kQuery);
         answer(p, p.task());
         p.end(q);
     }},
    {"query with rejections",
     [](Play& p) {
         p.start();
         p.step();
         p.terminate();
         p.call("QueryWorkflow", kQuery + "query_reject_condition: QUERY_REJECT_CONDITION_NOT_OPEN");
         p.call("QueryWorkflow", kQuery + "query_reject_condition: QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY");
     }},
    {"query of a completed one, cleanly",
     [](Play& p) {
         p.start();
         p.step({done()});
         p.call("QueryWorkflow", kQuery + "query_reject_condition: QUERY_REJECT_CONDITION_NOT_OPEN");
         const auto q =
             p.begin("QueryWorkflow", kQuery + "query_reject_condition: QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY");
         answer(p, p.task());
         p.end(q);
     }},
    {"query that no task preceded",
     [](Play& p) {
         p.start();
         p.terminate();
         p.call("QueryWorkflow", kQuery);
     }},
    {"query travels with a task",
     [](Play& p) {
         p.start();
         p.step();
         const auto t = [&] {
             p.signal("s");
             return p.task();
         }();
         const auto q = p.begin("QueryWorkflow", kQuery);
         p.waits(q);
         p.signal("s2");
         const auto u = p.completeForNext(t, {timer("t")});
         p.complete(u, {}, results(u));
         p.end(q);
         p.terminate();
     }},
    {"query waits for the first task",
     [](Play& p) {
         p.start();
         const auto q = p.begin("QueryWorkflow", kQuery);
         p.waits(q);
         const auto t = p.task();
         p.complete(t, {timer("t")}, results(t));
         if (t.queries().empty()) answer(p, p.task());
         p.end(q);
         p.terminate();
     }},
    {"query fails in a task",
     [](Play& p) {
         p.start();
         const auto q = p.begin("QueryWorkflow", kQuery);
         p.waits(q);
         const auto t = p.task();
         p.complete(t, {timer("t")}, results(t, "result_type: QUERY_RESULT_TYPE_FAILED error_message: 'oh'"));
         p.end(q);
         p.terminate();
     }},
    {"query that a task leaves unanswered",
     [](Play& p) {
         p.start();
         const auto q = p.begin("QueryWorkflow", kQuery);
         p.waits(q);
         p.step({timer("t")});
         answer(p, p.task());
         p.end(q);
         p.terminate();
     }},
    {"query when the run ends",
     [](Play& p) {
         p.start();
         const auto q = p.begin("QueryWorkflow", kQuery);
         p.waits(q);
         const auto t = p.task();
         p.complete(t, {done()}, results(t));
         p.end(q);
     }},
    {"query while tasks fail",
     [](Play& p) {
         p.start();
         for (int i = 0; i < 3; ++i) p.fail(p.task());
         p.call("QueryWorkflow", kQuery);
         p.terminate();
     }},
    {"query answered twice",
     [](Play& p) {
         p.start();
         p.step();
         const auto q = p.begin("QueryWorkflow", kQuery);
         const auto t = p.task();
         answer(p, t);
         p.end(q);
         answer(p, t);
         p.call("RespondQueryTaskCompleted", "task_token: 'nonsense'");
         p.terminate();
     }},
};

}  // namespace

std::span<const PlayScript> messagePlays() { return kPlays; }

}  // namespace orrery::test
