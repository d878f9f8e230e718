// SPDX-License-Identifier: MIT
// PollWorkflowExecutionTimeSkipping: waits until a fast-forward has come to its end, or cannot any more.
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/checks.h"
#include "core/server/state/go_text.h"
#include "core/server/state/methods.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

using Response = api::PollWorkflowExecutionTimeSkippingResponse;

struct Question {
    std::string id;                         ///< of the fast-forward
    std::optional<base::Timestamp> target;  ///< that it had when the wait began
};

std::unique_ptr<Response> responseOf(const Run& run, enums::FastForwardPollingResult result, const char* why = "") {
    auto response = std::make_unique<Response>();
    response->set_fast_forward_polling_result(result);
    response->set_failed_reason(why);
    if (auto info = fastForwardInfo(run)) *response->mutable_fast_forward_info() = std::move(*info);
    return response;
}

/// nullptr while the fast-forward is on its way.
std::unique_ptr<Response> outcome(const Run& run, const Question& question) {
    const auto failed = [&run](const char* why) {
        return responseOf(run, enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED, why);
    };
    const auto info = fastForwardInfo(run);
    if (!info || info->fast_forward_id() != question.id) {
        return failed("the requested fast_forward_id does not match the execution's current fast-forward");
    }
    if (question.target && *question.target != run.timeSkipping->fastForward->target) {
        return failed("the fast-forward was reset");
    }
    if (info->has_completed()) {
        return responseOf(run, enums::FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED);
    }
    if (!run.open() && run.nextRunId.empty()) return failed("the execution ended before the fast-forward completed");
    if (!run.timeSkipping->config->enabled()) {
        return failed("time skipping was disabled before the fast-forward completed");
    }
    return nullptr;
}

void waitAt(World& world, Run& run, uint64_t waitId, const Question& question);

/// Asked when something changed in the run. In a chain the wait goes on with the next run.
bool settled(World& world, Run& run, uint64_t waitId, const Question& question, const CallPtr& waiting) {
    Run* at = &run;
    while (!at->open() && !at->nextRunId.empty()) {
        Run* next = world.findRun(at->nextRunId);
        if (next == nullptr) break;
        at = next;
    }
    auto response = outcome(*at, question);
    if (!response) {
        if (at != &run) waitAt(world, *at, waitId, question);
        return false;
    }
    if (waiting) world.answer(waiting, std::move(response));
    return true;
}

void waitAt(World& world, Run& run, uint64_t waitId, const Question& question) {
    run.historyQuestions[waitId] = [&world, &run, waitId, question](const CallPtr& waiting) {
        return settled(world, run, waitId, question, waiting);
    };
}

void poll(World& world, const api::PollWorkflowExecutionTimeSkippingRequest& request, const CallPtr& call) {
    checkTarget(world, request);
    if (!world.limits().workflowTimeSkipping) {
        throw unimplemented("The Time-Skipping feature is not enabled for namespace.");
    }
    if (isBlank(request.fast_forward_id())) {
        throw invalidArgument("Time skipping config invalid: fast_forward_id must be set");
    }
    Run& run = world.runOf(request.namespace_(), request.workflow_execution());
    Question question{request.fast_forward_id(), std::nullopt};
    if (auto response = outcome(run, question)) return world.answer(call, std::move(response));
    question.target = run.timeSkipping->fastForward->target;
    const auto pending = std::make_shared<Response>(*responseOf(run, enums::FAST_FORWARD_POLLING_RESULT_POLL_TIMEOUT));
    Waits::Wait wait;
    wait.call = call;
    wait.deadline = world.pollDeadline(call, world.limits().historyPoll);
    // The run's note of the wait is dropped the next time it is looked at.
    wait.dropped = [] {};
    wait.expired = [&world, pending](const CallPtr& late) { world.answer(late, std::make_unique<Response>(*pending)); };
    const uint64_t waitId = world.waits.add(std::move(wait));
    waitAt(world, run, waitId, question);
}

}  // namespace

void addSkipMethods(Methods& methods) {
    methods.addAsync<api::PollWorkflowExecutionTimeSkippingRequest>("PollWorkflowExecutionTimeSkipping", poll);
}

}  // namespace orrery::server
