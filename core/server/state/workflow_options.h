// SPDX-License-Identifier: MIT
// What can be changed about a run from outside while it runs.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <temporal/api/workflow/v1/message.pb.h>

#include "core/server/state/world.h"

namespace orrery::server {

using WorkflowOptions = temporal::api::workflow::v1::WorkflowExecutionOptions;

/// Throws INVALID_ARGUMENT for a mask that names what there is not, UNIMPLEMENTED for what this server cannot change.
void checkOptions(const WorkflowOptions& options, const google::protobuf::FieldMask& mask);
/// Takes over the checked options that the mask names, with an event where they change something. Gives all options.
WorkflowOptions changeOptions(World& world, Run& run, const WorkflowOptions& options,
                              const google::protobuf::FieldMask& mask, const std::string& identity);

}  // namespace orrery::server
