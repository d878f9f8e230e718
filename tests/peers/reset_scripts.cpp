// SPDX-License-Identifier: MIT
// Runs that begin again from a point of their history, runs that are deleted, and histories read page by page.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "tests/peers/features.h"
#include "tests/peers/stage.h"

namespace orrery::test {
namespace {

namespace wsv = temporal::api::workflowservice::v1;
namespace enums = temporal::api::enums::v1;

wsv::ResetWorkflowExecutionRequest resetRequest(const client::WorkflowHandle& handle, int64_t finishId) {
    wsv::ResetWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(handle.id());
    request.mutable_workflow_execution()->set_run_id(handle.runId());
    request.set_workflow_task_finish_event_id(finishId);
    request.set_reason("begin again");
    request.set_request_id(handle.runId() + "-" + std::to_string(finishId));
    return request;
}

/// The new run, which is compared as well.
client::WorkflowHandle reset(Stage& stage, const wsv::ResetWorkflowExecutionRequest& request) {
    const auto response = stage.call<wsv::ResetWorkflowExecutionResponse>("ResetWorkflowExecution", request);
    stage.compare(request.workflow_execution().workflow_id(), response.run_id());
    return stage.compared().back();
}

/// The event that completed the run's `number`th workflow task (from 1).
int64_t completion(const HistoryPtr& history, int number) {
    for (size_t i = 0; i < history->size(); ++i) {
        if ((*history)[i].typeName() == "WorkflowTaskCompleted" && --number == 0) return (*history)[i].id();
    }
    throw base::Error(base::ErrorCode::FailedPrecondition, "there are not so many workflow tasks");
}

/// Where a history can be cut, with the errors where it cannot.
void resetPoints(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    run.signal("add", 1);
    const auto history = stage.settled(run, "WorkflowTaskCompleted", 2);
    for (int64_t id = 0; id <= int64_t(history->size()) + 2; ++id) {
        stage.noteError("reset to " + std::to_string(id), [&] {
            const auto again = reset(stage, resetRequest(run, id));
            stage.settled(again, "WorkflowTaskCompleted", id > 4 ? 2 : 1);
        });
    }
    auto request = resetRequest(run, 4);
    request.mutable_workflow_execution()->set_workflow_id("nobody");
    stage.noteError("reset nobody", [&] { reset(stage, request); });
    request.mutable_workflow_execution()->clear_workflow_id();
    stage.noteError("reset what", [&] { reset(stage, request); });
    request = resetRequest(run, 4);
    request.clear_request_id();
    stage.noteError("without a request id", [&] { reset(stage, request); });
    request = resetRequest(run, 4);
    request.add_post_reset_operations()->mutable_signal_workflow()->set_signal_name("add");
    stage.noteError("with a signal", [&] { reset(stage, request); });
}

void resetSignals(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    for (const int number : {1, 2}) {
        run.signal("add", number);
        stage.settled(run, "WorkflowTaskCompleted", number + 1);
    }
    const auto history = stage.settled(run, "WorkflowTaskCompleted", 3);
    auto request = resetRequest(run, completion(history, 2));
    const auto all = reset(stage, request);
    stage.settled(all, "WorkflowTaskCompleted", 2);
    stage.note("sum {}", all.query<int>("sum"));
    stage.noteError("the first run", [&] { stage.client().workflow(run.id(), run.runId()).resultPayloads({}); });
    stage.note("the first run", stage.describe(run));
    wsv::DescribeWorkflowExecutionResponse second;
    second.CopyFrom(stage.describe(all));
    // Newer servers and ours keep the request that started the first run, 1.29.1 the one that reset it.
    second.mutable_workflow_extended_info()->clear_request_id_infos();
    const google::protobuf::Message& shown = second;
    stage.note("the second run", shown);
    request = resetRequest(run, completion(history, 1));
    request.add_reset_reapply_exclude_types(enums::RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL);
    const auto none = reset(stage, request);
    stage.settled(none, "WorkflowTaskCompleted", 1);
    stage.note("sum {}", none.query<int>("sum"));
    none.signal("done");
    stage.noteResult(none);
    // A closed run can be reset; the signal that ended it comes again.
    const auto closed = reset(stage, resetRequest(none, completion(stage.closed(none), 1)));
    stage.noteResult(closed);
}

void resetUpdates(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("listener", stage.options());
    stage.settled(run, "WorkflowTaskCompleted");
    const auto& converter = stage.client().converter();
    const auto update = [&](const client::WorkflowHandle& handle, int number, const std::string& id) {
        return handle.startUpdatePayloads("add_up", converter.toPayloads(number), client::UpdateStage::Completed, id);
    };
    stage.note("3: {}", update(run, 3, "one").result<int>());
    const auto history = stage.settled(run, "WorkflowExecutionUpdateCompleted");
    stage.note("4: {}", update(run, 4, "two").result<int>());
    stage.settled(run, "WorkflowExecutionUpdateCompleted", 2);
    const auto again = reset(stage, resetRequest(run, completion(history, 1)));
    stage.settled(again, "WorkflowExecutionUpdateCompleted", 2);
    stage.note("one: {}", update(again, 3, "one").result<int>());
    stage.note("two: {}", update(again, 4, "two").result<int>());
    auto request = resetRequest(again, completion(history, 1));
    request.add_reset_reapply_exclude_types(enums::RESET_REAPPLY_EXCLUDE_TYPE_UPDATE);
    const auto without = reset(stage, request);
    stage.settled(without, "WorkflowTaskCompleted", 1);
    without.signal("done");
    stage.noteResult(without);
}

void resetActivities(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("caller", stage.options(), std::string("echo"), std::string("all"), std::string("hi"));
    stage.noteResult(run);
    const auto history = stage.closed(run);
    // Before and after the activity.
    for (const int number : {1, 2}) {
        const auto again = reset(stage, resetRequest(run, completion(history, number)));
        stage.noteResult(again);
    }
}

void resetParent(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("parent", stage.options(), std::string("parent"));
    const auto child = stage.child(run, 0);
    stage.settled(child, "WorkflowTaskCompleted");
    const auto history = stage.settled(run, "WorkflowTaskCompleted", 2);
    const auto again = reset(stage, resetRequest(run, completion(history, 2)));
    stage.settled(again, "WorkflowTaskCompleted", 2);
    // It still runs, and the new run hears of it.
    child.signal("finish");
    stage.noteResult(again);
    const auto third = reset(stage, resetRequest(run, completion(history, 2)));
    stage.noteResult(third);
}

void resetChain(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("rounds", stage.options(), 2, 3);
    const auto second = stage.next(run);
    stage.noteResult(run);
    const auto again = reset(stage, resetRequest(run, completion(stage.closed(run), 1)));
    stage.next(again);
    stage.noteResult(again);
    stage.note("the end of the chain", stage.describe(stage.compared().back()));
}

void deleted(Stage& stage) {
    stage.startWorker();
    const auto run = stage.client().startWorkflow("listener", stage.options());
    const auto open = stage.client().workflow(run.id(), run.runId());
    const auto remove = [&](const std::string& id, const std::string& runId) {
        wsv::DeleteWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_workflow_execution()->set_workflow_id(id);
        request.mutable_workflow_execution()->set_run_id(runId);
        stage.call<wsv::DeleteWorkflowExecutionResponse>("DeleteWorkflowExecution", request);
    };
    const auto untilGone = [&](const client::WorkflowHandle& handle) {
        // The real server deletes behind the caller's back.
        try {
            for (;;) handle.describe();
        } catch (const client::RpcError& error) {
            stage.note("{}: {}", base::errorCodeName(error.code()), error.what());
        }
    };
    stage.noteError("delete an open run", [&] { remove(run.id(), run.runId()); });
    untilGone(open);
    const auto closed = stage.client().startWorkflow("timers", stage.options());
    closed.resultPayloads({});
    stage.noteError("delete a closed run", [&] { remove(closed.id(), ""); });
    untilGone(stage.client().workflow(closed.id(), closed.runId()));
    stage.noteError("describe by the id alone", [&] { stage.client().workflow(closed.id()).describe(); });
    stage.noteError("delete it again", [&] { remove(closed.id(), closed.runId()); });
    stage.noteError("delete nobody", [&] { remove("deleted-nobody", ""); });
    stage.noteError("delete what", [&] { remove("", ""); });
    stage.noteError("delete nonsense", [&] { remove("deleted", "nonsense"); });
}

void pages(Stage& stage) {
    stage.startWorker();
    const auto run = stage.start("timers", stage.options());
    stage.noteResult(run);
    for (const int size : {1, 2, 3, 5, 1000}) {
        wsv::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(run.id());
        request.set_maximum_page_size(size);
        std::string line;
        do {
            const auto page =
                stage.call<wsv::GetWorkflowExecutionHistoryResponse>("GetWorkflowExecutionHistory", request);
            for (const auto& event : page.history().events()) line += std::to_string(event.event_id()) + " ";
            line += "| ";
            request.set_next_page_token(page.next_page_token());
        } while (!request.next_page_token().empty());
        stage.note("pages of {}: {}", size, line);
    }
}

}  // namespace

const std::vector<Script>& resetScripts() {
    static const std::vector<Script> all{
        {"reset_points", &resetPoints},
        {"reset_signals", &resetSignals},
        {"reset_updates", &resetUpdates},
        {"reset_activities", &resetActivities},
        {"reset_parent", &resetParent},
        {"reset_chain", &resetChain},
        {"deleted", &deleted},
        {"pages", &pages},
    };
    return all;
}

}  // namespace orrery::test
