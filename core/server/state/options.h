// SPDX-License-Identifier: MIT
// Options of a run that change while it goes on: its priority and its own time.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <temporal/api/workflow/v1/message.pb.h>

#include "core/server/state/world.h"

namespace orrery::server {

/// Throws INVALID_ARGUMENT for a mask that names what there is not, or options that make no sense; fills in defaults.
void checkOptions(const World& world, const google::protobuf::FieldMask& mask,
                  temporal::api::workflow::v1::WorkflowExecutionOptions* options);
struct AppliedOptions {
    temporal::api::workflow::v1::WorkflowExecutionOptions options;  ///< all that hold now
    bool changed = false;
};
/// What the mask names of the options takes effect, with an event if that changes anything. They are checked, and the
/// run is open.
AppliedOptions applyOptions(World& world, Run& run, const google::protobuf::FieldMask& mask,
                            const temporal::api::workflow::v1::WorkflowExecutionOptions& options,
                            const std::string& identity);

}  // namespace orrery::server
