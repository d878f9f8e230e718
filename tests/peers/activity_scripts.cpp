// SPDX-License-Identifier: MIT
// Activities: retries, time-outs, heartbeats, cancellation, completion by somebody else.
#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "tests/peers/features.h"
#include "tests/peers/stage.h"

namespace orrery::test {
namespace {

namespace wsv = temporal::api::workflowservice::v1;

void call(Stage& stage, const std::string& suffix, const std::string& activity, const std::string& how,
          const std::string& argument) {
    stage.noteResult(stage.start("caller", stage.options(suffix), activity, how, argument));
}

void results(Stage& stage) {
    stage.startWorker();
    call(stage, "good", "echo", "", "hello");
    call(stage, "exhausted", "fail", "", "Odd");
    call(stage, "fatal", "fail", "", "Fatal");
    call(stage, "unknown", "nonsense", "start to close", "x");
    call(stage, "heartbeat", "heartbeat", "", "x");
}

void timeouts(Stage& stage) {
    stage.startWorker();
    for (const char* how : {"start to close", "schedule to start", "schedule to close", "heartbeat"}) {
        std::string suffix(how);
        std::replace(suffix.begin(), suffix.end(), ' ', '-');
        call(stage, suffix, suffix == "schedule-to-close" ? "fail" : "stuck", how, "word");
    }
}

void cancelled(Stage& stage) {
    stage.startWorker();
    for (const char* type : {"try", "wait", "abandon"}) {
        const auto run = stage.start("canceller", stage.options(type), std::string(type));
        stage.settled(run, "ActivityTaskScheduled");
        run.signal("enough");
        stage.noteResult(run);
    }
}

void completedBySomebodyElse(Stage& stage) {
    stage.startWorker();
    const auto begin = [&](const char* suffix) {
        const auto run =
            stage.start("caller", stage.options(suffix), std::string("later"), std::string(), std::string());
        return std::pair(run, Meeting::instance().takeToken());
    };
    payload::Payloads word = stage.client().converter().toPayloads(std::string("from elsewhere"));
    {
        const auto [run, token] = begin("completed");
        wsv::RespondActivityTaskCompletedRequest request;
        request.set_namespace_("default");
        request.set_task_token(token);
        request.set_identity("somebody");
        payload::toProto(word, request.mutable_result());
        stage.call<wsv::RespondActivityTaskCompletedResponse>("RespondActivityTaskCompleted", request);
        stage.noteResult(run);
        stage.noteError("twice", [&] {
            stage.call<wsv::RespondActivityTaskCompletedResponse>("RespondActivityTaskCompleted", request);
        });
    }
    {
        const auto [run, token] = begin("by-id");
        wsv::RespondActivityTaskCompletedByIdRequest request;
        request.set_namespace_("default");
        request.set_workflow_id(run.id());
        request.set_run_id(run.runId());
        request.set_activity_id("my-id");
        request.set_identity("somebody");
        payload::toProto(word, request.mutable_result());
        stage.call<wsv::RespondActivityTaskCompletedByIdResponse>("RespondActivityTaskCompletedById", request);
        stage.noteResult(run);
    }
    {
        const auto [run, token] = begin("failed");
        wsv::RespondActivityTaskFailedRequest request;
        request.set_namespace_("default");
        request.set_task_token(token);
        request.set_identity("somebody");
        request.mutable_failure()->set_message("elsewhere it failed");
        request.mutable_failure()->mutable_application_failure_info()->set_type("Fatal");
        stage.call<wsv::RespondActivityTaskFailedResponse>("RespondActivityTaskFailed", request);
        stage.noteResult(run);
    }
}

/// Its attempt is under way, and then waits for the next one.
void describedWhilePending(Stage& stage) {
    stage.startWorker({}, true);
    const auto run = stage.start("caller", stage.options(), std::string("fail"), std::string(), std::string("Odd"));
    stage.settled(run, "ActivityTaskScheduled");
    stage.gate().waitFor(1);
    stage.note("pending", stage.describe(run));
    stage.gate().open();
    stage.noteResult(run);
    stage.note("closed", stage.describe(run));
}

}  // namespace

const std::vector<Script>& activityScripts() {
    static const std::vector<Script> all{
        {"activities", &results},
        {"activity_timeouts", &timeouts},
        {"activity_cancelled", &cancelled},
        {"activity_completed_later", &completedBySomebodyElse},
        {"activity_described", &describedWhilePending},
    };
    return all;
}

}  // namespace orrery::test
