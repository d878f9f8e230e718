// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/network.h"

namespace orrery::simulation {

inline constexpr const char* kWild = "wild";
inline constexpr const char* kWildQueue = "wild-queue";

/// What the history of a wild run says, as far as its next commands depend on it.
struct WildFacts {
    std::string carried;  ///< signals that the runs before had seen
    std::string notes;    ///< signals of this run, as the program of the other workers tells them
    int generation = 0;
    int64_t lastId = 0;
    bool cancelRequested = false;
    std::vector<std::string> timers;      ///< ids of those that run
    std::vector<int64_t> activities;      ///< scheduled ids of those that have not ended
    std::vector<std::string> children;    ///< workflow ids of those that were begun here
    std::vector<std::string> updates;     ///< accepted and not completed: their protocol instances
    std::vector<std::string> updatesIds;  ///< the same ones' update ids
};

/// A process without an engine: answers workflow tasks with whatever commands the protocol knows, also such as no SDK
/// sends (several ends, ids that are taken, nonsense). Its runs cannot be replayed; every other rule holds for them.
class WildWorker {
public:
    using EagerActivity = std::function<void(const api::PollActivityTaskQueueResponse&)>;
    WildWorker(Network& network, int number, bool sticky, EagerActivity eager);

    void poll(Dice& dice);
    /// `misbehaviour`: one task in so many is answered badly; 0 for never.
    void answer(Dice& dice, int misbehaviour);
    /// Ends the oldest task that it holds, and its run as well; false when it holds none.
    bool finishNext();
    void kill(bool heard);
    void shutdown(Dice& dice);
    void takeEager(const api::PollWorkflowTaskQueueResponse& task) { accept(task, m_incarnation); }
    bool polling() const { return m_polls > 0; }

private:
    using Task = api::PollWorkflowTaskQueueResponse;
    using Completion = api::RespondWorkflowTaskCompletedRequest;

    void accept(const Task& task, uint64_t incarnation);
    Task take(size_t at);
    std::optional<WildFacts> factsOf(const Task& task);
    void answerQuery(const Task& task, const WildFacts& facts, Dice& dice, Fault fault);
    void respond(const Completion& request, Fault fault);
    void fail(const Task& task, Dice& dice);
    std::string stickyQueue() const;

    Network& m_network;
    std::string m_identity;
    bool m_sticky;
    EagerActivity m_eager;
    uint64_t m_owner = 0;
    uint64_t m_incarnation = 0;
    int m_polls = 0;
    std::vector<Task> m_held;
};

/// Input of a wild run, and of the run that follows it.
void fillWildInput(const std::string& seen, int generation, temporal::api::common::v1::Payloads* input);

}  // namespace orrery::simulation
