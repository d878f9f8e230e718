// SPDX-License-Identifier: MIT
// What a history says about its run: the other way round from the rest of the state, which writes histories.
#pragma once

#include <map>

#include "core/server/state/run.h"

namespace orrery::server {

/// Makes a fresh run's fields what the events of its history say, one event after the other. Nothing is scheduled: no
/// time-out is armed, no task offered, nobody told. Belongs to one piece of work; throws nothing for a history that
/// this server wrote.
///
/// Not in a history, and so left as it is: request ids of signals and of the start, sticky queues, attempts of
/// activities before they end, heartbeats, retries of a workflow task after its first failure and the problems that are
/// reported of them, queries, updates that nobody accepted, ids and names of the run itself.
class Rebuild {
public:
    explicit Rebuild(Run& run) : m_run(run) {}

    void apply(const HistoryEvent& event);
    /// All events of the run's log, and what follows from them: a failed task is tried again.
    void applyLog();

    /// Asked of other workflows but not yet answered, by the event that asked.
    std::map<int64_t, HistoryEvent> externals;

private:
    void workflow(const HistoryEvent& event);
    void task(const HistoryEvent& event);
    void activity(const HistoryEvent& event);
    void timer(const HistoryEvent& event);
    void child(const HistoryEvent& event);
    void external(const HistoryEvent& event);
    void update(const HistoryEvent& event);
    void close(const HistoryEvent& event, enums::WorkflowExecutionStatus status);

    void started(const HistoryEvent& event);
    void skippingChanged(const HistoryEvent& event);
    void taskFailed(bool counts);
    void endChild(int64_t initiatedId) { m_run.children.erase(initiatedId); }

    Run& m_run;
};

}  // namespace orrery::server
