// SPDX-License-Identifier: MIT
#include "core/server/state/reapply.h"

#include "core/server/state/events.h"
#include "core/server/state/skip_time.h"

namespace orrery::server {
namespace {

class Reapplying {
public:
    Reapplying(World& world, Run& run, const ResetOrder& order) : m_world(world), m_run(run), m_order(order) {}

    /// Gives the run that it continued as.
    std::string eventsFrom(const Run& from, int64_t first) {
        HistoryEvent event;
        for (int64_t id = first; id <= from.log.lastId(); ++id) {
            event = from.log.event(id);
            one(event);
        }
        return event.workflow_execution_continued_as_new_event_attributes().new_execution_run_id();
    }

private:
    void one(const HistoryEvent& event) {
        switch (event.event_type()) {
            case enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: return signal(event);
            case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:
                return update(event.workflow_execution_update_admitted_event_attributes().request(),
                              event.workflow_execution_update_admitted_event_attributes().origin());
            case enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                // Without a request there is an Admitted event that has it.
                if (!event.workflow_execution_update_accepted_event_attributes().has_accepted_request()) return;
                return update(event.workflow_execution_update_accepted_event_attributes().accepted_request(),
                              enums::UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY);
            case enums::EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: return options(event);
            case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: {
                const auto& attributes = event.child_workflow_execution_started_event_attributes();
                PendingChild* child = childOf(attributes.initiated_event_id());
                if (child == nullptr || !child->runId.empty()) return;
                child->runId = attributes.workflow_execution().run_id();
                return again(event);
            }
            case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED: {
                const auto& attributes = event.start_child_workflow_execution_failed_event_attributes();
                if (childOf(attributes.initiated_event_id()) == nullptr) return;
                m_run.children.erase(attributes.initiated_event_id());
                return again(event);
            }
            case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
                return childEnded(event, event.child_workflow_execution_completed_event_attributes());
            case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
                return childEnded(event, event.child_workflow_execution_failed_event_attributes());
            case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
                return childEnded(event, event.child_workflow_execution_canceled_event_attributes());
            case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
                return childEnded(event, event.child_workflow_execution_timed_out_event_attributes());
            case enums::EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
                return childEnded(event, event.child_workflow_execution_terminated_event_attributes());
            default: return;
        }
    }

    void again(const HistoryEvent& event) {
        HistoryEvent copy = event;
        copy.clear_event_time();
        record(m_world, m_run, std::move(copy));
    }

    void signal(const HistoryEvent& event) {
        if (!m_order.signals) return;
        const auto& from = event.workflow_execution_signaled_event_attributes();
        HistoryEvent copy = newEvent(m_world, event.event_type());
        auto* to = copy.mutable_workflow_execution_signaled_event_attributes();
        to->set_signal_name(from.signal_name());
        if (from.has_input()) *to->mutable_input() = from.input();
        to->set_identity(from.identity());
        if (from.has_header()) *to->mutable_header() = from.header();
        to->set_request_id(from.request_id());
        *copy.mutable_links() = event.links();
        ++m_run.signalCount;
        record(m_world, m_run, std::move(copy));
    }

    void update(const temporal::api::update::v1::Request& request, enums::UpdateAdmittedEventOrigin origin) {
        const std::string& id = request.meta().update_id();
        // A later run of the chain may have had one of the same id. The first one stays.
        if (!m_order.updates || m_run.updates.count(id) != 0) return;
        Update& update = m_run.updates[id];
        update.id = id;
        update.request = request;
        m_run.updateOrder.push_back(id);
        ++m_run.openUpdates;
        HistoryEvent event = newEvent(m_world, enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED);
        auto* attributes = event.mutable_workflow_execution_update_admitted_event_attributes();
        *attributes->mutable_request() = request;
        attributes->set_origin(origin);
        record(m_world, m_run, std::move(event));
    }

    void options(const HistoryEvent& event) {
        const auto& attributes = event.workflow_execution_options_updated_event_attributes();
        const std::string& request = attributes.attached_request_id();
        const bool attachedBefore = !request.empty() && m_run.knowsRequest(request);
        if (attachedBefore && attributes.attached_completion_callbacks_size() > 0) return;
        if (attributes.has_priority()) m_run.priority = attributes.priority();
        again(event);
        if (!attributes.time_skipping_config_updated()) return;
        const bool has = attributes.has_time_skipping_config();
        changeSkipping(m_world, m_run, has ? &attributes.time_skipping_config() : nullptr);
    }

    /// A child that this run knows and that has not ended yet.
    PendingChild* childOf(int64_t initiatedId) {
        const auto found = m_run.children.find(initiatedId);
        return found == m_run.children.end() || found->second.closing ? nullptr : &found->second;
    }

    template <typename Attributes>
    void childEnded(const HistoryEvent& event, const Attributes& attributes) {
        PendingChild* child = childOf(attributes.initiated_event_id());
        if (child == nullptr) return;
        child->closing = true;
        again(event);
    }

    World& m_world;
    Run& m_run;
    const ResetOrder& m_order;
};

}  // namespace

void reapplyEvents(World& world, Run& run, const Run& base, const ResetOrder& order) {
    if (order.nothing) return;
    Reapplying reapplying(world, run, order);
    std::string next = reapplying.eventsFrom(base, order.finishId);
    while (!next.empty()) {
        const Run* follower = world.findRun(next);
        // Deleted since; what came after it is not known to belong to the chain.
        if (follower == nullptr) return;
        next = reapplying.eventsFrom(*follower, 1);
    }
}

}  // namespace orrery::server
