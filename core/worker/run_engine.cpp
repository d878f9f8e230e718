// SPDX-License-Identifier: MIT
#include "core/worker/run_engine.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/machines/patch.h"
#include "core/machines/wire.h"
#include "core/payload/proto.h"
#include "core/worker/update_messages.h"

namespace orrery::worker {
namespace {

namespace enums = temporal::api::enums::v1;
namespace job = definition::job;

/// Jobs in the order in which the code is to see them; those of one rank keep their order of arrival.
int rank(const definition::Job& one) {
    if (std::holds_alternative<job::InitializeWorkflow>(one)) return 0;
    if (std::holds_alternative<job::NotifyHasPatch>(one)) return 1;
    if (std::holds_alternative<job::UpdateRandomSeed>(one)) return 2;
    if (std::holds_alternative<job::SignalWorkflow>(one) || std::holds_alternative<job::DoUpdate>(one)) return 3;
    return 4;
}

/// Insertion sort: stable, in place, and the jobs nearly always come in order.
void sortByRank(std::vector<definition::Job>* jobs) {
    for (auto one = jobs->begin(); one != jobs->end(); ++one) {
        const auto place = std::upper_bound(jobs->begin(), one, rank(*one),
                                            [](int left, const definition::Job& right) { return left < rank(right); });
        std::rotate(place, one, one + 1);
    }
}

bool isClosing(const definition::Command& command) {
    return std::visit(
        [](const auto& one) { return std::is_constructible_v<machines::ClosingCommand, std::decay_t<decltype(one)>>; },
        command);
}

/// What came after the last completed task belongs to a task that is still to come, which has to see all of it at once;
/// a query that ran ahead of it would make the code do things in another order than its replay.
void leaveToNextTask(int64_t lastStartedEventId, std::vector<HistoryEvent>* events) {
    if (events->empty() || machines::isClosingEvent(events->back())) return;
    const auto next = std::find_if(events->begin(), events->end(), [&](const HistoryEvent& event) {
        return event.event_id() > lastStartedEventId &&
               event.event_type() != enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED && !machines::isCommandEvent(event);
    });
    events->erase(next, events->end());
}

definition::FailureData workerFailure(const base::Error& error) {
    definition::FailureData failure;
    failure.message = error.what();
    failure.source = "orrery";
    failure.kind = payload::ApplicationFailureData{.type = std::string(base::errorCodeName(error.code())),
                                                   .nonRetryable = true,
                                                   .details = {},
                                                   .nextRetryDelay = {}};
    return failure;
}

}  // namespace

RunEngine::RunEngine(std::string namespaceName, std::string workflowId, std::string runId)
    : m_machines(std::move(namespaceName), std::move(workflowId), runId), m_runId(std::move(runId)) {}

bool RunEngine::joins(const WorkflowTask& task) const {
    const int64_t needed = std::max(task.startedEventId, task.previousStartedEventId);
    if (task.events.empty()) return m_processedEventId > 0 && m_processedEventId >= needed;
    return task.events.front().event_id() <= m_processedEventId + 1 &&
           std::max(task.events.back().event_id(), m_processedEventId) >= needed;
}

RunEngine::Step RunEngine::begin(WorkflowTask task) {
    if (!joins(task)) return TaskReply(NeedsHistory{});
    m_task = std::move(task);
    m_answers.clear();
    m_queriesAsked = 0;
    m_phase = Phase::Work;
    m_replaying = m_task.previousStartedEventId > 0;
    if (m_task.legacyQuery && m_replaying) leaveToNextTask(m_task.previousStartedEventId, &m_task.events);
    const int64_t updateAhead = m_task.messages.empty() ? 0 : m_task.messages.front().event_id();
    m_chunks.reset(std::move(m_task.events), m_processedEventId, updateAhead);
    m_task.events.clear();
    // Nothing new: the run already stands at the end, and only questions can be meant.
    if (m_chunks.empty()) m_replaying = false;
    return guarded(&RunEngine::advance);
}

RunEngine::Step RunEngine::beginWalk(std::shared_ptr<const EventPointers> events, int64_t lastPastStartedEventId) {
    m_walking = true;
    m_replaying = lastPastStartedEventId > 0;
    m_task.previousStartedEventId = lastPastStartedEventId;
    m_chunks.reset(std::move(events));
    return guarded(&RunEngine::advance);
}

RunEngine::Step RunEngine::goOn() { return guarded(&RunEngine::advance); }

PastTask RunEngine::pastTask() {
    PastTask past;
    past.startedEventId = m_processedEventId;
    past.commands =
        m_machines.sendCommands([&past](const std::source_location& source) { past.sources.push_back(source); });
    past.messages = m_machines.takeMessages();
    return past;
}

RunEngine::Step RunEngine::guarded(Step (RunEngine::*step)()) {
    try {
        return (this->*step)();
    } catch (const base::Error& error) {
        return failed(error);
    }
}

RunEngine::Step RunEngine::advance() {
    while (true) {
        if (m_machines.hasJobs()) return activation(m_machines.takeJobs(), m_replaying);
        if (m_walking && std::exchange(m_chunkIsUntold, false)) return pastTask();
        // The code has said all it wanted for the chunk behind us; what is past is already with the server.
        if (m_chunkIsPast) {
            m_machines.sendCommands();
            m_machines.takeMessages();
        }
        if (m_chunks.empty()) break;
        applyChunk();
    }
    // A run may lie in the cache for long, and nobody looks at these events again.
    m_chunks.clear();
    if (std::optional<Step> query = nextQuery()) return std::move(*query);
    return reply();
}

void RunEngine::applyChunk() {
    const HistoryChunk chunk = m_chunks.take();
    m_chunkIsPast = !chunk.last;
    m_chunkIsUntold = true;
    lookAhead();
    bool skip = false;
    for (size_t i = 0; i < chunk.events.size(); ++i) {
        const HistoryEvent* next = i + 1 < chunk.events.size() ? chunk.events[i + 1] : nullptr;
        applyEvent(*chunk.events[i], next, chunk.last, &skip);
    }
    // What has no place among the events is due when they are through.
    if (chunk.last && !m_replaying) deliverMessages(INT64_MAX);
    const HistoryEvent& last = *chunk.events.back();
    if (last.event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) noteTaskStart(last);
    deliverAccepted(INT64_MAX);
    checkExtraCommands(chunk.events);
}

void RunEngine::applyEvent(const HistoryEvent& event, const HistoryEvent* next, bool lastChunk, bool* skipNext) {
    if (event.event_id() != m_processedEventId + 1) {
        throw base::Error(base::ErrorCode::DataLoss,
                          fmt::format("the history of run {} jumps from event {} to event {}", m_runId,
                                      m_processedEventId, event.event_id()));
    }
    leaveReplayAt(event, lastChunk);
    if (event.event_type() == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED) {
        WireMessage request = requestOfAdmitted(event);
        if (m_replaying) {
            m_admittedUpdates[request.protocol_instance_id()] = std::move(request);
        } else {
            m_task.messages.push_back(std::move(request));
        }
    }
    deliverMessages(event.event_id() - 1);
    *skipNext = !*skipNext && m_machines.apply(event, next);
    m_processedEventId = event.event_id();
}

void RunEngine::leaveReplayAt(const HistoryEvent& event, bool lastChunk) {
    // The completed event and the commands after it are the work of an earlier activation, even if they are new here.
    if (m_replaying && lastChunk && event.event_id() > m_task.previousStartedEventId &&
        event.event_type() != enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED && !machines::isCommandEvent(event)) {
        m_replaying = false;
    }
}

void RunEngine::deliverMessages(int64_t upToEventId) {
    deliverAccepted(upToEventId);
    auto& messages = m_task.messages;
    for (auto message = messages.begin(); message != messages.end();) {
        if (message->event_id() > upToEventId) {
            ++message;
            continue;
        }
        m_machines.deliverUpdate(*message, !m_replaying);
        message = messages.erase(message);
    }
}

void RunEngine::noteTaskStart(const HistoryEvent& event) {
    m_time = std::max(m_time, payload::fromProto(event.event_time()));
    const auto& attributes = event.workflow_task_started_event_attributes();
    m_historyLength = event.event_id();
    m_historySize = attributes.history_size_bytes();
    m_continueAsNewSuggested = attributes.suggest_continue_as_new();
}

/// An update that was accepted is seen again among the events where it was seen then: a signal before it or after it
/// may make the code do other things.
void RunEngine::deliverAccepted(int64_t upToEventId) {
    std::erase_if(m_acceptedAhead, [&](const WireMessage& request) {
        const auto admitted = m_admittedUpdates.find(request.protocol_instance_id());
        const bool later = upToEventId != INT64_MAX && (request.event_id() == 0 || request.event_id() > upToEventId);
        if (admitted == m_admittedUpdates.end() && later) return false;
        m_machines.deliverUpdate(admitted == m_admittedUpdates.end() ? request : admitted->second, false);
        if (admitted != m_admittedUpdates.end()) m_admittedUpdates.erase(admitted);
        return true;
    });
}

void RunEngine::checkExtraCommands(EventSpan events) {
    bool completed = false;
    for (const HistoryEvent* event : events) {
        if (event->event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED) completed = true;
    }
    const HistoryEvent& last = *events.back();
    // A history that is cut off among the commands of a task says nothing about the rest of them.
    if (!completed || machines::isCommandEvent(last) ||
        last.event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED || machines::isClosingEvent(last)) {
        return;
    }
    m_machines.expectNoneWaiting(last);
}

void RunEngine::lookAhead() {
    for (const HistoryEvent* each : m_chunks.peek()) {
        const HistoryEvent& event = *each;
        if (const auto marker = machines::patchMarker(event)) {
            m_machines.addJob(job::NotifyHasPatch{marker->patchId});
        } else if (event.event_type() == enums::EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
            m_acceptedAhead.push_back(requestOfAccepted(event));
        }
    }
}

definition::Activation RunEngine::activation(std::vector<definition::Job> jobs, bool replaying) const {
    sortByRank(&jobs);
    definition::Activation one;
    one.runId = m_runId;
    one.time = m_time;
    one.isReplaying = replaying;
    one.historyLength = m_historyLength;
    one.historySizeBytes = m_historySize;
    one.continueAsNewSuggested = m_continueAsNewSuggested;
    one.observed = m_walking;
    one.jobs = std::move(jobs);
    return one;
}

RunEngine::Step RunEngine::complete(definition::Completion completion) {
    if (m_phase != Phase::Work) return answerQuery(std::move(completion));
    if (completion.taskFailure) {
        TaskFailed failure;
        failure.cause = enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;
        failure.failure = std::move(*completion.taskFailure);
        failure.legacyQuery = m_task.legacyQuery.has_value();
        return TaskReply(std::move(failure));
    }
    m_completion = std::move(completion);
    return guarded(&RunEngine::resume);
}

RunEngine::Step RunEngine::resume() {
    applyCommands(*m_completion);
    m_completion.reset();
    return advance();
}

void RunEngine::applyCommands(const definition::Completion& completion) {
    const auto sourceOf = [&completion](size_t index) {
        return index < completion.sources.size() ? completion.sources[index] : std::source_location();
    };
    // Whatever order the code found them in, the run's end comes after everything else it wanted, and only once.
    std::optional<size_t> closing;
    for (size_t i = 0; i < completion.commands.size(); ++i) {
        const definition::Command& one = completion.commands[i];
        if (isClosing(one)) {
            if (!closing) closing = i;
        } else if (!std::holds_alternative<definition::command::QueryResult>(one)) {
            m_machines.command(one, sourceOf(i));
        }
    }
    if (closing) m_machines.command(completion.commands[*closing], sourceOf(*closing));
}

std::optional<RunEngine::Step> RunEngine::nextQuery() {
    job::QueryWorkflow job;
    const temporal::api::query::v1::WorkflowQuery* query = nullptr;
    if (m_task.legacyQuery) {
        m_phase = Phase::LegacyQuery;
        job.id = "legacy";
        query = &*m_task.legacyQuery;
    } else if (m_queriesAsked < m_task.queries.size()) {
        m_phase = Phase::Query;
        const QueryRequest& request = m_task.queries[m_queriesAsked++];
        job.id = request.id;
        query = &request.query;
    } else {
        return std::nullopt;
    }
    job.name = query->query_type();
    job.arguments = payload::fromProto(query->query_args());
    job.headers = machines::readMap(query->header().fields());
    return Step(activation({std::move(job)}, true));
}

RunEngine::Step RunEngine::answerQuery(definition::Completion completion) {
    const bool legacy = m_phase == Phase::LegacyQuery;
    QueryAnswer answer;
    answer.id = legacy ? "legacy" : m_task.queries[m_queriesAsked - 1].id;
    if (completion.taskFailure) {
        answer.result = std::move(*completion.taskFailure);
    } else {
        definition::FailureData silent;
        silent.message = "the workflow did not answer the query";
        answer.result = std::move(silent);
        for (definition::Command& one : completion.commands) {
            if (auto* result = std::get_if<definition::command::QueryResult>(&one)) answer.result = result->result;
        }
    }
    if (legacy) {
        m_task.legacyQuery.reset();
        return TaskReply(TaskAnswered{std::move(answer), m_machines.closed()});
    }
    m_answers.push_back(std::move(answer));
    return guarded(&RunEngine::advance);
}

RunEngine::Step RunEngine::reply() {
    m_phase = Phase::Work;
    TaskCompleted completed;
    completed.answers = std::move(m_answers);
    completed.closesRun = m_machines.closing() || m_machines.closed();
    // A run that is only being looked at must not be moved.
    if (!m_replaying && !m_machines.closed()) {
        completed.commands = m_machines.sendCommands();
        completed.messages = m_machines.takeMessages();
    }
    return TaskReply(std::move(completed));
}

TaskReply RunEngine::failed(const base::Error& error) const {
    TaskFailed failure;
    failure.legacyQuery = m_task.legacyQuery.has_value();
    failure.cause = enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;
    failure.failure = workerFailure(error);
    if (const auto* different = dynamic_cast<const machines::NondeterminismError*>(&error)) {
        failure.cause = enums::WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR;
        machines::Nondeterminism data = different->data();
        if (data.taskStartedEventId == 0) data.taskStartedEventId = m_machines.taskStartedEventId();
        failure.failure = workerFailure(machines::NondeterminismError(data));
        failure.nondeterminism = std::move(data);
    }
    return failure;
}

void RunEngine::discardSpeculativeTask() {
    // Its scheduled and started events are taken back; the server will number others so.
    m_processedEventId -= 2;
    m_machines.discardSpeculativeTask();
}

}  // namespace orrery::worker
