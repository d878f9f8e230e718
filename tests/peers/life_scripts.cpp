// SPDX-License-Identifier: MIT
// How runs begin, go on and end; children, other workflows, lists.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/definition/search_attributes.h"
#include "tests/peers/features.h"
#include "tests/peers/stage.h"

namespace orrery::test {
namespace {

using namespace std::chrono_literals;
using definition::WorkflowIdConflictPolicy;
using definition::WorkflowIdReusePolicy;

constexpr definition::KeywordAttribute kCustomer{"OrreryCustomer"};
constexpr definition::IntAttribute kTier{"OrreryTier"};

void ends(Stage& stage) {
    stage.startWorker();
    const auto cancelled = stage.start("sleeper", stage.options("cancelled"), 3'600'000);
    stage.settled(cancelled, "TimerStarted");
    cancelled.cancel("enough");
    stage.noteResult(cancelled);
    stage.noteError("cancel again", [&] { cancelled.cancel("enough"); });
    const auto terminated = stage.start("sleeper", stage.options("terminated"), 3'600'000);
    stage.settled(terminated, "TimerStarted");
    terminated.terminate("out of patience");
    stage.noteResult(terminated);
    stage.noteError("terminate again", [&] { terminated.terminate("again"); });
    const auto late = stage.start("sleeper", stage.options("timed-out").runTimeout(1s), 3'600'000);
    stage.noteResult(late);
    stage.noteResult(stage.start("sleeper", stage.options("execution-timed-out").executionTimeout(1s), 3'600'000));
    stage.noteResult(stage.start("failing", stage.options("failed"), 2));
    stage.noteError("cancel nobody", [&] { stage.client().workflow("ends-nobody").cancel(); });
    stage.noteError("terminate nobody", [&] { stage.client().workflow("ends-nobody").terminate(); });
}

void timers(Stage& stage) {
    stage.startWorker();
    stage.noteResult(stage.start("timers", stage.options()));
    stage.noteResult(stage.start("sleeper", stage.options("delayed").startDelay(1s), 1));
}

void retried(Stage& stage) {
    stage.startWorker();
    const auto policy = definition::RetryPolicy().initialInterval(100ms).maximumAttempts(3);
    const auto run = stage.start("failing", stage.options().retryPolicy(policy), 2);
    stage.next(run);
    stage.noteResult(run);
    const auto hopeless = stage.start("failing", stage.options("hopeless").retryPolicy(policy), 9);
    stage.next(stage.next(hopeless));
    stage.noteResult(hopeless);
}

void healed(Stage& stage) {
    Meeting::instance().bugs = 1;
    stage.startWorker();
    stage.noteResult(stage.start("buggy", stage.options()));
    stage.noteError("unknown type", [&] {
        const auto run = stage.start("nobody_knows_it", stage.options("unknown"), 1);
        stage.settled(run, "WorkflowTaskFailed");
        // No further attempt is under way.
        stage.stopWorker();
        run.terminate("nobody will");
        stage.noteResult(run);
    });
}

void ids(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    const auto again = [&](const std::string& what, const definition::StartWorkflowOptions& options) {
        stage.noteError(what, [&] {
            const auto other = stage.client().startWorkflow("listener", options);
            stage.note("{}: the same run: {}", what, other.runId() == run.runId());
        });
    };
    again("running", stage.options());
    again("use existing", stage.options().idConflictPolicy(WorkflowIdConflictPolicy::UseExisting));
    const auto second =
        stage.start("listener", stage.options().idConflictPolicy(WorkflowIdConflictPolicy::TerminateExisting));
    stage.noteResult(run);
    stage.settled(second, "WorkflowTaskCompleted");
    second.signal("done");
    stage.noteResult(second);
    again("only after failure", stage.options().idReusePolicy(WorkflowIdReusePolicy::AllowDuplicateFailedOnly));
    again("never again", stage.options().idReusePolicy(WorkflowIdReusePolicy::RejectDuplicate));
    const auto third = stage.start("listener", stage.options());
    stage.settled(third, "WorkflowTaskCompleted");
    third.terminate("for the next one");
    const auto fourth =
        stage.start("listener", stage.options().idReusePolicy(WorkflowIdReusePolicy::AllowDuplicateFailedOnly));
    stage.settled(fourth, "WorkflowTaskCompleted");
    fourth.signal("done");
    stage.noteResult(fourth);
}

void children(Stage& stage) {
    stage.startWorker();
    for (const char* how : {"fail", "parent", "signal", "cancel"}) {
        const auto run = stage.start("parent", stage.options(how), std::string(how));
        const auto child = stage.child(run, 0);
        // Both have heard of the other before anything goes on.
        stage.settled(child, "WorkflowTaskCompleted");
        stage.settled(run, "WorkflowTaskCompleted", 2);
        run.signal("go");
        const bool speaks = std::string(how) == "signal" || std::string(how) == "cancel";
        stage.settled(run, "WorkflowTaskCompleted", speaks ? 4 : 3);
        stage.settled(child, "WorkflowTaskCompleted", speaks ? 2 : 1);
        child.signal("finish");
        stage.noteResult(run);
    }
    const auto taken = stage.start("listener", stage.options("taken-child"));
    stage.settled(taken, "WorkflowTaskCompleted");
    stage.noteResult(stage.start("parent", stage.options("taken"), std::string("parent")));
    taken.terminate();
}

void leftChildren(Stage& stage) {
    stage.startWorker();
    for (const char* how : {"terminate", "cancel", "abandon"}) {
        const auto run = stage.start("leaver", stage.options(how), std::string(how));
        const auto child = stage.child(run, 0);
        stage.settled(child, "WorkflowTaskCompleted");
        stage.settled(run, "WorkflowTaskCompleted", 2);
        run.signal("go");
        stage.noteResult(run);
        if (std::string(how) == "cancel") stage.settled(child, "WorkflowTaskCompleted", 2);
        if (std::string(how) != "terminate") child.signal("finish");
        stage.noteResult(child);
    }
}

void outsiders(Stage& stage) {
    stage.startWorker();
    const auto other = stage.start("listener", stage.options("other"));
    stage.settled(other, "WorkflowTaskCompleted");
    stage.noteResult(stage.start("outsider", stage.options("signal"), std::string("signal"), other.id()));
    stage.settled(other, "WorkflowTaskCompleted", 2);
    stage.note("it heard {}", other.query<int>("sum"));
    stage.noteResult(stage.start("outsider", stage.options("cancel"), std::string("cancel"), other.id()));
    stage.noteResult(other);
    stage.noteResult(
        stage.start("outsider", stage.options("nobody"), std::string("signal"), std::string("no-such-id")));
    stage.noteResult(
        stage.start("outsider", stage.options("cancel-nobody"), std::string("cancel"), std::string("no-such-id")));
}

void continued(Stage& stage) {
    stage.addSearchAttributes();
    stage.startWorker();
    auto options = stage.options().taskTimeout(9s).runTimeout(50s);
    options.memo({{"from", stage.client().converter().toPayload(std::string("the start"))}});
    const auto run = stage.start("rounds", options, 1, 3);
    stage.next(stage.next(run));
    stage.noteResult(run);
    stage.noteError("this run only", [&] {
        client::ResultOptions only;
        only.followRuns = false;
        stage.client().workflow(run.id(), run.runId()).resultPayloads(only);
    });
}

void found(Stage& stage) {
    stage.addSearchAttributes();
    stage.startWorker();
    auto options = stage.options();
    options.searchAttributes(definition::searchAttributes({kCustomer.set("ada"), kTier.set(2)}))
        .memo({{"from", stage.client().converter().toPayload(std::string("the start"))}})
        .staticSummary("found by its customer")
        .staticDetails("- in two lists");
    const auto run = stage.start("upserter", options);
    stage.settled(run, "WorkflowTaskCompleted");
    const std::string filter = "OrreryCustomer = 'grace' AND TaskQueue = 'found'";
    stage.waitUntilListed(filter + " AND OrreryTier = 1", 1);
    stage.note("running", stage.describe(run));
    run.signal("done");
    stage.noteResult(run);
    stage.waitUntilListed(filter + " AND ExecutionStatus = 'Completed' AND OrreryTier IS NULL", 1);
    for (const auto& each : stage.client().listWorkflows(filter).executions) {
        stage.note("listed {} {} {} {} events", each.workflowId, each.workflowType,
                   history::workflowStatusName(each.status), each.historyLength);
    }
    stage.note("closed", stage.describe(run));
    try {
        stage.client().listWorkflows("Nonsense = 1");
        stage.note("a bad filter is taken");
    } catch (const client::RpcError& error) {
        // Newer servers, and ours, have other words.
        stage.note("bad filter: {}", base::errorCodeName(error.code()));
    }
}

void patches(Stage& stage) {
    stage.startWorker();
    for (const char* how : {"patched", "twice", "deprecated"}) {
        stage.noteResult(stage.start("patched", stage.options(how), std::string(how)));
    }
}

/// No run is kept in memory: every task replays from the start.
void withoutCache(Stage& stage) {
    worker::WorkerOptions options;
    options.cacheSize = 0;
    stage.startWorker(options);
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    run.signal("add", 5);
    stage.settled(run, "WorkflowTaskCompleted", 2);
    stage.note("sum {}", run.query<int>("sum"));
    run.signal("done");
    stage.noteResult(run);
}

}  // namespace

const std::vector<Script>& lifeScripts() {
    static const std::vector<Script> all{
        {"ends", &ends},
        {"timers", &timers},
        {"retried", &retried},
        {"healed", &healed},
        {"ids", &ids},
        {"children", &children},
        {"left_children", &leftChildren},
        {"outsiders", &outsiders},
        {"continued", &continued},
        {"found", &found},
        {"patches", &patches},
        {"without_cache", &withoutCache},
    };
    return all;
}

}  // namespace orrery::test
