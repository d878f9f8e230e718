// SPDX-License-Identifier: MIT
// A history that grows as a server would let it grow: commands become events, the test adds what the world does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <temporal/api/update/v1/message.pb.h>

#include "core/worker/task.h"

namespace orrery::test {

using worker::HistoryEvent;
using worker::WireCommand;
using worker::WireMessage;

class HistoryScript {
public:
    HistoryScript() = default;
    /// Event 1 and the first scheduled task.
    HistoryScript(const std::string& workflowType, const std::vector<std::string>& jsonArguments);

    HistoryEvent& add(temporal::api::enums::v1::EventType type);
    int64_t lastId() const { return static_cast<int64_t>(m_events.size()); }
    const std::vector<HistoryEvent>& events() const { return m_events; }
    std::vector<HistoryEvent> since(int64_t eventId) const { return {m_events.begin() + eventId, m_events.end()}; }
    void truncate(int64_t lastEventId) { m_events.resize(static_cast<size_t>(lastEventId)); }

    void taskScheduled();
    /// Returns the id of the started event.
    int64_t taskStarted();
    /// Completed, and the events of the commands; messages are looked up by the commands that place them.
    void taskCompleted(const std::vector<WireCommand>& commands, const std::vector<WireMessage>& messages = {});
    void taskFailed(temporal::api::enums::v1::WorkflowTaskFailedCause cause, const std::string& newRunId = {});
    void taskTimedOut();

    void signal(const std::string& name, const std::string& json = "null");
    void cancelRequested(const std::string& cause);
    void timerFired(const std::string& timerId);
    void activityStarted(const std::string& activityId);
    void activityCompleted(const std::string& activityId, const std::string& json);
    void activityFailed(const std::string& activityId, const std::string& message);
    void activityTimedOut(const std::string& activityId);
    void activityCanceled(const std::string& activityId);
    void terminated() { add(temporal::api::enums::v1::EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED); }

    /// A request as the server sends it with the next task.
    WireMessage updateRequest(const std::string& id, const std::string& name, const std::string& json) const;

private:
    void command(const WireCommand& wire, const std::map<std::string, WireMessage>& messages);
    void updateEvent(const WireMessage& message);

    std::vector<HistoryEvent> m_events;
    std::map<std::string, int64_t> m_scheduled;
    std::map<std::string, int64_t> m_started;
    std::map<std::string, int64_t> m_timers;
    std::map<std::string, int64_t> m_accepted;
};

temporal::api::common::v1::Payload jsonPayload(const std::string& json);

}  // namespace orrery::test
