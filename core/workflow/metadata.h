// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "core/payload/payload.h"
#include "core/workflow/definition.h"

namespace orrery::workflow {

inline constexpr const char* kMetadataQuery = "__temporal_workflow_metadata";
inline constexpr const char* kStackTraceQuery = "__stack_trace";

/// The answer to __temporal_workflow_metadata: temporal.api.sdk.v1.WorkflowMetadata as json/protobuf. Handlers are
/// sorted by name; the dynamic one has an empty name. Made without the user's converter, so that every tool can read
/// it.
Payload workflowMetadata(const WorkflowType& type, const std::string& workflowType, const std::string& currentDetails);

}  // namespace orrery::workflow
