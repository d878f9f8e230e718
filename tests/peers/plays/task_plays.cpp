// SPDX-License-Identifier: MIT
// Workflow tasks: attempts, time-outs, buffered events, what a completion may hold, sticky queues.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kSticky = "task_queue { name: '$q-sticky' kind: TASK_QUEUE_KIND_STICKY normal_name: '$q' }";

std::string sticky(int seconds) {
    return "sticky_attributes { worker_task_queue { name: '$q-sticky' kind: TASK_QUEUE_KIND_STICKY normal_name: '$q' } "
           "schedule_to_start_timeout { seconds: " +
           std::to_string(seconds) + " } }";
}

/// The run's next tasks go to a sticky queue that somebody polls.
void becomeSticky(Play& p, int seconds = 5) {
    p.start();
    const auto first = p.task();
    const auto poll = p.begin("PollWorkflowTaskQueue", kSticky);
    p.complete(first, {timer("t")}, sticky(seconds));
    p.signal("one");
    p.complete(p.taskOf(poll), {}, sticky(seconds));
}

constexpr PlayScript kPlays[] = {
    {"task completes",
     [](Play& p) {
         p.start();
         p.step({done()});
     }},
    {"task completes with nothing",
     [](Play& p) {
         p.start();
         p.step();
         p.describe();
         p.terminate();
     }},
    {"task keeps what the worker tells",
     [](Play& p) {
         p.start();
         p.step({done()},
                "sdk_metadata { core_used_flags: 3 lang_used_flags: 4 sdk_name: 'sdk' sdk_version: '1.2' } "
                "metering_metadata { nonfirst_local_activity_execution_attempts: 2 } binary_checksum: 'sum'");
     }},
    {"task completes with many commands",
     [](Play& p) {
         p.start();
         p.step({timer("a"), timer("b"), marker("m"), act("x"), cancelTimer("a"), memo("note", json("1")), done()});
     }},
    {"task fails",
     [](Play& p) {
         p.start();
         p.fail(p.task(), "failure { message: 'oh' application_failure_info { type: 'Odd' } }");
         p.describe();
         p.step({done()});
     }},
    {"task fails three times",
     [](Play& p) {
         p.start();
         for (int i = 0; i < 3; ++i) p.fail(p.task());
         p.step({timer("t"), done()});
     }},
    {"task fails for many reasons",
     [](Play& p) {
         for (const char* cause :
              {"NON_DETERMINISTIC_ERROR", "BAD_BINARY", "GRPC_MESSAGE_TOO_LARGE", "PAYLOADS_TOO_LARGE"}) {
             p.start(std::string("$w-") + cause, "");
             p.call("RespondWorkflowTaskFailed", Play::token(p.task().task_token()) +
                                                     " cause: WORKFLOW_TASK_FAILED_CAUSE_" + cause +
                                                     " failure { message: 'no' server_failure_info { } }");
             p.step({done()});
         }
     }},
    {"task fails and a signal comes",
     [](Play& p) {
         p.start();
         p.fail(p.task());
         p.signal("s");
         p.step({done()});
     }},
    {"task fails while a signal waits",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("s");
         p.fail(t);
         p.step({done()});
     }},
    {"retried task and a signal",
     [](Play& p) {
         p.start();
         p.fail(p.task());
         const auto t = p.task();
         p.signal("s");
         p.complete(t, {timer("t")});
         p.step({done()});
     }},
    {"task times out",
     [](Play& p) {
         p.start("workflow_task_timeout { seconds: 1 }");
         const auto t = p.task();
         p.wait("WorkflowTaskTimedOut");
         p.complete(t, {done()});
         p.step({done()});
     }},
    {"task times out while a signal waits",
     [](Play& p) {
         p.start("workflow_task_timeout { seconds: 1 }");
         p.task();
         p.signal("s");
         p.wait("WorkflowTaskTimedOut");
         p.step({done()});
     }},
    {"bad completion",
     [](Play& p) {
         p.start();
         p.step({timer("")});
         p.step({done()});
     }},
    {"bad completion of a retried task",
     [](Play& p) {
         p.start("workflow_task_timeout { seconds: 1 }");
         p.step({timer("")});
         p.step({timer("")});
         p.task();
         p.terminate();
     }},
    {"bad completion keeps nothing",
     [](Play& p) {
         p.start();
         p.step({timer("good"), act("a"), timer("good")});
         p.step({done()});
     }},
    {"completed twice",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.complete(t, {timer("t")});
         p.complete(t, {done()});
         p.terminate();
     }},
    {"completed after the end",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.terminate();
         p.complete(t, {done()});
         p.fail(t);
     }},
    {"signal while a task runs",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("one");
         p.signal("two", "input " + payloads("2"));
         p.complete(t, {timer("t")});
         p.step({done()});
     }},
    {"activity ends while a task runs",
     [](Play& p) {
         p.start();
         p.step({act("a")});
         const auto a = p.activity();
         p.signal("s");
         const auto t = p.task();
         p.ok(a);
         p.signal("s2");
         p.complete(t, {timer("t")});
         p.step({done()});
     }},
    {"timer fires while a task runs",
     [](Play& p) {
         p.start();
         p.step({timer("t", 1)});
         p.signal("s");
         const auto t = p.task();
         const auto q = p.begin("PollWorkflowTaskQueue", "task_queue { name: '$q-other' }");
         for (int i = 0; i < 5; ++i) p.waits(q);
         p.complete(t, {cancelTimer("t")});
         p.signal("again");
         p.step({done()});
     }},
    {"end meets a signal",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("s");
         p.complete(t, {done()});
         p.step({done()});
     }},
    {"end meets a signal, others wait",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("s");
         p.complete(t, {done()});
         p.signal("later");
         p.call("UpdateWorkflowExecution", update("u"));
         p.step({done()});
     }},
    {"failure meets a signal",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("s");
         p.complete(t, {broken()});
         p.step({broken()});
     }},
    {"continuing as new meets a signal",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("s");
         p.complete(t, {again()});
         p.step({done()});
     }},
    {"next task comes with the answer",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         p.signal("s");
         p.complete(p.completeForNext(t, {timer("t")}), {done()});
     }},
    {"no next task with the answer",
     [](Play& p) {
         p.start();
         p.completeForNext(p.task(), {timer("t")});
         p.terminate();
     }},
    {"worker asks for another task",
     [](Play& p) {
         p.start();
         p.step({}, "force_create_new_workflow_task: true");
         p.complete(p.completeForNext(p.task(), {}, "force_create_new_workflow_task: true"), {done()});
     }},
    {"command after the end",
     [](Play& p) {
         p.start();
         p.step({done(), timer("t")});
         p.step({done()});
     }},
    {"two ends",
     [](Play& p) {
         p.start();
         p.step({done(), broken()});
         p.step({done()});
     }},
    {"command of no kind",
     [](Play& p) {
         p.start();
         p.step({""});
         p.step({done()});
     }},
    {"token of nonsense",
     [](Play& p) {
         p.start();
         p.call("RespondWorkflowTaskCompleted", "task_token: 'nonsense'");
         p.call("RespondWorkflowTaskFailed", "");
         p.step({done()});
     }},
    {"activity with the answer",
     [](Play& p) {
         p.start();
         const auto t = p.task();
         const auto answer = p.ask<wsv::RespondWorkflowTaskCompletedResponse>(
             "RespondWorkflowTaskCompleted",
             Play::token(t.task_token()) + " commands { " +
                 act("a", "start_to_close_timeout { seconds: 9 } request_eager_execution: true") + " }");
         p.note("eager activities: " + std::to_string(answer.activity_tasks_size()));
         if (answer.activity_tasks_size() == 1) p.ok(answer.activity_tasks(0));
         p.step({done()});
     }},
    {"task on a sticky queue",
     [](Play& p) {
         becomeSticky(p);
         p.describe();
         p.terminate();
     }},
    {"sticky queue that nobody polls",
     [](Play& p) {
         p.start();
         p.step({timer("t")}, sticky(5));
         p.signal("s");
         p.step({done()});
     }},
    {"sticky worker is gone",
     [](Play& p) {
         becomeSticky(p, 1);
         p.signal("two");
         p.wait("WorkflowTaskTimedOut");
         p.step({done()});
     }},
    {"stickiness reset",
     [](Play& p) {
         becomeSticky(p);
         p.call("ResetStickyTaskQueue", "execution { workflow_id: '$w' }");
         p.signal("two");
         p.step({done()});
     }},
    {"worker of a sticky queue shuts down",
     [](Play& p) {
         becomeSticky(p, 20);
         p.call("ShutdownWorker", "sticky_task_queue: '$q-sticky' reason: 'leaving'");
         p.signal("two");
         p.step({done()});
     }},
    {"sticky task fails",
     [](Play& p) {
         becomeSticky(p);
         const auto poll = p.begin("PollWorkflowTaskQueue", kSticky);
         p.signal("two");
         p.fail(p.taskOf(poll));
         p.step({done()});
     }},
    {"stickiness ends with a completion",
     [](Play& p) {
         becomeSticky(p);
         const auto poll = p.begin("PollWorkflowTaskQueue", kSticky);
         p.signal("two");
         p.complete(p.taskOf(poll));
         p.signal("three");
         p.step({done()});
     }},
    {"five problems are reported",
     [](Play& p) {
         p.start();
         for (int i = 0; i < 6; ++i) p.fail(p.task());
         p.describe();
         p.step({timer("t")});
         p.describe();
         p.terminate();
     }},
};

}  // namespace

std::span<const PlayScript> taskPlays() { return kPlays; }

}  // namespace orrery::test
