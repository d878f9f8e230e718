// SPDX-License-Identifier: MIT
#include "app/samples/steps.h"

#include <algorithm>

#include "core/activity/activity.h"

namespace orrery::samples {

using namespace std::chrono_literals;

definition::ActivityOptions step(const std::string& summary) {
    return definition::ActivityOptions()
        .startToCloseTimeout(1min)
        .heartbeatTimeout(3s)
        .retryPolicy(definition::RetryPolicy().initialInterval(1s).maximumInterval(30s))
        .summary(summary);
}

void takeTime(double seconds) {
    const auto whole = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
    for (base::Duration spent{}; spent < whole;) {
        const base::Duration slice = std::min<base::Duration>(500ms, whole - spent);
        activity::sleep(slice);
        spent += slice;
        activity::heartbeat(static_cast<int>(100 * spent / whole));
    }
}

}  // namespace orrery::samples
