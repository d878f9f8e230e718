// SPDX-License-Identifier: MIT
// How runs begin, end and follow each other.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kStart = "workflow_id: '$w' workflow_type { name: 'T' } task_queue { name: '$q' } ";

std::string conflict(const std::string& policy) {
    return "workflow_id_conflict_policy: WORKFLOW_ID_CONFLICT_POLICY_" + policy + " ";
}
std::string reuse(const std::string& policy) {
    return "workflow_id_reuse_policy: WORKFLOW_ID_REUSE_POLICY_" + policy + " ";
}

/// Starts the id again, which works, and lets that run end.
void startsAgain(Play& p, const std::string& policy) {
    p.start(policy);
    p.step({done()});
}

constexpr PlayScript kPlays[] = {
    {"start with everything",
     [](Play& p) {
         p.start("input " + payloads("1") +
                 " workflow_execution_timeout { seconds: 100 } workflow_run_timeout { seconds: 90 } "
                 "workflow_task_timeout { "
                 "seconds: 8 } retry_policy { maximum_attempts: 3 } memo { fields { key: 'm' value { " +
                 json("1") +
                 " } } } header { fields { key: 'h' value { data: '1' } } } user_metadata { summary { data: 's' } "
                 "details { data: 'd' } } priority { priority_key: 1 fairness_key: 'f' } links { batch_job { "
                 "job_id: 'j' } }");
         p.describe();
         p.step({done()});
         p.describe();
     }},
    {"start time-outs are bounded",
     [](Play& p) {
         p.start(
             "workflow_execution_timeout { seconds: 50 } workflow_run_timeout { seconds: 90 } "
             "workflow_task_timeout { "
             "seconds: 800 }");
         p.describe();
         p.terminate();
         p.start("workflow_run_timeout { seconds: 5 } workflow_task_timeout { seconds: 80 }");
         p.describe();
         p.terminate();
     }},
    {"start of a running id",
     [](Play& p) {
         p.start("request_id: 'first'");
         p.call("StartWorkflowExecution", kStart);
         p.call("StartWorkflowExecution", kStart + conflict("FAIL"));
         p.call("StartWorkflowExecution", kStart + conflict("USE_EXISTING"));
         p.call("StartWorkflowExecution", kStart + "request_id: 'first'");
         p.call("StartWorkflowExecution", kStart + reuse("REJECT_DUPLICATE"));
         p.terminate();
     }},
    {"start that attaches",
     [](Play& p) {
         p.start();
         p.call("StartWorkflowExecution", kStart + conflict("USE_EXISTING") +
                                              "request_id: 'attached' on_conflict_options { attach_request_id: true "
                                              "attach_links: true } links { batch_job { job_id: 'j' } }");
         p.call("StartWorkflowExecution", kStart + conflict("USE_EXISTING") +
                                              "request_id: 'attached' on_conflict_options { attach_request_id: true }");
         p.call("StartWorkflowExecution", kStart + "request_id: 'attached'");
         p.describe();
         p.step({done()});
     }},
    {"start that attaches while a task runs",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.call("StartWorkflowExecution", kStart + conflict("USE_EXISTING") +
                                              "request_id: 'attached' on_conflict_options { attach_request_id: true }");
         p.complete(t, {timer("t")});
         p.describe();
         p.terminate();
     }},
    {"start that terminates",
     [](Play& p) {
         p.start();
         p.step({timer("t")});
         startsAgain(p, conflict("TERMINATE_EXISTING"));
     }},
    {"start that terminates, the old way",
     [](Play& p) {
         p.start();
         p.task();
         startsAgain(p, reuse("TERMINATE_IF_RUNNING"));
     }},
    {"start after completion",
     [](Play& p) {
         p.start("request_id: 'first'");
         p.step({done()});
         p.call("StartWorkflowExecution", kStart + "request_id: 'first'");
         p.call("StartWorkflowExecution", kStart + reuse("REJECT_DUPLICATE"));
         p.call("StartWorkflowExecution", kStart + reuse("ALLOW_DUPLICATE_FAILED_ONLY"));
         startsAgain(p, reuse("ALLOW_DUPLICATE"));
         startsAgain(p, conflict("USE_EXISTING"));
     }},
    {"start after failure",
     [](Play& p) {
         p.start();
         p.step({broken()});
         p.call("StartWorkflowExecution", kStart + reuse("REJECT_DUPLICATE"));
         startsAgain(p, reuse("ALLOW_DUPLICATE_FAILED_ONLY"));
     }},
    {"start after termination and cancellation",
     [](Play& p) {
         p.start();
         p.terminate();
         p.start(reuse("ALLOW_DUPLICATE_FAILED_ONLY"));
         p.step({gaveIn()});
         startsAgain(p, reuse("ALLOW_DUPLICATE_FAILED_ONLY"));
     }},
    {"eager start",
     [](Play& p) {
         const auto started = p.ask<wsv::StartWorkflowExecutionResponse>("StartWorkflowExecution",
                                                                         kStart + "request_eager_execution: true");
         p.save("r", started.run_id());
         p.compare("$w", "$r");
         p.note(started.has_eager_workflow_task() ? "an eager task" : "no eager task");
         if (started.has_eager_workflow_task()) {
             p.complete(started.eager_workflow_task(), {done()});
         } else {
             p.step({done()});
         }
     }},
    {"delayed start",
     [](Play& p) {
         p.start("workflow_start_delay { seconds: 1 }");
         p.describe();
         p.step({done()});
     }},
    {"delayed start and a signal",
     [](Play& p) {
         p.start("workflow_start_delay { seconds: 2 }");
         p.signal("s");
         p.step({done()});
     }},
    {"delayed start and a cancellation",
     [](Play& p) {
         p.start("workflow_start_delay { seconds: 60 }");
         p.cancel();
         p.describe();
         p.terminate();
     }},
    {"delayed start and an update",
     [](Play& p) {
         p.start("workflow_start_delay { seconds: 60 }");
         const auto u = p.begin("UpdateWorkflowExecution", update("u"));
         p.waits(u);
         p.terminate();
         p.end(u);
     }},
    {"run times out",
     [](Play& p) {
         p.start("workflow_run_timeout { seconds: 1 }");
         p.step({act("a"), timer("t")});
         p.wait("WorkflowExecutionTimedOut");
         p.describe();
     }},
    {"execution times out",
     [](Play& p) {
         p.start("workflow_execution_timeout { seconds: 1 }");
         p.wait("WorkflowExecutionTimedOut");
         p.describe();
     }},
    {"run times out while a task runs",
     [](Play& p) {
         p.start("workflow_run_timeout { seconds: 1 }");
         const auto t = p.task();
         p.signal("s");
         p.wait("WorkflowExecutionTimedOut");
         p.complete(t, {done()});
     }},
    {"failure",
     [](Play& p) {
         p.start();
         p.step(
             {"command_type: COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION fail_workflow_execution_command_attributes { "
              "failure { "
              "message: 'out' source: 'sdk' stack_trace: 'here' application_failure_info { type: 'Odd' details { "
              "payloads { "
              "data: 'd' } } category: APPLICATION_ERROR_CATEGORY_BENIGN } cause { message: 'in' "
              "timeout_failure_info { "
              "timeout_type: TIMEOUT_TYPE_HEARTBEAT } } } }"});
         p.describe();
     }},
    {"run is retried",
     [](Play& p) {
         p.start("retry_policy { initial_interval { seconds: 1 } maximum_attempts: 2 } input " + payloads("1"));
         p.step({broken()});
         p.next();
         p.describe();
         p.step({broken()});
         p.describe();
     }},
    {"run is retried and completes",
     [](Play& p) {
         p.start(
             "retry_policy { initial_interval { seconds: 1 } } workflow_execution_timeout { seconds: 60 } memo { "
             "fields { key: "
             "'m' value { data: '1' } } } user_metadata { summary { data: 's' } }");
         p.step({memo("n", json("2")), broken()});
         p.next();
         p.step({done()});
         p.describe();
     }},
    {"run fails for good",
     [](Play& p) {
         p.start("retry_policy { initial_interval { seconds: 1 } non_retryable_error_types: 'Fatal' }");
         p.step({broken("no", "Fatal")});
         p.start("retry_policy { initial_interval { seconds: 1 } }");
         p.step({broken("no", "Odd", "non_retryable: true")});
     }},
    {"run has no time to be retried",
     [](Play& p) {
         p.start("retry_policy { initial_interval { seconds: 50 } } workflow_execution_timeout { seconds: 20 }");
         p.step({broken()});
     }},
    {"run that timed out is retried",
     [](Play& p) {
         p.start(
             "retry_policy { initial_interval { seconds: 1 } maximum_attempts: 2 } workflow_run_timeout { seconds: "
             "1 }");
         p.wait("WorkflowExecutionTimedOut");
         p.next();
         p.step({done()});
     }},
    {"retried run waits for its turn",
     [](Play& p) {
         p.start("retry_policy { initial_interval { seconds: 60 } }");
         p.step({broken()});
         p.next();
         p.describe();
         p.signal("s");
         p.terminate();
     }},
    {"cancelled run is not retried",
     [](Play& p) {
         p.start("retry_policy { initial_interval { seconds: 1 } }");
         p.cancel();
         p.step({gaveIn()});
         p.start("retry_policy { initial_interval { seconds: 1 } }");
         p.terminate();
     }},
    {"continue as new",
     [](Play& p) {
         p.start("input " + payloads("1") +
                 " workflow_run_timeout { seconds: 50 } workflow_task_timeout { seconds: 7 }");
         p.step({again("input " + payloads("2"))});
         p.next();
         p.describe();
         p.step({done()});
         p.describe();
     }},
    {"continue as new with everything",
     [](Play& p) {
         p.start(
             "memo { fields { key: 'm' value { data: '1' } } } retry_policy { maximum_attempts: 9 } header { "
             "fields { key: "
             "'h' value { data: '1' } } } user_metadata { summary { data: 's' } }");
         p.step(
             {again("workflow_run_timeout { seconds: 44 } workflow_task_timeout { seconds: 4 } retry_policy { "
                    "maximum_attempts: 5 } memo { fields { key: 'n' value { data: '2' } } } header { fields { key: 'i' "
                    "value { "
                    "data: '2' } } } last_completion_result { payloads { data: 'last' } } failure { message: 'f' }")});
         p.next();
         p.describe();
         p.step({done()});
     }},
    {"continue as new, later",
     [](Play& p) {
         p.start();
         p.step({again("backoff_start_interval { seconds: 2 }")});
         p.next();
         p.describe();
         p.signal("s");
         p.step({done()});
     }},
    {"continue as another type",
     [](Play& p) {
         p.start();
         p.step(
             {"command_type: COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION "
              "continue_as_new_workflow_execution_command_attributes { workflow_type { name: 'Other' } task_queue "
              "{ name: "
              "'$q-far' } }"});
         p.next();
         p.complete(p.task("task_queue { name: '$q-far' }"), {done()});
     }},
    {"continue as new without names",
     [](Play& p) {
         p.start();
         p.step(
             {"command_type: COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION "
              "continue_as_new_workflow_execution_command_attributes { }"});
         p.next();
         p.step({done()});
     }},
    {"continue as new with pending things",
     [](Play& p) {
         p.start();
         p.step({act("a"), timer("t")});
         const auto a = p.activity();
         p.signal("s");
         p.step({again()});
         p.ok(a);
         p.next();
         p.step({done()});
     }},
};

}  // namespace

std::span<const PlayScript> runPlays() { return kPlays; }

}  // namespace orrery::test
