// SPDX-License-Identifier: MIT
#include "core/server/state/children.h"

#include <temporal/api/command/v1/message.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/attributes.h"
#include "core/server/state/cron.h"
#include "core/server/state/events.h"
#include "core/server/state/lifecycle.h"
#include "core/server/state/priority.h"
#include "core/server/state/reset.h"
#include "core/server/state/retry.h"
#include "core/server/state/skip_time.h"
#include "core/server/state/start.h"

namespace orrery::server {
namespace {

/// The parent's note of a child; nullptr when the parent no longer cares.
PendingChild* childOf(World& world, const std::string& parentRunId, int64_t initiatedId, Run** parent) {
    *parent = world.findRun(parentRunId);
    if (*parent == nullptr || !(*parent)->open()) return nullptr;
    const auto found = (*parent)->children.find(initiatedId);
    return found == (*parent)->children.end() ? nullptr : &found->second;
}

/// The run that hears of the child's end: its parent, or what the parent was reset to.
std::string hearerOf(World& world, const Run& child) {
    constexpr int kMostResets = 100;
    std::string id = child.parent->runId;
    for (int i = 0; i < kMostResets; ++i) {
        const Run* parent = world.findRun(id);
        if (parent == nullptr || parent->open() || parent->resets->resetRunId.empty()) break;
        id = parent->resets->resetRunId;
    }
    return id;
}

/// The child that the runs before `parent` have begun for the same event; nullptr when there is none.
Run* inheritedChild(World& world, const Run& parent, const PendingChild& child) {
    if (!isReset(parent) || child.initiatedId > parent.resets->copiedEvents) return nullptr;
    Run* run = world.findRun(parent.ns, child.attributes.workflow_id(), "");
    if (run == nullptr || !run->parent || run->parent->workflowId != parent.workflowId) return nullptr;
    const std::string& original = originalRunId(parent);
    if (run->parent->runId == original) return run;
    const Run* parentThen = world.findRun(run->parent->runId);
    return parentThen != nullptr && originalRunId(*parentThen) == original ? run : nullptr;
}

void childStarted(World& world, Run& parent, PendingChild& child, const std::string& firstRunId) {
    child.runId = firstRunId;
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED);
    auto* attributes = event.mutable_child_workflow_execution_started_event_attributes();
    attributes->set_namespace_(parent.ns);
    attributes->set_namespace_id(child.attributes.namespace_id());
    attributes->set_initiated_event_id(child.initiatedId);
    attributes->mutable_workflow_execution()->set_workflow_id(child.attributes.workflow_id());
    attributes->mutable_workflow_execution()->set_run_id(firstRunId);
    *attributes->mutable_workflow_type() = child.attributes.workflow_type();
    if (child.attributes.has_header()) *attributes->mutable_header() = child.attributes.header();
    record(world, parent, std::move(event));
}

void childNotStarted(World& world, Run& parent, PendingChild& child) {
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED);
    auto* attributes = event.mutable_start_child_workflow_execution_failed_event_attributes();
    attributes->set_namespace_(parent.ns);
    attributes->set_namespace_id(child.attributes.namespace_id());
    attributes->set_workflow_id(child.attributes.workflow_id());
    *attributes->mutable_workflow_type() = child.attributes.workflow_type();
    attributes->set_cause(enums::START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS);
    attributes->set_initiated_event_id(child.initiatedId);
    parent.children.erase(child.initiatedId);
    record(world, parent, std::move(event));
}

NewRun planOfChild(const World& world, const Run& parent, const PendingChild& child) {
    const auto& from = child.attributes;
    NewRun plan;
    plan.ns = parent.ns;
    plan.workflowId = from.workflow_id();
    plan.requestId = parent.runId + ":" + std::to_string(child.initiatedId) + ":0";
    plan.parent = ParentLink{parent.ns, parent.workflowId, parent.runId, child.initiatedId};
    plan.backoff =
        cronBackoff(from.cron_schedule(), world.nowOf(parent), world.nowOf(parent)).value_or(base::Duration(0));
    auto& to = plan.attributes;
    to.set_cron_schedule(from.cron_schedule());
    if (!from.cron_schedule().empty()) to.set_initiator(enums::CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE);
    *to.mutable_workflow_type() = from.workflow_type();
    *to.mutable_task_queue() = from.task_queue();
    if (from.has_input()) *to.mutable_input() = from.input();
    if (from.has_workflow_execution_timeout())
        *to.mutable_workflow_execution_timeout() = from.workflow_execution_timeout();
    if (from.has_workflow_run_timeout()) *to.mutable_workflow_run_timeout() = from.workflow_run_timeout();
    if (from.has_workflow_task_timeout()) *to.mutable_workflow_task_timeout() = from.workflow_task_timeout();
    if (from.has_retry_policy()) *to.mutable_retry_policy() = from.retry_policy();
    if (from.has_header()) *to.mutable_header() = from.header();
    if (from.has_memo()) *to.mutable_memo() = from.memo();
    if (from.has_search_attributes()) *to.mutable_search_attributes() = from.search_attributes();
    if (from.has_priority() || parent.priority.edited()) {
        *to.mutable_priority() = mergedPriority(*parent.priority, from.priority());
    }
    if (from.has_time_skipping_config()) *to.mutable_time_skipping_config() = from.time_skipping_config();
    if (from.has_time_skipping_state_propagation()) {
        *to.mutable_time_skipping_state_propagation() = from.time_skipping_state_propagation();
    }
    to.set_parent_workflow_namespace(parent.ns);
    to.set_parent_workflow_namespace_id(from.namespace_id());
    to.mutable_parent_workflow_execution()->set_workflow_id(parent.workflowId);
    to.mutable_parent_workflow_execution()->set_run_id(parent.runId);
    to.set_parent_initiated_event_id(child.initiatedId);
    to.mutable_root_workflow_execution()->set_workflow_id(parent.rootWorkflowId());
    to.mutable_root_workflow_execution()->set_run_id(parent.rootRunId());
    return plan;
}

void beginChild(World& world, const std::string& parentRunId, int64_t initiatedId,
                const temporal::api::sdk::v1::UserMetadata& metadata) {
    Run* parent = nullptr;
    PendingChild* child = childOf(world, parentRunId, initiatedId, &parent);
    if (child == nullptr) return;
    if (const Run* inherited = inheritedChild(world, *parent, *child)) {
        return childStarted(world, *parent, *child, inherited->firstRunId);
    }
    const auto policy = child->attributes.workflow_id_reuse_policy();
    Run* current = world.findRun(parent->ns, child->attributes.workflow_id(), "");
    const bool open = current != nullptr && current->open();
    const bool givesWay = open && policy == enums::WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING && current != parent;
    const bool taken = current != nullptr && !givesWay && (open || reuseProblem(*current, policy));
    if (taken) return childNotStarted(world, *parent, *child);
    NewRun plan = planOfChild(world, *parent, *child);
    if (givesWay) plan.runId = terminateFor(world, *current);
    plan.userMetadata = metadata;
    Run& run = createRun(world, std::move(plan));
    childStarted(world, *parent, *child, run.runId);
    beginRun(world, run);
}

/// What all five events of a child's end have in common.
template <typename Attributes>
void fillEnd(const Run& parent, const PendingChild& child, const Run& run, Attributes* attributes) {
    attributes->set_namespace_(parent.ns);
    attributes->set_namespace_id(child.attributes.namespace_id());
    attributes->mutable_workflow_execution()->set_workflow_id(run.workflowId);
    attributes->mutable_workflow_execution()->set_run_id(run.runId);
    *attributes->mutable_workflow_type() = child.attributes.workflow_type();
    attributes->set_initiated_event_id(child.initiatedId);
    attributes->set_started_event_id(child.startedId);
}

HistoryEvent endEvent(World& world, const Run& parent, const PendingChild& child, const Run& run,
                      const HistoryEvent& close) {
    switch (run.status) {
        case enums::WORKFLOW_EXECUTION_STATUS_COMPLETED: {
            HistoryEvent event = newEvent(world, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED);
            auto* attributes = event.mutable_child_workflow_execution_completed_event_attributes();
            fillEnd(parent, child, run, attributes);
            const auto& from = close.workflow_execution_completed_event_attributes();
            if (from.has_result()) *attributes->mutable_result() = from.result();
            return event;
        }
        case enums::WORKFLOW_EXECUTION_STATUS_FAILED: {
            HistoryEvent event = newEvent(world, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED);
            auto* attributes = event.mutable_child_workflow_execution_failed_event_attributes();
            fillEnd(parent, child, run, attributes);
            *attributes->mutable_failure() = close.workflow_execution_failed_event_attributes().failure();
            attributes->set_retry_state(close.workflow_execution_failed_event_attributes().retry_state());
            return event;
        }
        case enums::WORKFLOW_EXECUTION_STATUS_CANCELED: {
            HistoryEvent event = newEvent(world, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED);
            auto* attributes = event.mutable_child_workflow_execution_canceled_event_attributes();
            fillEnd(parent, child, run, attributes);
            const auto& from = close.workflow_execution_canceled_event_attributes();
            if (from.has_details()) *attributes->mutable_details() = from.details();
            return event;
        }
        case enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT: {
            HistoryEvent event = newEvent(world, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT);
            auto* attributes = event.mutable_child_workflow_execution_timed_out_event_attributes();
            fillEnd(parent, child, run, attributes);
            attributes->set_retry_state(close.workflow_execution_timed_out_event_attributes().retry_state());
            return event;
        }
        default: {
            HistoryEvent event = newEvent(world, enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED);
            fillEnd(parent, child, run, event.mutable_child_workflow_execution_terminated_event_attributes());
            return event;
        }
    }
}

}  // namespace

void startChild(World& world, Run& parent, const Command& command, int64_t completedId) {
    const auto& from = command.start_child_workflow_execution_command_attributes();
    HistoryEvent event = newEvent(world, enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED);
    auto* to = event.mutable_start_child_workflow_execution_initiated_event_attributes();
    to->set_namespace_(parent.ns);
    to->set_namespace_id(world.namespaceOf(parent.ns).id);
    to->set_workflow_id(from.workflow_id());
    *to->mutable_workflow_type() = from.workflow_type();
    *to->mutable_task_queue() = from.task_queue();
    if (from.task_queue().name().empty()) to->mutable_task_queue()->set_name(parent.queue);
    to->mutable_task_queue()->set_kind(enums::TASK_QUEUE_KIND_NORMAL);
    if (from.has_input()) *to->mutable_input() = from.input();
    if (from.has_workflow_execution_timeout())
        *to->mutable_workflow_execution_timeout() = from.workflow_execution_timeout();
    // There even when nothing bounds the child.
    *to->mutable_workflow_run_timeout() = from.workflow_run_timeout();
    payload::toProto(parent.taskLength, to->mutable_workflow_task_timeout());
    if (from.has_workflow_task_timeout()) *to->mutable_workflow_task_timeout() = from.workflow_task_timeout();
    const base::Duration bound = payload::fromProto(from.workflow_run_timeout());
    if (bound > base::Duration::zero() && payload::fromProto(to->workflow_task_timeout()) > bound) {
        *to->mutable_workflow_task_timeout() = from.workflow_run_timeout();
    }
    to->set_parent_close_policy(from.parent_close_policy() == enums::PARENT_CLOSE_POLICY_UNSPECIFIED
                                    ? enums::PARENT_CLOSE_POLICY_TERMINATE
                                    : from.parent_close_policy());
    to->set_workflow_task_completed_event_id(completedId);
    to->set_workflow_id_reuse_policy(from.workflow_id_reuse_policy() == enums::WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED
                                         ? enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
                                         : from.workflow_id_reuse_policy());
    to->set_control(from.control());
    to->set_cron_schedule(from.cron_schedule());
    if (from.has_retry_policy()) {
        *to->mutable_retry_policy() = from.retry_policy();
        fillRetryPolicy(to->mutable_retry_policy());
    }
    if (from.has_header()) *to->mutable_header() = from.header();
    if (from.has_memo()) *to->mutable_memo() = from.memo();
    if (from.has_search_attributes()) *to->mutable_search_attributes() = from.search_attributes();
    dropEmptyFields(to);
    if (from.has_priority()) *to->mutable_priority() = from.priority();
    handTimeToChild(parent, to);
    const auto metadata = command.user_metadata();
    if (command.has_user_metadata()) *event.mutable_user_metadata() = metadata;
    *event.mutable_event_group_markers() = command.event_group_markers();
    PendingChild child;
    child.attributes = *to;
    child.initiatedId = append(world, parent, std::move(event));
    const int64_t initiatedId = child.initiatedId;
    parent.children.emplace(initiatedId, std::move(child));
    world.later(
        [&world, runId = parent.runId, initiatedId, metadata] { beginChild(world, runId, initiatedId, metadata); });
}

void resumeChild(World& world, Run& parent, int64_t initiatedId) {
    const auto metadata = parent.log.event(initiatedId).user_metadata();
    world.later(
        [&world, runId = parent.runId, initiatedId, metadata] { beginChild(world, runId, initiatedId, metadata); });
}

void closeChildren(World& world, Run& run) {
    for (const auto& [initiatedId, child] : run.children) {
        if (child.attributes.parent_close_policy() == enums::PARENT_CLOSE_POLICY_ABANDON) continue;
        // What was asked for but has not begun never does, whatever its policy.
        if (child.runId.empty() || child.closing) continue;
        world.later([&world, ns = run.ns, id = child.attributes.workflow_id(), first = child.runId,
                     policy = child.attributes.parent_close_policy(), parentId = run.workflowId,
                     parentRun = run.runId] {
            Run* other = world.findRun(ns, id, "");
            if (other == nullptr || !other->open() || other->firstRunId != first) return;
            // A run that a reset made takes over children, but they are not its own, says the real server.
            if (!other->parent || other->parent->runId != parentRun) return;
            if (policy == enums::PARENT_CLOSE_POLICY_TERMINATE) {
                return terminateRun(world, *other, "by parent close policy", nullptr, "history-service");
            }
            HistoryEvent event = newEvent(world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
            auto* attributes = event.mutable_workflow_execution_cancel_requested_event_attributes();
            attributes->set_identity("history-service");
            attributes->mutable_external_workflow_execution()->set_workflow_id(parentId);
            attributes->mutable_external_workflow_execution()->set_run_id(parentRun);
            requestCancelRun(world, *other, std::move(event));
        });
    }
    run.children.clear();
}

void tellParent(World& world, Run& run, const HistoryEvent& closeEvent) {
    if (!run.parent) return;
    world.later([&world, &run, closeEvent] {
        Run* parent = nullptr;
        PendingChild* child = childOf(world, hearerOf(world, run), run.parent->initiatedId, &parent);
        if (child == nullptr || child->closing || child->attributes.workflow_id() != run.workflowId) return;
        // A parent that was reset learns of the start together with the end; and it may have begun another child.
        if (child->runId.empty()) childStarted(world, *parent, *child, run.firstRunId);
        if (child->runId != run.firstRunId) return;
        child->closing = true;
        record(world, *parent, endEvent(world, *parent, *child, run, closeEvent));
    });
}

}  // namespace orrery::server
