// SPDX-License-Identifier: MIT
// The actors that work: the SDK's own engine for workflow tasks, and activity workers.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/worker/run.h"
#include "core/worker/task_codec.h"
#include "tests/simulation/network.h"

namespace orrery::simulation {

inline constexpr const char* kNamespace = "default";
inline constexpr const char* kQueue = "queue";
/// A retention that no run outlives.
inline constexpr base::Duration kForEver = std::chrono::hours(24 * 365 * 50);

/// A process that runs workflow code. Keeps to what core/worker's WorkflowWorker does, but each of its steps is an
/// action: a task is taken, later answered, and anything may happen in between.
class WorkflowWorker {
public:
    /// Several workers may have the same name, and then also the same sticky queue.
    WorkflowWorker(Network& network, int number, int name, bool sticky);

    void poll(Dice& dice);
    /// Runs the code of one task that it holds and sends the reply. `misbehaviour`: one task in so many is answered
    /// badly.
    void answer(Dice& dice, int misbehaviour);
    /// Also when nothing may go wrong any more; false when there is nothing to answer.
    bool answerNext();
    /// Forgets everything and starts again, with newer code if `patched`.
    void kill(bool heard, bool patched);
    void evict();
    void shutdown(Dice& dice);

    bool polling() const { return m_polls > 0; }
    void takeEager(const api::PollWorkflowTaskQueueResponse& task) { accept(task, m_incarnation); }
    const std::string& identity() const { return m_identity; }
    uint64_t owner() const { return m_owner; }

private:
    struct Cached {
        std::unique_ptr<worker::Run> run;
        /// In the hands of the code, not answered yet.
        std::optional<worker::ReceivedTask> current;
        /// Its reply is on the way; everything else of the run waits.
        bool replying = false;
        std::optional<worker::ReceivedTask> next;
        std::deque<worker::ReceivedTask> queries;
    };
    using CachedPtr = std::shared_ptr<Cached>;

    void poll(bool sticky, Fault fault);
    void accept(api::PollWorkflowTaskQueueResponse task, uint64_t incarnation);
    void begin(const CachedPtr& cached, worker::ReceivedTask task);
    std::vector<CachedPtr> answerable() const;
    void answer(const CachedPtr& cached, Dice& dice, int misbehaviour, Fault fault);
    std::vector<worker::HistoryEvent> history(const worker::WorkflowTask& task, std::string token);
    bool prepare(const CachedPtr& cached, worker::ReceivedTask* task);
    void reply(const CachedPtr& cached, const worker::WorkflowTask& facts, worker::TaskReply reply, Dice& dice,
               int misbehaviour, Fault fault);
    void complete(const CachedPtr& cached, const worker::WorkflowTask& facts, worker::TaskCompleted completed,
                  Dice& dice, int misbehaviour, Fault fault);
    void fail(const CachedPtr& cached, const worker::WorkflowTask& facts, const worker::TaskFailed& failed,
              Fault fault);
    void onAnswered(const CachedPtr& cached, const std::string& runId, bool evict, const Answer* answer,
                    bool completion);
    void finish(const CachedPtr& cached, const std::string& runId);
    worker::Signature signature() const;

    Network& m_network;
    std::string m_identity;
    bool m_sticky;
    bool m_patched = false;
    uint64_t m_owner = 0;
    uint64_t m_incarnation = 0;
    int m_polls = 0;
    std::map<std::string, CachedPtr> m_runs;
};

/// A process that runs activities.
class ActivityWorker {
public:
    ActivityWorker(Network& network, int number);

    void poll(Dice& dice);
    /// One of the attempts that it holds beats, ends in one way or another, or is forgotten.
    void act(Dice& dice);
    /// Ends one well; false when there is none.
    bool completeNext();
    void kill(bool heard);
    void takeEager(const api::PollActivityTaskQueueResponse& task) { accept(task, m_incarnation); }
    bool polling() const { return m_polls > 0; }

private:
    struct Held {
        api::PollActivityTaskQueueResponse task;
        bool cancelRequested = false;
    };
    void accept(const api::PollActivityTaskQueueResponse& task, uint64_t incarnation);
    void beat(Dice& dice, const std::shared_ptr<Held>& held);
    void complete(const api::PollActivityTaskQueueResponse& task, Fault fault);
    void fail(Dice& dice, const api::PollActivityTaskQueueResponse& task);
    void cancel(Dice& dice, const api::PollActivityTaskQueueResponse& task);

    Network& m_network;
    std::string m_identity;
    uint64_t m_owner = 0;
    uint64_t m_incarnation = 0;
    int m_polls = 0;
    std::vector<std::shared_ptr<Held>> m_held;
};

/// What an attempt of an activity returns: names the attempt, so that the history tells whose result it is.
std::string resultOf(const api::PollActivityTaskQueueResponse& task);

/// Numbers of processes; every incarnation has a new one.
class Owners {
public:
    static uint64_t make(int number, uint64_t incarnation) { return uint64_t(number) << 32 | (incarnation + 1); }
};

}  // namespace orrery::simulation
