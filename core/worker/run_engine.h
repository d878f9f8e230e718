// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/definition/activation.h"
#include "core/worker/history_chunker.h"
#include "core/worker/run_machines.h"
#include "core/worker/task.h"

namespace orrery::worker {

/// The reducer of one run: a workflow task in, activations out, their completions in, at last the reply. No I/O, no
/// clock, no thread: the same inputs always give the same outputs, live and in replay. One at a time: begin(), then
/// complete() for each activation until a reply comes. After TaskFailed and NeedsHistory the engine is spent.
class RunEngine {
public:
    RunEngine(std::string namespaceName, std::string workflowId, std::string runId);

    using Step = std::variant<definition::Activation, TaskReply, PastTask>;

    /// Whether the task's events join what the engine has seen and reach as far as the task needs.
    bool joins(const WorkflowTask& task) const;
    Step begin(WorkflowTask task);
    /// Instead of begin(), in a new engine: a whole history, walked through task by task. After each one comes a
    /// PastTask, and goOn() holds the events that follow against it. Everything up to `lastPastStartedEventId` is
    /// replay; what begins later runs as it would in a worker. The end is TaskCompleted, or TaskFailed where code and
    /// history part.
    Step beginWalk(std::shared_ptr<const EventPointers> events, int64_t lastPastStartedEventId);
    Step goOn();
    Step complete(definition::Completion completion);

    /// The server's answer to a completion said that the task left no trace; the run stands where it stood at
    /// `startedEventId`.
    void discardSpeculativeTask();

    int64_t processedEventId() const { return m_processedEventId; }
    /// True until the run has been brought up to date with its task.
    bool replaying() const { return m_replaying; }

private:
    enum class Phase { Work, Query, LegacyQuery };

    Step advance();
    Step resume();
    Step guarded(Step (RunEngine::*step)());
    void applyChunk();
    PastTask pastTask();
    void applyEvent(const HistoryEvent& event, const HistoryEvent* next, bool lastChunk, bool* skipNext);
    void leaveReplayAt(const HistoryEvent& event, bool lastChunk);
    void deliverMessages(int64_t upToEventId);
    void deliverAccepted(int64_t upToEventId);
    void lookAhead();
    void checkExtraCommands(EventSpan events);
    void noteTaskStart(const HistoryEvent& event);
    void applyCommands(const definition::Completion& completion);
    definition::Activation activation(std::vector<definition::Job> jobs, bool replaying) const;
    std::optional<Step> nextQuery();
    Step reply();
    Step answerQuery(definition::Completion completion);
    TaskReply failed(const base::Error& error) const;

    RunMachines m_machines;
    HistoryChunker m_chunks;
    WorkflowTask m_task;
    std::map<std::string, WireMessage> m_admittedUpdates;
    /// Updates that the next step of the history accepts, so that this one has to see them.
    std::vector<WireMessage> m_acceptedAhead;
    std::vector<QueryAnswer> m_answers;
    size_t m_queriesAsked = 0;
    Phase m_phase = Phase::Work;
    std::optional<definition::Completion> m_completion;

    std::string m_runId;
    int64_t m_processedEventId = 0;
    bool m_replaying = false;
    /// The chunk at hand is behind the run's last known task, so its commands are in the history already.
    bool m_chunkIsPast = false;
    bool m_walking = false;
    /// Walking: the chunk at hand has not been told yet.
    bool m_chunkIsUntold = false;

    base::Timestamp m_time{};
    int64_t m_historyLength = 0;
    int64_t m_historySize = 0;
    bool m_continueAsNewSuggested = false;
};

}  // namespace orrery::worker
