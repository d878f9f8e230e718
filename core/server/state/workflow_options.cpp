// SPDX-License-Identifier: MIT
#include "core/server/state/workflow_options.h"

#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/events.h"
#include "core/server/state/methods.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using google::protobuf::util::FieldMaskUtil;

void checkOptions(const WorkflowOptions& options, const google::protobuf::FieldMask& mask) {
    for (const std::string& path : mask.paths()) {
        if (!FieldMaskUtil::IsValidPath<WorkflowOptions>(path)) {
            throw invalidArgument("error parsing UpdateMask: proto: invalid path \"" + path +
                                  "\" for message \"temporal.api.workflow.v1.WorkflowExecutionOptions\"");
        }
        if (path != "priority" && !path.starts_with("priority.")) {
            throw unimplemented("Only the priority of a workflow can be changed on this server, not " + path + ".");
        }
    }
    refuse(priorityProblem(options.priority()));
}

WorkflowOptions changeOptions(World& world, Run& run, const WorkflowOptions& options,
                              const google::protobuf::FieldMask& mask, const std::string& identity) {
    WorkflowOptions changed;
    if (run.priority.edited()) *changed.mutable_priority() = *run.priority;
    const WorkflowOptions before = changed;
    FieldMaskUtil::MergeOptions merge;
    merge.set_replace_message_fields(true);
    FieldMaskUtil::MergeMessageTo(options, mask, merge, &changed);
    // A mask that names a field which the options leave out takes it away.
    for (const std::string& path : mask.paths()) {
        if (path == "priority" && !options.has_priority()) changed.clear_priority();
    }
    if (google::protobuf::util::MessageDifferencer::Equals(before, changed)) return changed;
    run.priority = {};
    if (changed.has_priority()) run.priority = changed.priority();
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED);
    auto* attributes = event.mutable_workflow_execution_options_updated_event_attributes();
    attributes->set_unset_versioning_override(true);
    if (changed.has_priority()) *attributes->mutable_priority() = changed.priority();
    attributes->set_identity(identity);
    recordQuietly(world, run, std::move(event));
    return changed;
}

namespace {

std::unique_ptr<api::UpdateWorkflowExecutionOptionsResponse> updateOptions(
    World& world, const api::UpdateWorkflowExecutionOptionsRequest& request) {
    world.namespaceOf(request.namespace_());
    if (request.workflow_execution().workflow_id().empty()) throw invalidArgument("WorkflowId is not set on request.");
    if (!request.has_update_mask()) throw invalidArgument("UpdateMask is required");
    if (!request.has_workflow_execution_options()) throw invalidArgument("WorkflowExecutionOptions is required");
    checkOptions(request.workflow_execution_options(), request.update_mask());
    Run& run = targetOf(world, request);
    if (!run.open()) throw notFound("workflow execution already completed");
    auto response = std::make_unique<api::UpdateWorkflowExecutionOptionsResponse>();
    *response->mutable_workflow_execution_options() =
        changeOptions(world, run, request.workflow_execution_options(), request.update_mask(), request.identity());
    return response;
}

}  // namespace

void addOptionMethods(Methods& methods) { methods.add("UpdateWorkflowExecutionOptions", updateOptions); }

}  // namespace orrery::server
