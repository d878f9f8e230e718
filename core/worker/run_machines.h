// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <source_location>
#include <string>
#include <vector>

#include "core/machines/closing.h"
#include "core/machines/update.h"
#include "core/machines/workflow_task.h"
#include "core/worker/task.h"

namespace orrery::worker {

/// All machines of one run and the queue of their commands, which history events take up in order. Knows nothing of
/// tasks, replay or time. Throws NondeterminismError where code and history part.
class RunMachines {
public:
    RunMachines(std::string namespaceName, std::string workflowId, std::string runId);

    /// Applies one event; true when the one after it belongs to it and is to be skipped.
    bool apply(const HistoryEvent& event, const HistoryEvent* next);
    /// Applies one command of the code, except query results. `source` is where the code asked for it, if known.
    void command(const definition::Command& command, const std::source_location& source = {});
    /// An update's request, from the server or remembered by the history. One that is already known is ignored.
    void deliverUpdate(const WireMessage& request, bool runValidator);

    std::vector<definition::Job> takeJobs();
    bool hasJobs() const { return !m_jobs.empty(); }
    void addJob(definition::Job job) { m_jobs.push_back(std::move(job)); }

    /// The commands that the server does not have yet; from now on they wait for their events.
    std::vector<WireCommand> sendCommands() {
        return sendCommands([](const auto&) {});
    }
    /// The same; `each` is told the source of every command, in order.
    template <typename Each>
    std::vector<WireCommand> sendCommands(Each&& each) {
        std::vector<WireCommand> commands;
        for (Waiting& one : m_waiting) {
            if (one.sent) continue;
            one.sent = true;
            each(one.source);
            // Kept only to be matched from here on; what it says was decided.
            commands.push_back(std::move(one.command));
        }
        return commands;
    }
    std::vector<WireMessage> takeMessages();
    /// To be called when the events of a task's commands are all through: a command that still waits was not in the
    /// history.
    void expectNoneWaiting(const HistoryEvent& after);
    void discardSpeculativeTask() { m_task.discard(); }

    /// A closing event was applied.
    bool closed() const { return m_closed; }
    /// A closing command was given.
    bool closing() const { return m_closing; }
    int64_t taskStartedEventId() const { return m_task.startedEventId(); }

private:
    enum class Kind { Timer, Activity, Update, Patch, Properties, Closing, Child, SignalExternal, CancelExternal };
    struct Key {
        Kind kind;
        std::string id;
        auto operator<=>(const Key&) const = default;
    };
    struct Waiting {
        Key key;
        WireCommand command;
        /// The upsert that goes with a patch marker, and vanishes with it.
        bool ofPatch = false;
        bool sent = false;
        std::source_location source = {};
    };

    machines::Machine* find(const Key& key) const;
    template <typename M>
    M* find(Kind kind, const std::string& id) const;
    template <typename M, typename... Args>
    void create(const Key& key, Args&&... args);
    void react(const Key& key, machines::Reactions&& reactions, bool ofPatch = false);
    void deliver(const Key& key, const HistoryEvent& event);

    bool applyCommandEvent(const HistoryEvent& event, const HistoryEvent* next);
    void applyOther(const HistoryEvent& event);
    void dropFrontPatch();

    void on(const definition::command::StartTimer& command);
    void on(const definition::command::CancelTimer& command);
    void on(const definition::command::ScheduleActivity& command);
    void on(const definition::command::RequestCancelActivity& command);
    void on(const definition::command::SetPatchMarker& command);
    void on(const definition::command::UpsertSearchAttributes& command);
    void on(const definition::command::ModifyProperties& command);
    void on(const definition::command::UpdateResponse& command);
    void on(const definition::command::StartChildWorkflow& command);
    void on(const definition::command::CancelChildWorkflow& command);
    void on(const definition::command::SignalExternalWorkflow& command);
    void on(const definition::command::CancelSignalExternal& command);
    void on(const definition::command::RequestCancelExternalWorkflow& command);
    void close(const machines::ClosingCommand& command);
    template <typename M, typename... Args>
    void cancel(Kind kind, definition::Seq seq, const Args&... args);

    std::string m_namespace;
    std::string m_workflowId;
    std::string m_runId;
    std::map<Key, std::unique_ptr<machines::Machine>> m_machines;
    std::map<int64_t, Key> m_byEventId;
    machines::WorkflowTaskMachine m_task;
    std::deque<Waiting> m_waiting;
    /// Of the command that is being applied.
    std::source_location m_source;
    std::vector<definition::Job> m_jobs;
    std::vector<WireMessage> m_messages;
    std::set<std::string> m_patches;
    int m_propertyChanges = 0;
    bool m_closing = false;
    bool m_closed = false;
};

}  // namespace orrery::worker
