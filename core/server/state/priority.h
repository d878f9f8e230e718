// SPDX-License-Identifier: MIT
// Priorities, which activities and children take over from their workflow.
#pragma once

#include <temporal/api/common/v1/message.pb.h>

namespace orrery::server {

/// What holds for a part of a workflow: its own fields, and the workflow's where it leaves them open.
temporal::api::common::v1::Priority mergedPriority(const temporal::api::common::v1::Priority& workflow,
                                                   const temporal::api::common::v1::Priority& own);

}  // namespace orrery::server
