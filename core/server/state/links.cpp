// SPDX-License-Identifier: MIT
#include "core/server/state/links.h"

namespace orrery::server {
namespace {

common::Link::WorkflowEvent* eventOf(const Run& run, common::Link* link) {
    auto* event = link->mutable_workflow_event();
    event->set_namespace_(run.ns);
    event->set_workflow_id(run.workflowId);
    event->set_run_id(run.runId);
    return event;
}

}  // namespace

common::Link linkToStart(const Run& run) {
    common::Link link;
    auto* reference = eventOf(run, &link)->mutable_event_ref();
    reference->set_event_id(1);
    reference->set_event_type(enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
    return link;
}

common::Link linkToRequest(const Run& run, const std::string& requestId, enums::EventType type) {
    common::Link link;
    auto* reference = eventOf(run, &link)->mutable_request_id_ref();
    reference->set_request_id(requestId);
    reference->set_event_type(type);
    return link;
}

common::Link linkToRun(const Run& run, const std::string& reason) {
    common::Link link;
    auto* whole = link.mutable_workflow();
    whole->set_namespace_(run.ns);
    whole->set_workflow_id(run.workflowId);
    whole->set_run_id(run.runId);
    whole->set_reason(reason);
    return link;
}

}  // namespace orrery::server
