// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/history_rules.h"
#include "tests/simulation/network.h"

namespace orrery::simulation {

/// What the server has promised by its answers, and whether the histories keep it. Sees every delivery, also those
/// whose answer no actor gets. Can be copied, so that what was not kept can be forgotten.
class Ledger {
public:
    using RulesOf = std::function<const HistoryRules&(const server::Run&)>;
    Ledger(server::World& world, RulesOf rulesOf) : m_world(&world), m_rulesOf(std::move(rulesOf)) {}

    void arriving(const Request& request);
    void answered(const Request& request, const Answer& answer);
    /// The histories are read up to now: whatever was promised since the last time has to be in them.
    void check();
    /// The run had ended so long ago that the server keeps it no longer.
    void expired(const std::string& runId) { m_deleted.insert(runId); }
    bool wasDeleted(const std::string& runId) const { return m_deleted.count(runId) != 0; }
    /// The end: nothing more, nothing less than what was promised.
    void checkAll() const;

    /// The attempt is known to have been handed out; its next one has to wait until then.
    void retryNotBefore(const std::string& runId, int64_t scheduledId, int attempt, base::Timestamp time);

private:
    /// What was true when a request arrived.
    struct Arrival {
        server::Run* run = nullptr;
        bool open = false;
        std::string runId;
        enums::WorkflowExecutionStatus status{};
        std::string startRequestId;
        bool known = false;  ///< the start request is the current run's own
        std::vector<std::string> notes;
        base::Timestamp time;
    };
    struct Landed {
        std::string request;  ///< key of the signal
        std::string runId;
    };

    void start(const api::StartWorkflowExecutionRequest& request, const Arrival& arrival, const Answer& answer);
    void signalWithStart(const api::SignalWithStartWorkflowExecutionRequest& request, const Arrival& arrival,
                         const Answer& answer);
    void updateWithStart(const api::ExecuteMultiOperationRequest& request, const Arrival& arrival,
                         const Answer& answer);
    void checkStartOutcome(const api::StartWorkflowExecutionRequest& request, const Arrival& arrival,
                           const Answer& answer) const;
    void reset(const api::ResetWorkflowExecutionRequest& request, const Arrival& arrival, const Answer& answer);
    void checkReset();
    void history(const api::GetWorkflowExecutionHistoryRequest& request, const Answer& answer) const;
    void cancel(const Arrival& arrival);
    void terminate(const Arrival& arrival) const;
    void query(const Arrival& arrival, const Answer& answer) const;
    template <typename Response>
    void update(const std::string& id, const Arrival& arrival, const Response& response);
    void taskCompleted(const api::RespondWorkflowTaskCompletedRequest& request, const Answer& answer);
    void activityEnded(const std::string& method, const Request& request);
    void handedActivity(const api::PollActivityTaskQueueResponse& task);
    void handedTask(const std::string& token, const std::string& runId);
    void checkUpdate(const std::string& runId, const std::string& id, const std::string& outcome) const;
    const server::Run& runOf(const std::string& runId) const;

    server::World* m_world;
    RulesOf m_rulesOf;
    std::map<uint64_t, Arrival> m_arrivals;  ///< by delivery
    std::vector<Landed> m_newSignals;
    std::map<std::string, std::set<std::string>> m_signals;  ///< run id -> requests
    std::map<std::string, std::string> m_starts;             ///< request -> run id
    std::vector<std::string> m_newCancels;
    struct ResetRun {
        std::string from;
        std::string to;
        bool withSignals = false;
    };
    std::vector<ResetRun> m_newResets;
    std::set<std::string> m_deleted;
    std::set<std::string> m_endedTokens;
    std::set<std::string> m_handedTokens;
    std::set<std::string> m_results;
    std::vector<std::pair<std::string, std::string>> m_newResults;          ///< run id, result
    std::map<std::pair<std::string, std::string>, std::string> m_outcomes;  ///< run id, update id
    std::set<std::pair<std::string, std::string>> m_accepted;
    std::map<std::string, base::Timestamp> m_notBefore;
};

}  // namespace orrery::simulation
