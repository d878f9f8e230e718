// SPDX-License-Identifier: MIT
#include "tests/core/worker/mirror.h"

#include <algorithm>
#include <stdexcept>

#include "core/machines/patch.h"

namespace orrery::test {
namespace {

namespace enums = temporal::api::enums::v1;
namespace command = definition::command;
using worker::HistoryEvent;

/// Go and Java send both commands; here, as in Core, what is taken back before it was sent leaves no trace.
constexpr const char* kSameTask = "cancelled in the task that began it";

class Mirror final : public definition::WorkflowInstance {
public:
    explicit Mirror(std::shared_ptr<const Script> script) : m_script(std::move(script)) {}

    definition::Completion activate(const definition::Activation& activation) override {
        definition::Completion completion;
        for (const definition::Job& job : activation.jobs) {
            if (const auto* query = std::get_if<definition::job::QueryWorkflow>(&job)) {
                command::QueryResult answer;
                answer.id = query->id;
                answer.result = definition::Payload{{}, "here"};
                completion.commands.emplace_back(answer);
                return completion;
            }
            if (std::holds_alternative<definition::job::RemoveFromCache>(job)) return completion;
        }
        // A cancelled wait is resolved by a second activation of the same task; all was said in the first.
        if (m_done.insert(activation.historyLength).second) {
            completion.commands = m_script->after(activation.historyLength);
        }
        return completion;
    }

private:
    std::shared_ptr<const Script> m_script;
    std::set<int64_t> m_done;
};

bool isPatchUpsert(const HistoryEvent* event) {
    return event && event->event_type() == enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES &&
           event->upsert_workflow_search_attributes_event_attributes().search_attributes().indexed_fields().contains(
               "TemporalChangeVersion");
}

}  // namespace

Script::Script(const std::vector<HistoryEvent>& events) {
    worker::EventPointers pointers;
    for (const HistoryEvent& event : events) pointers.push_back(&event);
    size_t begin = 0;
    int64_t task = 0;
    while (begin < events.size()) {
        const size_t size = worker::firstChunkSize(worker::EventSpan(pointers).subspan(begin));
        for (size_t i = begin; i < begin + size; ++i) {
            if (!machines::isCommandEvent(events[i]) || m_skipped.contains(events[i].event_id())) continue;
            read(events[i], i + 1 < events.size() ? &events[i + 1] : nullptr, task);
        }
        begin += size;
        if (events[begin - 1].event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) {
            task = events[begin - 1].event_id();
        }
    }
}

std::vector<definition::Command> Script::after(int64_t taskStartedEventId) const {
    const auto found = m_commands.find(taskStartedEventId);
    return found == m_commands.end() ? std::vector<definition::Command>() : found->second;
}

void Script::read(const HistoryEvent& event, const HistoryEvent* next, int64_t task) {
    if (event.event_type() == enums::EVENT_TYPE_MARKER_RECORDED) {
        if (!readMarker(event, next, task))
            throw std::runtime_error("marker " + event.marker_recorded_event_attributes().marker_name());
        return;
    }
    readActivity(event, task);
    readTimer(event, task);
    readUpdate(event, task);
    readOther(event, task);
    readClosing(event, task);
}

bool Script::readMarker(const HistoryEvent& event, const HistoryEvent* next, int64_t task) {
    const auto marker = machines::patchMarker(event);
    if (!marker || !isPatchUpsert(next)) return false;
    m_skipped.insert(next->event_id());
    m_commands[task].emplace_back(command::SetPatchMarker{marker->patchId, marker->deprecated});
    return true;
}

void Script::readActivity(const HistoryEvent& event, int64_t task) {
    if (event.event_type() == enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
        const auto& attributes = event.activity_task_scheduled_event_attributes();
        command::ScheduleActivity schedule;
        schedule.seq = m_activities[event.event_id()] = ++m_lastSeq;
        m_taskOf[event.event_id()] = task;
        schedule.activityType = attributes.activity_type().name();
        schedule.options.activityId(attributes.activity_id());
        schedule.options.cancellationType(definition::ActivityCancellationType::WaitCancellationCompleted);
        m_commands[task].emplace_back(std::move(schedule));
    } else if (event.event_type() == enums::EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED) {
        const auto found =
            m_activities.find(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
        if (found == m_activities.end()) throw std::runtime_error("cancel request without its activity");
        if (m_taskOf.at(found->first) == task) throw std::runtime_error(kSameTask);
        m_commands[task].emplace_back(command::RequestCancelActivity{found->second});
    }
}

void Script::readTimer(const HistoryEvent& event, int64_t task) {
    const bool starts = event.event_type() == enums::EVENT_TYPE_TIMER_STARTED;
    if (!starts && event.event_type() != enums::EVENT_TYPE_TIMER_CANCELED) return;
    const std::string& id =
        starts ? event.timer_started_event_attributes().timer_id() : event.timer_canceled_event_attributes().timer_id();
    if (id.empty() || id.size() > 9 ||
        !std::ranges::all_of(id, [](char digit) { return digit >= '0' && digit <= '9'; })) {
        throw std::runtime_error("timer id is no number");
    }
    const auto seq = static_cast<definition::Seq>(std::stoul(id));
    if (!starts && m_taskOf[event.timer_canceled_event_attributes().started_event_id()] == task) {
        throw std::runtime_error(kSameTask);
    }
    if (starts) {
        m_taskOf[event.event_id()] = task;
        m_commands[task].emplace_back(command::StartTimer{.seq = seq, .startToFire = {}, .summary = {}});
    } else {
        m_commands[task].emplace_back(command::CancelTimer{seq});
    }
}

void Script::readUpdate(const HistoryEvent& event, int64_t task) {
    if (event.event_type() == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
        const std::string& id = event.workflow_execution_update_accepted_event_attributes().protocol_instance_id();
        m_updates[event.event_id()] = id;
        m_commands[task].emplace_back(command::UpdateResponse{id, command::UpdateAccepted{}});
    } else if (event.event_type() == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED) {
        const auto accepted = event.workflow_execution_update_completed_event_attributes().accepted_event_id();
        if (!m_updates.contains(accepted)) throw std::runtime_error("update completed without its acceptance");
        m_commands[task].emplace_back(
            command::UpdateResponse{m_updates.at(accepted), command::UpdateCompleted{definition::Payload{}}});
    }
}

void Script::readOther(const HistoryEvent& event, int64_t task) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: {
            const auto& attributes = event.start_child_workflow_execution_initiated_event_attributes();
            command::StartChildWorkflow start;
            start.seq = m_children[attributes.workflow_id()] = ++m_lastSeq;
            start.workflowType = attributes.workflow_type().name();
            start.options.id(attributes.workflow_id());
            m_commands[task].emplace_back(std::move(start));
            return;
        }
        case enums::EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
            command::SignalExternalWorkflow signal;
            signal.seq = ++m_lastSeq;
            m_commands[task].emplace_back(std::move(signal));
            return;
        }
        case enums::EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: {
            const auto& attributes = event.request_cancel_external_workflow_execution_initiated_event_attributes();
            const auto child = m_children.find(attributes.workflow_execution().workflow_id());
            if (attributes.child_workflow_only() && child != m_children.end()) {
                m_commands[task].emplace_back(command::CancelChildWorkflow{child->second, {}});
            } else {
                command::RequestCancelExternalWorkflow cancel;
                cancel.seq = ++m_lastSeq;
                m_commands[task].emplace_back(std::move(cancel));
            }
            return;
        }
        case enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            if (isPatchUpsert(&event)) throw std::runtime_error("change versions of another SDK");
            m_commands[task].emplace_back(command::UpsertSearchAttributes{});
            return;
        case enums::EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            m_commands[task].emplace_back(command::ModifyProperties{});
            return;
        case enums::EVENT_TYPE_NEXUS_OPERATION_SCHEDULED:
        case enums::EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED: throw std::runtime_error("Nexus operation");
        default: return;
    }
}

void Script::readClosing(const HistoryEvent& event, int64_t task) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            m_commands[task].emplace_back(command::CompleteWorkflow{});
            return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            m_commands[task].emplace_back(command::FailWorkflow{});
            return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            m_commands[task].emplace_back(command::CancelWorkflowExecution{});
            return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            m_commands[task].emplace_back(command::ContinueAsNew{});
            return;
        default: return;
    }
}

std::unique_ptr<definition::WorkflowInstance> MirrorFactory::create(const std::string&) const {
    return std::make_unique<Mirror>(m_script);
}

}  // namespace orrery::test
