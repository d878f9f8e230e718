// SPDX-License-Identifier: MIT
// Activities: results, retries, the four time-outs, heartbeats, cancellation, completion by id, and timers.
#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

const std::string kOnce = " retry_policy { maximum_attempts: 1 } ";
const std::string kOdd = "message: 'odd' application_failure_info { type: 'Odd' }";

std::string seconds(const std::string& field, int count) {
    return field + " { seconds: " + std::to_string(count) + " } ";
}

/// The run with one activity "a" of these options.
void with(Play& p, const std::string& options) {
    p.start();
    p.step({act("a", options)});
}

std::string byId() { return "workflow_id: '$w' activity_id: 'a' "; }

constexpr PlayScript kPlays[] = {
    {"activity completes",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         p.ok(p.activity());
         p.step({done()});
     }},
    {"activity with everything set",
     [](Play& p) {
         p.start();
         p.step(
             {act("a", seconds("schedule_to_close_timeout", 30) + seconds("schedule_to_start_timeout", 20) +
                           seconds("start_to_close_timeout", 10) + seconds("heartbeat_timeout", 5) +
                           "retry_policy { initial_interval { seconds: 2 } backoff_coefficient: 3 maximum_attempts: 4 "
                           "non_retryable_error_types: 'Fatal' } header { fields { key: 'h' value { data: '1' } } } "
                           "input { payloads { data: 'in' } } priority { priority_key: 2 }") +
              " user_metadata { summary { data: 'sum' } }"});
         p.ok(p.activity());
         p.step({done()});
     }},
    {"activity fails once",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + kOnce);
         p.fail(p.activity(), kOdd);
         p.step({done()});
     }},
    {"activity fails, then completes",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + "retry_policy { initial_interval { seconds: 1 } }");
         p.fail(p.activity(), kOdd);
         p.describe();
         p.ok(p.activity());
         p.step({done()});
     }},
    {"activity fails as often as it may",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) +
                     "retry_policy { initial_interval { nanos: 1000000 } maximum_attempts: 3 }");
         for (int i = 0; i < 3; ++i) p.fail(p.activity(), kOdd);
         p.step({done()});
     }},
    {"activity fails for good",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         p.fail(p.activity(), "message: 'no' application_failure_info { type: 'Odd' non_retryable: true }");
         p.step({done()});
     }},
    {"activity fails with a type for good",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + "retry_policy { non_retryable_error_types: 'Odd' }");
         p.fail(p.activity(), kOdd);
         p.step({done()});
     }},
    {"activity says when to retry",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + "retry_policy { initial_interval { seconds: 100 } }");
         p.fail(p.activity(),
                "message: 'odd' application_failure_info { type: 'Odd' next_retry_delay { nanos: 500000000 } }");
         p.describe();
         p.ok(p.activity());
         p.step({done()});
     }},
    {"activity has no time to retry",
     [](Play& p) {
         with(p, seconds("schedule_to_close_timeout", 3) + "retry_policy { initial_interval { seconds: 60 } }");
         p.fail(p.activity(), kOdd);
         p.step({done()});
     }},
    {"activity failures of other kinds",
     [](Play& p) {
         const std::pair<const char*, const char*> kinds[] = {
             {"plain", "message: 'plain'"},
             {"cancelled", "message: 'c' canceled_failure_info { }"},
             {"terminated", "message: 't' terminated_failure_info { }"},
             {"server", "message: 's' server_failure_info { non_retryable: true }"}};
         for (const auto& [name, failure] : kinds) {
             p.start(std::string("$w-") + name, "");
             p.step({act("a", seconds("start_to_close_timeout", 9) + kOnce)});
             p.fail(p.activity(), failure);
             p.step({done()});
         }
     }},
    {"activity waits too long to start",
     [](Play& p) {
         with(p, seconds("schedule_to_start_timeout", 1) + seconds("start_to_close_timeout", 9));
         p.step({done()});
     }},
    {"activity takes too long",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 1) + kOnce);
         const auto a = p.activity();
         p.wait("ActivityTaskTimedOut");
         p.ok(a);
         p.step({done()});
     }},
    {"activity takes too long, then completes",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 1) + "retry_policy { initial_interval { nanos: 1000000 } }");
         const auto a = p.activity();
         const auto b = p.activity();
         p.ok(a);
         p.ok(b);
         p.step({done()});
     }},
    {"activity takes too long over all attempts",
     [](Play& p) {
         with(p, seconds("schedule_to_close_timeout", 2) + seconds("start_to_close_timeout", 9) +
                     "retry_policy { initial_interval { nanos: 100000000 } backoff_coefficient: 1 }");
         p.fail(p.activity(), kOdd);
         p.activity();
         p.step({done()});
     }},
    {"activity does not beat",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + seconds("heartbeat_timeout", 1) + kOnce);
         const auto a = p.activity();
         p.beat(a, "half");
         p.step({done()});
         p.beat(a);
     }},
    {"activity does not beat, then goes on",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + seconds("heartbeat_timeout", 1) +
                     "retry_policy { initial_interval { nanos: 1000000 } }");
         p.beat(p.activity(), "half");
         p.ok(p.activity());
         p.step({done()});
     }},
    {"a time-out for good",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 1) +
                     "retry_policy { non_retryable_error_types: 'TemporalTimeout:StartToClose' }");
         p.activity();
         p.step({done()});
     }},
    {"activity beats and is described",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + seconds("heartbeat_timeout", 8));
         const auto a = p.activity();
         p.beat(a, "third");
         p.describe();
         p.fail(a, kOdd + " ");
         p.describe();
         p.terminate();
     }},
    {"last details with a failure",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + seconds("heartbeat_timeout", 8) +
                     "retry_policy { initial_interval { nanos: 1000000 } }");
         p.call("RespondActivityTaskFailed", Play::token(p.activity().task_token()) + " failure { " + kOdd +
                                                 " } last_heartbeat_details { payloads { data: 'last' } }");
         p.ok(p.activity());
         p.step({done()});
     }},
    {"activity cancelled before it starts",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         p.signal("s");
         p.step({cancelAct(5)});
         p.step({done()});
     }},
    {"activity cancelled while it runs",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + seconds("heartbeat_timeout", 8));
         const auto a = p.activity();
         p.signal("s");
         p.step({cancelAct(5)});
         p.beat(a);
         p.describe();
         p.cancelled(a);
         p.step({done()});
     }},
    {"activity completes in spite of a cancellation",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         const auto a = p.activity();
         p.signal("s");
         p.step({cancelAct(5)});
         p.ok(a);
         p.step({done()});
     }},
    {"activity fails after a cancellation",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         const auto a = p.activity();
         p.signal("s");
         p.step({cancelAct(5)});
         p.fail(a, kOdd);
         p.step({done()});
     }},
    {"activity cancelled between attempts",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + "retry_policy { initial_interval { seconds: 60 } }");
         p.fail(p.activity(), kOdd);
         p.signal("s");
         p.step({cancelAct(5)});
         p.step({done()});
     }},
    {"activity cancelled in the task that schedules it",
     [](Play& p) {
         p.start();
         p.step({act("a"), cancelAct(5)});
         p.step({done()});
     }},
    {"activity cancelled twice",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         const auto a = p.activity();
         p.signal("s");
         p.step({cancelAct(5)});
         p.signal("s2");
         p.step({cancelAct(5)});
         p.cancelled(a);
         p.step({done()});
     }},
    {"activity says it is cancelled unasked",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         const auto a = p.activity();
         p.cancelled(a);
         p.ok(a);
         p.step({done()});
     }},
    {"cancellation of no activity",
     [](Play& p) {
         p.start();
         p.step({cancelAct(3)});
         p.step({done()});
     }},
    {"activity id taken",
     [](Play& p) {
         p.start();
         p.step({act("a"), act("a")});
         p.step({done()});
     }},
    {"activity without time-outs",
     [](Play& p) {
         p.start();
         p.step({act("a", "")});
         p.step({done()});
     }},
    {"activity time-outs fill each other",
     [](Play& p) {
         p.start("workflow_run_timeout { seconds: 100 }");
         p.step({act("a", seconds("schedule_to_close_timeout", 5)), act("b", seconds("start_to_close_timeout", 5)),
                 act("c", seconds("schedule_to_close_timeout", 500)),
                 act("d", seconds("start_to_close_timeout", 500) + seconds("heartbeat_timeout", 900)),
                 act("e", seconds("schedule_to_close_timeout", 5) + seconds("schedule_to_start_timeout", 50) +
                              seconds("start_to_close_timeout", 50)),
                 done()});
     }},
    {"activity completed by id",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         p.call("RespondActivityTaskCompletedById", byId());
         const auto a = p.activity();
         p.call("RespondActivityTaskCompletedById", byId() + "result { payloads { data: 'r' } }");
         p.ok(a);
         p.step({done()});
     }},
    {"activity failed by id",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + kOnce);
         p.activity();
         p.call("RespondActivityTaskFailedById", byId() + "run_id: '$r' failure { " + kOdd + " }");
         p.step({done()});
     }},
    {"activity cancelled by id",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         p.activity();
         p.call("RespondActivityTaskCanceledById", byId());
         p.signal("s");
         p.step({cancelAct(5)});
         p.call("RecordActivityTaskHeartbeatById", byId() + "details { payloads { data: 'd' } }");
         p.call("RespondActivityTaskCanceledById", byId());
         p.step({done()});
     }},
    {"activity by an id that is not there",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         for (const char* rpc : {"RespondActivityTaskCompletedById", "RespondActivityTaskFailedById",
                                 "RespondActivityTaskCanceledById", "RecordActivityTaskHeartbeatById"}) {
             p.call(rpc, "workflow_id: '$w' activity_id: 'z'");
             p.call(rpc, "workflow_id: '$w-nobody' activity_id: 'a'");
         }
         p.terminate();
     }},
    {"activity of a run that has ended",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9));
         const auto a = p.activity();
         p.terminate();
         p.beat(a);
         p.ok(a);
         p.fail(a, kOdd);
         p.cancelled(a);
     }},
    {"old attempt answers",
     [](Play& p) {
         with(p, seconds("start_to_close_timeout", 9) + "retry_policy { initial_interval { nanos: 1000000 } }");
         const auto a = p.activity();
         p.fail(a, kOdd);
         p.ok(a);
         p.beat(a);
         p.ok(p.activity());
         p.step({done()});
     }},
    {"activity on another queue",
     [](Play& p) {
         p.start();
         p.step(
             {"command_type: COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK schedule_activity_task_command_attributes { "
              "activity_id: "
              "'a' activity_type { name: 'A' } task_queue { name: '$q-far' } start_to_close_timeout { seconds: 9 } "
              "}"});
         p.ok(p.activity("task_queue { name: '$q-far' }"));
         p.step({done()});
     }},
    {"timer fires",
     [](Play& p) {
         p.start();
         p.step({timer("t", 1, "user_metadata { summary { data: 'nap' } }")});
         p.step({done()});
     }},
    {"timer cancelled",
     [](Play& p) {
         p.start();
         p.step({timer("t")});
         p.signal("s");
         p.step({cancelTimer("t"), timer("t"), done()});
     }},
    {"timer id taken",
     [](Play& p) {
         p.start();
         p.step({timer("t"), timer("t")});
         p.step({done()});
     }},
    {"cancellation of no timer",
     [](Play& p) {
         p.start();
         p.step({cancelTimer("t")});
         p.step({done()});
     }},
};

}  // namespace

std::span<const PlayScript> activityPlays() { return kPlays; }

}  // namespace orrery::test
