// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include <temporal/api/history/v1/message.pb.h>

#include "core/base/time.h"

namespace orrery::simulation {

using temporal::api::history::v1::HistoryEvent;
namespace enums = temporal::api::enums::v1;

/// The rules that any one history obeys. Takes its events one by one, so that a history that grows is judged once.
/// Knows nothing of the server but what the events say.
class HistoryRules {
public:
    explicit HistoryRules(std::string runId) : m_runId(std::move(runId)) {}

    /// Throws Violation.
    void take(const HistoryEvent& event);

    /// What was opened by an event: an activity, a timer, a child, a task, an update.
    struct Thing {
        enums::EventType opened{};
        base::Timestamp openedAt;
        std::string name;
        int64_t startedId = 0;
        base::Timestamp startedAt;
        bool closed = false;
        base::Duration timeouts[4] = {};  ///< by TimeoutType: start to close, to start, to close, heartbeat
        int attempts = 0;                 ///< most, 0 for any number
        int attempt = 0;
        /// When a timer fires, or an activity has ended at the latest; the epoch for never.
        base::Timestamp due;
    };
    const std::map<int64_t, Thing>& open() const { return m_open; }
    bool wasOpened(int64_t id) const { return m_closed.count(id) != 0 || m_open.count(id) != 0; }

    const std::string& runId() const { return m_runId; }
    int64_t lastId() const { return m_last; }
    /// 0 while the run is open.
    enums::EventType closing() const { return m_closing; }
    /// Something from outside is in the history that no workflow task was scheduled for yet.
    bool hasNews() const { return m_news; }
    /// Scheduled event of the task that waits or runs; 0 for none.
    int64_t pendingTask() const { return m_task; }
    int64_t lastCompletedStart() const { return m_lastCompletedStart; }
    /// Signals that can be told apart (signalKey).
    const std::set<std::string>& signalKeys() const { return m_signalKeys; }
    /// Arguments of "note" signals in their order, with the id of the event.
    const std::map<int64_t, std::string>& notes() const { return m_notes; }
    const std::map<std::string, int64_t>& acceptedUpdates() const { return m_accepted; }
    const std::map<int64_t, std::string>& updateOutcomes() const { return m_outcomes; }
    const std::set<std::string>& activityResults() const { return m_activityResults; }
    bool cancelRequested() const { return m_cancelRequested; }
    /// Search attributes as the start and the upserts left them, in JSON.
    const std::map<std::string, std::string>& attributes() const { return m_attributes; }
    const std::string& type() const { return m_type; }
    const std::string& cron() const { return m_cron; }
    base::Timestamp startedAt() const { return m_startedAt; }
    /// When a reset made this run of another one's history; the time-outs of the run count from there.
    std::optional<base::Timestamp> resetAt() const { return m_reset; }

private:
    [[noreturn]] void fail(const char* rule, const HistoryEvent& event, const std::string& what) const;
    void checkPlace(const HistoryEvent& event);
    void checkTime(const HistoryEvent& event);
    void checkCommand(const HistoryEvent& event);
    void opens(const HistoryEvent& event);
    void starts(const HistoryEvent& event);
    void closes(const HistoryEvent& event);
    void checkEnd(const HistoryEvent& event, const Thing& thing);
    void checkActivityEnd(const HistoryEvent& event, const Thing& thing);
    void checkActivityTimeout(const HistoryEvent& event, const Thing& thing);
    void wasReset(const HistoryEvent& event);
    void messages(const HistoryEvent& event);
    void properties(const HistoryEvent& event);
    void tasks(const HistoryEvent& event);
    Thing& openThing(const HistoryEvent& event, int64_t id, enums::EventType type);

    std::string m_runId;
    int64_t m_last = 0;
    enums::EventType m_closing{};
    base::Timestamp m_lastTaskTime;
    base::Timestamp m_taskStartedAt;
    std::map<int64_t, Thing> m_open;
    std::set<int64_t> m_closed;
    int64_t m_task = 0;
    bool m_taskStarted = false;
    int64_t m_completed = 0;  ///< the last completed task; 0 when another one was scheduled since
    bool m_outside = false;   ///< something from outside came since
    int64_t m_lastCompletedStart = 0;
    int64_t m_startOfCompleted = 0;
    bool m_news = false;
    bool m_cancelRequested = false;
    std::optional<base::Timestamp> m_reset;  ///< when it made this run
    std::set<std::string> m_signalKeys;
    std::map<int64_t, std::string> m_notes;
    std::map<std::string, int64_t> m_accepted;
    std::map<int64_t, std::string> m_outcomes;
    std::set<std::string> m_activityResults;
    std::map<std::string, std::string> m_attributes;
    std::string m_type;
    std::string m_cron;
    base::Timestamp m_startedAt;
};

/// Clients give every signal another text, "s17", for request ids are not written into histories. Empty for others.
std::string signalKey(const temporal::api::common::v1::Payloads& input);
/// "ActivityTaskScheduled".
std::string eventName(enums::EventType type);
/// One line: id, name, time and the attributes that matter.
std::string eventLine(const HistoryEvent& event);
/// An integer of the event's attributes by its name; 0 when they have none of that name.
int64_t attribute(const HistoryEvent& event, const char* name);

}  // namespace orrery::simulation
