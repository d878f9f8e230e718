// SPDX-License-Identifier: MIT
#include "core/server/state/priority.h"

#include <algorithm>

namespace orrery::server {

temporal::api::common::v1::Priority mergedPriority(const temporal::api::common::v1::Priority& workflow,
                                                   const temporal::api::common::v1::Priority& own) {
    // A field of protobuf's that is 0 or empty counts as not set, and only what is set is merged.
    temporal::api::common::v1::Priority merged = workflow;
    merged.MergeFrom(own);
    return merged;
}

PriorityLevel priorityLevel(const temporal::api::common::v1::Priority& priority) {
    if (priority.priority_key() == 0) return kNormalPriority;
    return PriorityLevel(std::clamp<int32_t>(priority.priority_key(), 1, kLastPriority));
}

}  // namespace orrery::server
