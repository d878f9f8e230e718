// SPDX-License-Identifier: MIT
#include "core/worker/run_machines.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/machines/activity.h"
#include "core/machines/child_workflow.h"
#include "core/machines/external.h"
#include "core/machines/patch.h"
#include "core/machines/properties.h"
#include "core/machines/timer.h"
#include "core/payload/proto.h"
#include "core/worker/started_event.h"

namespace orrery::worker {
namespace {

namespace enums = temporal::api::enums::v1;
namespace command = definition::command;
using machines::NondeterminismError;
using machines::Reactions;

constexpr const char* kChangeVersion = "TemporalChangeVersion";
/// The server refuses longer keyword lists, and a patch must not fail because there are many.
constexpr size_t kChangeVersionLimit = 2048;

bool isChangeVersionUpsert(const HistoryEvent* event) {
    return event && event->event_type() == enums::EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES &&
           event->upsert_workflow_search_attributes_event_attributes().search_attributes().indexed_fields().contains(
               kChangeVersion);
}

[[noreturn]] void refuse(const HistoryEvent& event, std::string actual) {
    throw NondeterminismError({.taskStartedEventId = 0,
                               .eventId = event.event_id(),
                               .expected = machines::describeEvent(event),
                               .actual = std::move(actual)});
}

}  // namespace

RunMachines::RunMachines(std::string namespaceName, std::string workflowId, std::string runId)
    : m_namespace(std::move(namespaceName)), m_workflowId(std::move(workflowId)), m_runId(std::move(runId)) {}

machines::Machine* RunMachines::find(const Key& key) const {
    const auto found = m_machines.find(key);
    return found == m_machines.end() ? nullptr : found->second.get();
}

template <typename M>
M* RunMachines::find(Kind kind, const std::string& id) const {
    return static_cast<M*>(find(Key{kind, id}));
}

template <typename M, typename... Args>
void RunMachines::create(const Key& key, Args&&... args) {
    if (m_machines.contains(key)) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("the workflow code used sequence number {} twice", key.id));
    }
    Reactions reactions;
    auto machine = std::make_unique<M>(std::forward<Args>(args)..., reactions);
    m_machines.emplace(key, std::move(machine));
    react(key, std::move(reactions), false);
}

void RunMachines::react(const Key& key, Reactions&& reactions, bool ofPatch) {
    if (reactions.withdraw) std::erase_if(m_waiting, [&key](const Waiting& one) { return one.key == key; });
    for (WireCommand& wire : reactions.commands) {
        m_waiting.push_back({key, std::move(wire), ofPatch, false, m_source});
    }
    std::ranges::move(reactions.jobs, std::back_inserter(m_jobs));
    std::ranges::move(reactions.messages, std::back_inserter(m_messages));
    const machines::Machine* machine = find(key);
    if (machine && machine->finished()) m_machines.erase(key);
}

void RunMachines::deliver(const Key& key, const HistoryEvent& event) {
    Reactions reactions;
    find(key)->onEvent(event, reactions);
    react(key, std::move(reactions));
}

bool RunMachines::apply(const HistoryEvent& event, const HistoryEvent* next) {
    if (machines::isClosingEvent(event)) m_closed = true;
    if (machines::isCommandEvent(event)) return applyCommandEvent(event, next);
    const int64_t origin = machines::originEventId(event);
    if (origin == 0) {
        applyOther(event);
        return false;
    }
    const auto found = m_byEventId.find(origin);
    if (found == m_byEventId.end() || !find(found->second)) {
        refuse(event, fmt::format("nothing open that event {} began", origin));
    }
    const Key key = found->second;
    deliver(key, event);
    if (!find(key)) m_byEventId.erase(origin);
    return false;
}

bool RunMachines::applyCommandEvent(const HistoryEvent& event, const HistoryEvent* next) {
    const std::optional<machines::PatchMarker> marker = machines::patchMarker(event);
    // A patch that the code knows and the history does not: it was deprecated or came in later. Its command is void.
    while (!m_waiting.empty() && m_waiting.front().key.kind == Kind::Patch &&
           (!marker || marker->patchId != m_waiting.front().key.id)) {
        dropFrontPatch();
    }
    const bool patchWaits = !m_waiting.empty() && m_waiting.front().key.kind == Kind::Patch;
    if (marker && marker->deprecated && !patchWaits) return isChangeVersionUpsert(next);
    if (m_waiting.empty()) refuse(event, "no command");
    const Key key = m_waiting.front().key;
    m_waiting.pop_front();
    deliver(key, event);
    if (find(key)) m_byEventId[event.event_id()] = key;
    return false;
}

void RunMachines::dropFrontPatch() {
    m_machines.erase(m_waiting.front().key);
    m_waiting.pop_front();
    if (!m_waiting.empty() && m_waiting.front().ofPatch) {
        m_machines.erase(m_waiting.front().key);
        m_waiting.pop_front();
    }
}

void RunMachines::applyOther(const HistoryEvent& event) {
    switch (event.event_type()) {
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            m_jobs.emplace_back(initializeJob(event, m_namespace, m_workflowId, m_runId));
            return;
        case enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED:
        case enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: {
            Reactions reactions;
            m_task.onEvent(event, reactions);
            std::ranges::move(reactions.jobs, std::back_inserter(m_jobs));
            return;
        }
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: m_jobs.emplace_back(signalJob(event)); return;
        case enums::EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            m_jobs.emplace_back(
                definition::job::CancelWorkflow{event.workflow_execution_cancel_requested_event_attributes().cause()});
            return;
        default:
            if (!machines::isIgnorableEvent(event)) refuse(event, "no understanding of such events in this version");
    }
}

void RunMachines::command(const definition::Command& command, const std::source_location& source) {
    m_source = source;
    std::visit(
        [this, &command](const auto& one) {
            using One = std::decay_t<decltype(one)>;
            if constexpr (std::is_constructible_v<machines::ClosingCommand, One>) {
                close(one);
            } else if constexpr (requires { on(one); }) {
                on(one);
            } else {
                throw base::Error(base::ErrorCode::Unimplemented,
                                  fmt::format("this version's worker cannot carry out {} yet; remove it from the "
                                              "workflow code",
                                              definition::commandName(command)));
            }
        },
        command);
    m_source = {};
}

void RunMachines::on(const command::StartTimer& command) {
    create<machines::TimerMachine>({Kind::Timer, std::to_string(command.seq)}, command);
}

template <typename M, typename... Args>
void RunMachines::cancel(Kind kind, definition::Seq seq, const Args&... args) {
    const Key key{kind, std::to_string(seq)};
    auto* machine = find<M>(kind, key.id);
    // It has ended already; its job was on the way when the code gave the command.
    if (!machine) return;
    Reactions reactions;
    machine->cancel(args..., reactions);
    react(key, std::move(reactions));
}

void RunMachines::on(const command::CancelTimer& command) { cancel<machines::TimerMachine>(Kind::Timer, command.seq); }

void RunMachines::on(const command::ScheduleActivity& command) {
    create<machines::ActivityMachine>({Kind::Activity, std::to_string(command.seq)}, command);
}

void RunMachines::on(const command::RequestCancelActivity& command) {
    cancel<machines::ActivityMachine>(Kind::Activity, command.seq);
}

void RunMachines::on(const command::StartChildWorkflow& command) {
    create<machines::ChildWorkflowMachine>({Kind::Child, std::to_string(command.seq)}, command, m_namespace);
}

void RunMachines::on(const command::CancelChildWorkflow& command) {
    cancel<machines::ChildWorkflowMachine>(Kind::Child, command.childSeq, command.reason);
}

void RunMachines::on(const command::SignalExternalWorkflow& command) {
    create<machines::ExternalSignalMachine>({Kind::SignalExternal, std::to_string(command.seq)}, command);
}

void RunMachines::on(const command::CancelSignalExternal& command) {
    cancel<machines::ExternalSignalMachine>(Kind::SignalExternal, command.seq);
}

void RunMachines::on(const command::RequestCancelExternalWorkflow& command) {
    create<machines::ExternalCancelMachine>({Kind::CancelExternal, std::to_string(command.seq)}, command);
}

void RunMachines::on(const command::SetPatchMarker& command) {
    if (!m_patches.insert(command.patchId).second) return;
    create<machines::PatchMachine>({Kind::Patch, command.patchId}, command);
    const std::string ids = nlohmann::json(m_patches).dump();
    if (ids.size() >= kChangeVersionLimit) return;
    definition::Payload payload;
    payload.metadata = {{"encoding", "json/plain"}, {"type", "KeywordList"}};
    payload.data = ids;
    const Key key{Kind::Properties, std::to_string(++m_propertyChanges)};
    create<machines::PropertiesMachine>(key, command::UpsertSearchAttributes{{{kChangeVersion, payload}}});
    m_waiting.back().ofPatch = true;
}

void RunMachines::on(const command::UpsertSearchAttributes& command) {
    if (command.searchAttributes.contains(kChangeVersion)) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("the search attribute {} is the worker's own; the workflow code may not set it",
                                      kChangeVersion));
    }
    create<machines::PropertiesMachine>({Kind::Properties, std::to_string(++m_propertyChanges)}, command);
}

void RunMachines::on(const command::ModifyProperties& command) {
    create<machines::PropertiesMachine>({Kind::Properties, std::to_string(++m_propertyChanges)}, command);
}

void RunMachines::on(const command::UpdateResponse& command) {
    const Key key{Kind::Update, command.protocolInstanceId};
    auto* update = find<machines::UpdateMachine>(key.kind, key.id);
    if (!update) {
        throw base::Error(base::ErrorCode::Internal,
                          fmt::format("the workflow code answered update {}, which is not open, a bug of the "
                                      "workflow library",
                                      command.protocolInstanceId));
    }
    Reactions reactions;
    update->respond(command, reactions);
    react(key, std::move(reactions));
}

void RunMachines::close(const machines::ClosingCommand& command) {
    if (m_closing) return;
    m_closing = true;
    create<machines::ClosingMachine>({Kind::Closing, {}}, command);
}

void RunMachines::deliverUpdate(const WireMessage& request, bool runValidator) {
    const Key key{Kind::Update, request.protocol_instance_id()};
    if (m_machines.contains(key)) return;
    create<machines::UpdateMachine>(key, request, runValidator);
}

std::vector<definition::Job> RunMachines::takeJobs() { return std::exchange(m_jobs, {}); }

std::vector<WireMessage> RunMachines::takeMessages() { return std::exchange(m_messages, {}); }

void RunMachines::expectNoneWaiting(const HistoryEvent& after) {
    while (!m_waiting.empty() && m_waiting.front().sent && m_waiting.front().key.kind == Kind::Patch) dropFrontPatch();
    if (m_waiting.empty() || !m_waiting.front().sent) return;
    throw NondeterminismError({.taskStartedEventId = 0,
                               .eventId = after.event_id(),
                               .expected = fmt::format("no further command before {}", machines::describeEvent(after)),
                               .actual = find(m_waiting.front().key)->describe()});
}

}  // namespace orrery::worker
