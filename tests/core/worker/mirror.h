// SPDX-License-Identifier: MIT
// Workflow code that does exactly what a recorded history says was done, so that any history can be replayed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/definition/workflow_instance.h"
#include "core/worker/history_chunker.h"

namespace orrery::test {

/// What the code commanded in each workflow task, read back from the events.
class Script {
public:
    /// Throws std::runtime_error with the reason when the history has something that cannot be mirrored.
    explicit Script(const std::vector<worker::HistoryEvent>& events);

    /// The commands that were recorded after the task which this event started.
    std::vector<definition::Command> after(int64_t taskStartedEventId) const;

private:
    void read(const worker::HistoryEvent& event, const worker::HistoryEvent* next, int64_t task);
    void readActivity(const worker::HistoryEvent& event, int64_t task);
    void readTimer(const worker::HistoryEvent& event, int64_t task);
    void readOther(const worker::HistoryEvent& event, int64_t task);
    void readUpdate(const worker::HistoryEvent& event, int64_t task);
    void readClosing(const worker::HistoryEvent& event, int64_t task);
    bool readMarker(const worker::HistoryEvent& event, const worker::HistoryEvent* next, int64_t task);

    std::map<int64_t, std::vector<definition::Command>> m_commands;
    std::map<int64_t, definition::Seq> m_activities;
    /// The task that began an activity or a timer, by the id of its event.
    std::map<int64_t, int64_t> m_taskOf;
    std::map<std::string, definition::Seq> m_children;
    std::map<int64_t, std::string> m_updates;
    std::set<int64_t> m_skipped;
    definition::Seq m_lastSeq = 0;
};

/// Makes instances that follow one script; each answers every query with "here".
class MirrorFactory final : public definition::WorkflowFactory {
public:
    explicit MirrorFactory(std::shared_ptr<const Script> script) : m_script(std::move(script)) {}
    std::vector<std::string> workflowTypes() const override { return {}; }
    std::unique_ptr<definition::WorkflowInstance> create(const std::string& workflowType) const override;

private:
    std::shared_ptr<const Script> m_script;
};

}  // namespace orrery::test
