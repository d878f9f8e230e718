// SPDX-License-Identifier: MIT
// What the tests of resets have in common.
#pragma once

#include "tests/core/server/driver.h"

#ifndef Q_MOC_RUN

namespace orrery::test {

using namespace std::chrono_literals;

inline api::ResetWorkflowExecutionRequest resetRequest(int64_t finishId, const std::string& runId = {},
                                                       const std::string& id = "w") {
    api::ResetWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    request.mutable_workflow_execution()->set_run_id(runId);
    request.set_reason("because");
    request.set_workflow_task_finish_event_id(finishId);
    static int number = 0;
    request.set_request_id("reset-" + std::to_string(++number));
    return request;
}

inline std::string reset(Driver& driver, const api::ResetWorkflowExecutionRequest& request) {
    return driver.call("ResetWorkflowExecution", request)->as<api::ResetWorkflowExecutionResponse>().run_id();
}

inline void signal(Driver& driver, const std::string& name) {
    api::SignalWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.set_signal_name(name);
    driver.call("SignalWorkflowExecution", request);
}

/// "approve 5, reject 6": the signals of a run and their events.
inline QString signalsOf(Driver& driver, const std::string& runId = {}) {
    QStringList names;
    for (const auto& event : driver.events("w", runId)) {
        if (!event.has_workflow_execution_signaled_event_attributes()) continue;
        names << QString::fromStdString(event.workflow_execution_signaled_event_attributes().signal_name());
    }
    return names.join(QLatin1Char(' '));
}

/// One with all that the table below cuts: [1 2] [3] [4 5 6] [7 8] [9] [10] | [11 12] [13 14 15 16] [17] [18].
inline void play(Driver& driver) {
    driver.start("w");
    driver.complete(driver.task(), {Driver::schedule("a"), Driver::timer("t", 1h)});
    signal(driver, "one");
    driver.failTask(driver.task());
    const auto retry = driver.task();
    signal(driver, "two");
    driver.complete(retry, {Driver::timer("u", 1h)});
    driver.complete(driver.task());
}

}  // namespace orrery::test

#endif  // Q_MOC_RUN
