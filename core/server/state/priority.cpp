// SPDX-License-Identifier: MIT
#include "core/server/state/priority.h"

namespace orrery::server {

temporal::api::common::v1::Priority mergedPriority(const temporal::api::common::v1::Priority& workflow,
                                                   const temporal::api::common::v1::Priority& own) {
    // A field of protobuf's that is 0 or empty counts as not set, and only what is set is merged.
    temporal::api::common::v1::Priority merged = workflow;
    merged.MergeFrom(own);
    return merged;
}

}  // namespace orrery::server
