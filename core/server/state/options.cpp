// SPDX-License-Identifier: MIT
#include "core/server/state/options.h"

#include <algorithm>
#include <set>

#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/checks.h"
#include "core/server/state/events.h"
#include "core/server/state/methods.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using google::protobuf::FieldMask;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::MessageDifferencer;
using Options = temporal::api::workflow::v1::WorkflowExecutionOptions;

namespace {

bool names(const FieldMask& mask, std::string_view path) {
    return std::find(mask.paths().begin(), mask.paths().end(), path) != mask.paths().end();
}

bool namesBelow(const FieldMask& mask, std::string_view parent) {
    return std::any_of(mask.paths().begin(), mask.paths().end(), [parent](const std::string& path) {
        return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '.';
    });
}

Options optionsOf(const Run& run) {
    Options options;
    if (run.priority.edited()) *options.mutable_priority() = *run.priority;
    if (run.timeSkipping && run.timeSkipping->config) {
        *options.mutable_time_skipping_config() = *run.timeSkipping->config;
    }
    return options;
}

void mergePriority(const FieldMask& mask, const Options& from, Options* to) {
    if (names(mask, "priority")) {
        to->clear_priority();
        if (from.has_priority()) *to->mutable_priority() = from.priority();
    }
    const auto& wanted = from.priority();
    if (names(mask, "priority.priority_key")) to->mutable_priority()->set_priority_key(wanted.priority_key());
    if (names(mask, "priority.fairness_key")) to->mutable_priority()->set_fairness_key(wanted.fairness_key());
    if (names(mask, "priority.fairness_weight")) to->mutable_priority()->set_fairness_weight(wanted.fairness_weight());
}

/// What they become; the second tells that there is a fast-forward to begin anew, though it may look the same.
std::pair<Options, bool> merged(const Run& run, const FieldMask& mask, const Options& from) {
    Options to = optionsOf(run);
    if (namesBelow(mask, "time_skipping_config")) {
        throw invalidArgument("error applying update_options: time_skipping_config doesn't support partial update");
    }
    if (namesBelow(mask, "versioning_override")) {
        throw invalidArgument("error applying update_options: versioning_override doesn't support partial updates");
    }
    mergePriority(mask, from, &to);
    if (names(mask, "versioning_override")) to.clear_versioning_override();
    if (!names(mask, "time_skipping_config")) return {to, false};
    to.clear_time_skipping_config();
    if (from.has_time_skipping_config()) *to.mutable_time_skipping_config() = from.time_skipping_config();
    return {to, from.time_skipping_config().has_fast_forward_config()};
}

std::unique_ptr<api::UpdateWorkflowExecutionOptionsResponse> updateOptions(
    World& world, const api::UpdateWorkflowExecutionOptionsRequest& request) {
    if (request.workflow_execution().workflow_id().empty()) throw invalidArgument("WorkflowId is not set on request.");
    if (!request.has_update_mask()) throw invalidArgument("UpdateMask is required");
    if (!request.has_workflow_execution_options()) throw invalidArgument("WorkflowExecutionOptions is required");
    Options options = request.workflow_execution_options();
    checkOptions(world, request.update_mask(), &options);
    Run& run = targetOf(world, request);
    if (!run.open()) throw notFound("workflow execution already completed");
    auto response = std::make_unique<api::UpdateWorkflowExecutionOptionsResponse>();
    AppliedOptions applied = applyOptions(world, run, request.update_mask(), options, request.identity());
    *response->mutable_workflow_execution_options() = std::move(applied.options);
    if (applied.changed) payload::toProto(world.nowOf(run), response->mutable_update_time());
    return response;
}

}  // namespace

void checkOptions(const World& world, const FieldMask& mask, Options* options) {
    for (const std::string& path : mask.paths()) {
        if (FieldMaskUtil::IsValidPath<Options>(path)) continue;
        throw invalidArgument("error parsing UpdateMask: proto: invalid path \"" + path + "\" for message \"" +
                              Options::descriptor()->full_name() + "\"");
    }
    refuse(priorityProblem(options->priority()));
    if (options->has_time_skipping_config()) prepareSkipping(world, options->mutable_time_skipping_config());
    // Deployments are not part of this server, so there is no version that a run could be pinned to.
    const bool pins = names(mask, "versioning_override") && options->has_versioning_override();
    if (pins) refuse(overrideProblem(options->versioning_override()));
    if (pins) throw failedPrecondition("versioning overrides need worker deployments, which this server does not have");
}

AppliedOptions applyOptions(World& world, Run& run, const FieldMask& mask, const Options& options,
                            const std::string& identity) {
    const Options before = optionsOf(run);
    const auto [after, restarts] = merged(run, mask, options);
    const bool skippingChanges =
        restarts || before.has_time_skipping_config() != after.has_time_skipping_config() ||
        !MessageDifferencer::Equals(before.time_skipping_config(), after.time_skipping_config());
    if (!skippingChanges && MessageDifferencer::Equals(before, after)) return {after, false};
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED);
    event.set_worker_may_ignore(true);
    auto* attributes = event.mutable_workflow_execution_options_updated_event_attributes();
    attributes->set_unset_versioning_override(!after.has_versioning_override());
    attributes->set_identity(identity);
    if (after.has_priority()) *attributes->mutable_priority() = after.priority();
    if (after.has_time_skipping_config()) *attributes->mutable_time_skipping_config() = after.time_skipping_config();
    attributes->set_time_skipping_config_updated(skippingChanges);
    recordQuietly(world, run, std::move(event));
    // An event without a priority leaves it as it is.
    if (after.has_priority()) run.priority = after.priority();
    if (skippingChanges) {
        changeSkipping(world, run, after.has_time_skipping_config() ? &after.time_skipping_config() : nullptr);
    }
    return {after, true};
}

void addOptionMethods(Methods& methods) { methods.add("UpdateWorkflowExecutionOptions", updateOptions); }

}  // namespace orrery::server
