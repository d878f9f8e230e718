// SPDX-License-Identifier: MIT
// Priorities: which activities and children take over from their workflow, and which task of a queue comes first.
#pragma once

#include <cstdint>

#include <temporal/api/common/v1/message.pb.h>

namespace orrery::server {

/// What holds for a part of a workflow: its own fields, and the workflow's where it leaves them open.
temporal::api::common::v1::Priority mergedPriority(const temporal::api::common::v1::Priority& workflow,
                                                   const temporal::api::common::v1::Priority& own);

/// 1 comes first, 5 last.
using PriorityLevel = uint8_t;
inline constexpr PriorityLevel kNormalPriority = 3;
inline constexpr PriorityLevel kLastPriority = 5;

/// Of a task. Who names no level has the normal one.
PriorityLevel priorityLevel(const temporal::api::common::v1::Priority& priority);

}  // namespace orrery::server
