// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/simulation/ledger.h"
#include "tests/simulation/list_model.h"

namespace orrery::simulation {

/// Watches the server from outside and, after every input, holds what it sees against the rules: of each history as it
/// grows, of the state as a whole, and of what was promised to the actors. Throws Violation.
class Oracle final : public Observer {
public:
    explicit Oracle(server::World& world);

    void arriving(const Request& request) override;
    void answered(const Request& request, const Answer& answer) override;
    void settled() override;
    void note(const std::string& line) override;
    void remember() override { m_remembered = m_seen; }
    void rewind() override { m_seen = m_remembered; }

    /// When all has come to rest: every run has ended, nothing is left behind, and a worker that knows nothing agrees
    /// with every history.
    void checkEnd(const Network& network);
    /// Of List and Count.
    void checkList(const api::ListWorkflowExecutionsResponse& list) const;
    /// Of a list by a filter whose meaning is known, and of the count of the same.
    void checkSelection(const ListQuestion& question, const std::set<std::string>& told,
                        const api::CountWorkflowExecutionsResponse& count, bool grouped) const;
    /// Somebody asked for it, or it had ended so long ago that nobody keeps it.
    bool wasDeleted(const std::string& runId) const { return m_seen.ledger.wasDeleted(runId); }
    /// Of Describe.
    void checkDescription(const api::DescribeWorkflowExecutionResponse& description) const;

    const HistoryRules& rules(const server::Run& run) const { return m_seen.histories.at(run.number); }
    uint64_t digest() const { return m_digest.value(); }
    uint64_t events() const { return m_events; }
    const std::set<enums::EventType>& eventsMet() const { return m_met; }
    /// Another process has begun with what was kept. `difference` says where its world is not the one of before; empty
    /// for nowhere, or when not everything was kept.
    void afterRestart(const std::string& difference) const;
    /// What happened, in words; only kept when asked for.
    void keepStory() { m_keepsStory = true; }
    void headline(const std::string& line) { m_story.push_back(line); }
    const std::vector<std::string>& story() const { return m_story; }

private:
    void readHistories();
    void checkClock();
    void checkHolders() const;
    void checkRun(const server::Run& run);
    void checkTask(const server::Run& run) const;
    void checkThings(const server::Run& run) const;
    void checkActivity(const server::Run& run, const server::PendingActivity& activity);
    void checkRunTimeouts(const server::Run& run) const;
    void checkKeepsNothing(const server::Run& run) const;
    void checkClosed(const server::Run& run);
    void checkExpiry(const server::Run& run);
    void checkRetention();
    void checkChain(const server::Run& run) const;
    void checkCron(const server::Run& run, const server::Run& next) const;
    void checkRetry(const server::Run& run, const server::Run& next) const;
    void checkResult(const server::Run& run) const;
    ListedRun listed(const server::Run& run) const;
    void checkLeaks(const Network& network) const;
    void replay(const server::Run& run) const;

    /// What a crash may make undone.
    struct Seen {
        Ledger ledger;
        std::map<uint64_t, HistoryRules> histories;    ///< by number of the run
        std::map<uint64_t, Digest> sums;               ///< of the histories, byte by byte
        std::map<uint64_t, base::Timestamp> expiries;  ///< of runs that have ended
        std::set<uint64_t> gone;
        std::set<uint64_t> closedSeen;
        base::Timestamp lastNow;
        uint64_t lastJumps = 0;
        base::Duration retention{};
    };

    server::World& m_world;
    Seen m_seen;
    Seen m_remembered;
    Digest m_digest;
    uint64_t m_events = 0;
    std::set<enums::EventType> m_met;
    bool m_keepsStory = false;
    std::vector<std::string> m_story;
};

}  // namespace orrery::simulation
