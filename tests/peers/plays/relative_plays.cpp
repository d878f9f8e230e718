// SPDX-License-Identifier: MIT
// Children, and signals and cancellations from one workflow to another.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kChildQueue = "task_queue { name: '$q-c' }";

std::string policy(const std::string& name) { return "parent_close_policy: PARENT_CLOSE_POLICY_" + name + " "; }

/// The parent with child "c" started; the child's history is compared, its run saved as c.
void parent(Play& p, const std::string& more = {}) {
    p.start();
    p.step({child("c", more)});
    p.wait("ChildWorkflowExecutionStarted");
    p.adopt("$w-c");
    p.step();
}

WorkflowTask childTask(Play& p) { return p.task(kChildQueue); }

/// How the child "c" fares when its parent ends by these commands, or by termination when there are none.
void parentEnds(Play& p, const std::string& policyName, const std::vector<std::string>& commands) {
    parent(p, policy(policyName));
    if (commands.empty()) {
        p.terminate();
    } else {
        p.signal("s");
        p.step(commands);
    }
    const bool stays = policyName == "ABANDON";
    if (policyName == "REQUEST_CANCEL") p.waitFor("$w-c", "$c", "WorkflowExecutionCancelRequested");
    if (!stays && policyName != "REQUEST_CANCEL") p.waitFor("$w-c", "$c", "WorkflowExecutionTerminated");
    p.describe("$w-c");
    if (stays || policyName == "REQUEST_CANCEL") p.complete(childTask(p), {done()});
}

constexpr PlayScript kPlays[] = {
    {"child completes",
     [](Play& p) {
         parent(p);
         p.describe();
         p.complete(childTask(p), {done()});
         p.wait("ChildWorkflowExecutionCompleted");
         p.step({done()});
     }},
    {"child with everything",
     [](Play& p) {
         parent(p,
                "input { payloads { data: 'i' } } workflow_execution_timeout { seconds: 70 } workflow_run_timeout "
                "{ seconds: 60 } "
                "workflow_task_timeout { seconds: 6 } control: 'c' retry_policy { maximum_attempts: 2 } header { "
                "fields { key: 'h' "
                "value { data: '1' } } } memo { fields { key: 'm' value { data: '1' } } } priority { priority_key: "
                "4 }");
         p.describe("$w-c");
         p.terminate();
     }},
    {"child fails",
     [](Play& p) {
         parent(p);
         p.complete(childTask(p), {broken()});
         p.wait("ChildWorkflowExecutionFailed");
         p.step({done()});
     }},
    {"child is cancelled",
     [](Play& p) {
         parent(p);
         p.call("RequestCancelWorkflowExecution", "workflow_execution { workflow_id: '$w-c' }");
         p.complete(childTask(p), {gaveIn()});
         p.wait("ChildWorkflowExecutionCanceled");
         p.step({done()});
     }},
    {"child is terminated",
     [](Play& p) {
         parent(p);
         p.call("TerminateWorkflowExecution", "workflow_execution { workflow_id: '$w-c' }");
         p.wait("ChildWorkflowExecutionTerminated");
         p.step({done()});
     }},
    {"child times out",
     [](Play& p) {
         parent(p, "workflow_run_timeout { seconds: 1 }");
         p.wait("ChildWorkflowExecutionTimedOut");
         p.step({done()});
     }},
    {"child continues as new",
     [](Play& p) {
         parent(p);
         p.complete(childTask(p), {again()});
         p.complete(p.task(), {done()});
         p.wait("ChildWorkflowExecutionCompleted");
         p.adopt("$w-c", "d");
         p.step({done()});
     }},
    {"child is retried",
     [](Play& p) {
         parent(p, "retry_policy { initial_interval { seconds: 1 } maximum_attempts: 2 }");
         p.complete(childTask(p), {broken()});
         p.complete(childTask(p), {done()});
         p.adopt("$w-c", "d");
         p.wait("ChildWorkflowExecutionCompleted");
         p.step({done()});
     }},
    {"child id taken",
     [](Play& p) {
         p.start("$w-c", "task_queue { name: '$q-o' }");
         p.start();
         p.step({child("c")});
         p.wait("StartChildWorkflowExecutionFailed");
         p.step({done()});
         p.complete(p.task("task_queue { name: '$q-o' }"), {done()});
     }},
    {"child id taken before",
     [](Play& p) {
         p.start("$w-c", "");
         p.step({done()});
         p.start();
         p.step({child("c", "workflow_id_reuse_policy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE")});
         p.wait("StartChildWorkflowExecutionFailed");
         p.step({done()});
     }},
    {"child in no namespace",
     [](Play& p) {
         p.start();
         p.step({child("c", "namespace: 'nowhere'")});
         p.step({done()});
     }},
    {"child without a type",
     [](Play& p) {
         p.start();
         p.step(
             {"command_type: COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION "
              "start_child_workflow_execution_command_attributes { "
              "workflow_id: 'x' }"});
         p.step({done()});
     }},
    {"child with bad attributes",
     [](Play& p) {
         p.start();
         p.step({child("c", "search_attributes { indexed_fields { key: 'Nobody' value { " + json("1") + " } } }")});
         p.step({done()});
     }},
    {"parent completes, child is terminated", [](Play& p) { parentEnds(p, "TERMINATE", {done()}); }},
    {"parent completes, child is cancelled", [](Play& p) { parentEnds(p, "REQUEST_CANCEL", {done()}); }},
    {"parent completes, child goes on", [](Play& p) { parentEnds(p, "ABANDON", {done()}); }},
    {"parent fails, child is terminated", [](Play& p) { parentEnds(p, "UNSPECIFIED", {broken()}); }},
    {"parent is terminated, child is cancelled", [](Play& p) { parentEnds(p, "REQUEST_CANCEL", {}); }},
    {"parent is terminated, child is terminated", [](Play& p) { parentEnds(p, "TERMINATE", {}); }},
    {"parent continues as new, child is terminated", [](Play& p) { parentEnds(p, "TERMINATE", {again()}); }},
    {"parent continues as new, child goes on", [](Play& p) { parentEnds(p, "ABANDON", {again()}); }},
    {"parent ends in the task that starts a child",
     [](Play& p) {
         p.start();
         p.step({child("c"), done()});
     }},
    {"child signalled by its parent",
     [](Play& p) {
         parent(p);
         p.signal("s");
         p.step({signalOther(
             "$w-c",
             "child_workflow_only: true input { payloads { data: 'i' } } header { fields { key: 'h' value { "
             "data: '1' } } }")});
         p.wait("ExternalWorkflowExecutionSignaled");
         p.complete(childTask(p), {done()});
         p.wait("ChildWorkflowExecutionCompleted");
         p.step({done()});
     }},
    {"child cancelled by its parent",
     [](Play& p) {
         parent(p);
         p.signal("s");
         p.step({cancelOther("$w-c", "child_workflow_only: true reason: 'enough'")});
         p.wait("ExternalWorkflowExecutionCancelRequested");
         p.complete(childTask(p), {gaveIn()});
         p.wait("ChildWorkflowExecutionCanceled");
         p.step({done()});
     }},
    {"another workflow is signalled",
     [](Play& p) {
         p.start("$w-other", "task_queue { name: '$q-o' }");
         p.start();
         p.step({signalOther("$w-other", "control: 'c'")});
         p.wait("ExternalWorkflowExecutionSignaled");
         p.step({done()});
         p.complete(p.task("task_queue { name: '$q-o' }"), {done()});
     }},
    {"another workflow is cancelled",
     [](Play& p) {
         p.start("$w-other", "task_queue { name: '$q-o' }");
         p.start();
         p.step({cancelOther("$w-other", "control: 'c'")});
         p.wait("ExternalWorkflowExecutionCancelRequested");
         p.step({done()});
         p.complete(p.task("task_queue { name: '$q-o' }"), {gaveIn()});
     }},
    {"nobody is signalled",
     [](Play& p) {
         p.start();
         p.step({signalOther("$w-nobody")});
         p.wait("SignalExternalWorkflowExecutionFailed");
         p.step({done()});
     }},
    {"nobody is cancelled",
     [](Play& p) {
         p.start();
         p.step({cancelOther("$w-nobody")});
         p.wait("RequestCancelExternalWorkflowExecutionFailed");
         p.step({done()});
     }},
    {"one that has ended is signalled and cancelled",
     [](Play& p) {
         p.start("$w-other", "");
         p.terminate("workflow_execution { workflow_id: '$w-other' }");
         p.start();
         p.step({signalOther("$w-other")});
         p.wait("SignalExternalWorkflowExecutionFailed");
         p.step({cancelOther("$w-other")});
         p.wait("ExternalWorkflowExecutionCancelRequested");
         p.terminate();
     }},
    {"a workflow signals itself",
     [](Play& p) {
         p.start();
         p.step({signalOther("$w")});
         p.wait("SignalExternalWorkflowExecutionFailed");
         p.step({done()});
     }},
    {"a workflow cancels itself",
     [](Play& p) {
         p.start();
         p.step({cancelOther("$w")});
         p.wait("RequestCancelExternalWorkflowExecutionFailed");
         p.step({done()});
     }},
    {"one that is no child is signalled as one",
     [](Play& p) {
         p.start("$w-other", "task_queue { name: '$q-o' }");
         p.start();
         p.step({signalOther("$w-other", "child_workflow_only: true")});
         p.wait("SignalExternalWorkflowExecutionFailed");
         p.step({done()});
         p.terminate("workflow_execution { workflow_id: '$w-other' }");
     }},
    {"signal without a name",
     [](Play& p) {
         p.start();
         p.step(
             {"command_type: COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION "
              "signal_external_workflow_execution_command_attributes { execution { workflow_id: 'x' } }"});
         p.step({done()});
     }},
};

}  // namespace

std::span<const PlayScript> relativePlays() { return kPlays; }

}  // namespace orrery::test
