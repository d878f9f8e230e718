// SPDX-License-Identifier: MIT
// A sequence of requests, with time between them. Each is made from the input's bytes along its descriptor, with ids
// and tokens of the answers before it.
#include "tests/fuzz/stage.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using namespace orrery::fuzz;
using namespace std::chrono_literals;

constexpr int kMostSteps = 80;

/// What makes a run go on is asked for more often than the rest.
constexpr const char* kCommon[] = {"StartWorkflowExecution",       "SignalWithStartWorkflowExecution",
                                   "ExecuteMultiOperation",        "PollWorkflowTaskQueue",
                                   "PollWorkflowTaskQueue",        "RespondWorkflowTaskCompleted",
                                   "RespondWorkflowTaskCompleted", "RespondWorkflowTaskCompleted",
                                   "RespondWorkflowTaskFailed",    "PollActivityTaskQueue",
                                   "RespondActivityTaskCompleted", "RespondActivityTaskFailed",
                                   "RespondActivityTaskCanceled",  "RecordActivityTaskHeartbeat",
                                   "SignalWorkflowExecution",      "RequestCancelWorkflowExecution",
                                   "TerminateWorkflowExecution",   "UpdateWorkflowExecution",
                                   "PollWorkflowExecutionUpdate",  "QueryWorkflow",
                                   "RespondQueryTaskCompleted",    "DescribeWorkflowExecution",
                                   "GetWorkflowExecutionHistory",  "ListWorkflowExecutions",
                                   "ResetWorkflowExecution",       "DeleteWorkflowExecution"};

orrery::base::Duration duration(Bytes& bytes) {
    constexpr orrery::base::Duration kDurations[] = {0s, 1ms, 1s, 7s, 60s, 10min, 1h, 26h};
    return kDurations[bytes.below(std::size(kDurations))];
}

void step(Stage& stage, Bytes& bytes) {
    const uint8_t what = bytes.byte();
    if (what >= 0xf0) return stage.pass(duration(bytes));
    if (what >= 0xe8) {
        const int how = bytes.byte();
        return stage.turnClock(how, duration(bytes));
    }
    const orrery::server::Methods::Method* method = nullptr;
    if (what < 0xb0) {
        method = orrery::server::allMethods().find("/temporal.api.workflowservice.v1.WorkflowService/" +
                                                   std::string(kCommon[what % std::size(kCommon)]));
    }
    if (method == nullptr) method = Stage::at(uint16_t(bytes.number())).method;
    const auto request = method->newRequest();
    fill(*request, stage.words, bytes);
    stage.call(*method, *request);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Bytes bytes(data, size);
    Stage stage;
    for (int steps = 0; steps < kMostSteps && !bytes.empty(); ++steps) step(stage, bytes);
    stage.finish();
    return 0;
}
