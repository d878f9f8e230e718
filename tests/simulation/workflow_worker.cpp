// SPDX-License-Identifier: MIT
#include "tests/simulation/program.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int kFirstNumber = 100;

const std::shared_ptr<const definition::WorkflowFactory>& code(bool patched) {
    static const auto older = programs(false);
    static const auto newer = programs(true);
    return patched ? newer : older;
}

/// What a worker with a fault may do to a good completion.
void spoil(Dice& dice, api::RespondWorkflowTaskCompletedRequest* request) {
    switch (dice.below(3)) {
        case 0: {
            auto* command = request->mutable_commands()->Add();
            command->set_command_type(enums::COMMAND_TYPE_CANCEL_TIMER);
            command->mutable_cancel_timer_command_attributes()->set_timer_id("nonsense");
            // A close command has to stay the last one.
            const int last = request->commands_size() - 1;
            if (last > 0) request->mutable_commands()->SwapElements(0, last);
            return;
        }
        case 1: request->clear_query_results(); return;
        default:
            // Without commands it would say that the task was nothing but a sign of life.
            request->set_force_create_new_workflow_task(request->commands_size() > 0);
            return;
    }
}

}  // namespace

WorkflowWorker::WorkflowWorker(Network& network, int number, int name, bool sticky)
    : m_network(network),
      m_identity("worker-" + std::to_string(name)),
      m_sticky(sticky),
      m_owner(Owners::make(kFirstNumber + number, 0)) {}

worker::Signature WorkflowWorker::signature() const {
    worker::Signature signature;
    signature.namespaceName = kNamespace;
    signature.identity = m_identity;
    signature.taskQueue = kQueue;
    signature.instanceKey = m_identity + "-" + std::to_string(m_incarnation);
    if (m_sticky) signature.stickyQueue = signature.instanceKey + "-sticky";
    signature.stickyScheduleToStart = 5s;
    signature.wantsNewTask = m_sticky;
    return signature;
}

void WorkflowWorker::poll(Dice& dice) {
    if (m_polls >= 4) return;
    const bool sticky = m_sticky && dice.oneIn(2);
    poll(sticky, m_network.draw(dice));
}

void WorkflowWorker::poll(bool sticky, Fault fault) {
    api::PollWorkflowTaskQueueRequest request;
    worker::fillPoll(signature(), sticky, &request);
    ++m_polls;
    m_network.call(m_identity, m_owner, "PollWorkflowTaskQueue", request, fault,
                   [this, incarnation = m_incarnation](const Answer& answer) {
                       if (incarnation != m_incarnation) return;
                       --m_polls;
                       if (answer.failed()) throw Violation("poll-refused", answer.text());
                       accept(answer.as<api::PollWorkflowTaskQueueResponse>(), incarnation);
                   });
}

void WorkflowWorker::accept(api::PollWorkflowTaskQueueResponse response, uint64_t incarnation) {
    if (response.task_token().empty() || incarnation != m_incarnation) return;
    worker::ReceivedTask task = worker::takeTask(&response);
    CachedPtr& cached = m_runs[task.task.runId];
    if (!cached) cached = std::make_shared<Cached>();
    if (!cached->current && !cached->replying) {
        begin(cached, std::move(task));
    } else if (task.task.legacyQuery) {
        cached->queries.push_back(std::move(task));
    } else {
        cached->next = std::move(task);
    }
}

void WorkflowWorker::begin(const CachedPtr& cached, worker::ReceivedTask task) { cached->current = std::move(task); }

std::vector<WorkflowWorker::CachedPtr> WorkflowWorker::answerable() const {
    std::vector<CachedPtr> all;
    for (const auto& [id, cached] : m_runs) {
        if (cached->current && !cached->replying) all.push_back(cached);
    }
    return all;
}

void WorkflowWorker::answer(Dice& dice, int misbehaviour) {
    const auto all = answerable();
    if (all.empty()) return;
    const CachedPtr cached = all[size_t(dice.below(int(all.size())))];
    answer(cached, dice, misbehaviour, m_network.draw(dice));
}

bool WorkflowWorker::answerNext() {
    const auto all = answerable();
    Dice dice(1);
    if (!all.empty()) answer(all.front(), dice, 0, Fault::None);
    return !all.empty();
}

std::vector<worker::HistoryEvent> WorkflowWorker::history(const worker::WorkflowTask& task, std::string token) {
    std::vector<worker::HistoryEvent> events;
    do {
        api::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_(kNamespace);
        request.mutable_execution()->set_workflow_id(task.workflowId);
        request.mutable_execution()->set_run_id(task.runId);
        request.set_next_page_token(token);
        m_network.ask(m_identity, m_owner, "GetWorkflowExecutionHistory", request,
                      [&events, &token](const Answer& answer) {
                          token.clear();
                          // The run is gone, or the server cannot answer now: the task is let go.
                          if (answer.failed()) events.clear();
                          if (answer.failed()) return;
                          auto page = answer.as<api::GetWorkflowExecutionHistoryResponse>();
                          for (auto& event : *page.mutable_history()->mutable_events()) {
                              events.push_back(std::move(event));
                          }
                          token = page.next_page_token();
                      });
    } while (!token.empty());
    return events;
}

/// Makes the run able to take the task, as the SDK's worker does; false when it cannot be done.
bool WorkflowWorker::prepare(const CachedPtr& cached, worker::ReceivedTask* received) {
    worker::WorkflowTask& task = received->task;
    if (!received->nextPageToken.empty()) {
        auto rest = history(task, received->nextPageToken);
        if (rest.empty()) return false;
        for (auto& event : rest) task.events.push_back(std::move(event));
    }
    if (cached->run && cached->run->canTake(task)) return true;
    cached->run =
        std::make_unique<worker::Run>(code(m_patched), kNamespace, task.workflowId, task.runId, task.workflowType);
    if (cached->run->canTake(task)) return true;
    auto events = history(task, {});
    if (events.empty()) return false;
    const int64_t last = events.empty() ? 0 : events.back().event_id();
    for (auto& event : task.events) {
        if (event.event_id() > last) events.push_back(std::move(event));
    }
    task.events = std::move(events);
    return cached->run->canTake(task);
}

void WorkflowWorker::answer(const CachedPtr& cached, Dice& dice, int misbehaviour, Fault fault) {
    worker::ReceivedTask received = std::move(*cached->current);
    cached->current.reset();
    cached->replying = true;
    if (!prepare(cached, &received)) {
        cached->run.reset();
        finish(cached, received.task.runId);
        return;
    }
    worker::WorkflowTask facts;
    facts.token = received.task.token;
    facts.runId = received.task.runId;
    facts.workflowId = received.task.workflowId;
    facts.attempt = received.task.attempt;
    worker::TaskReply answer = cached->run->process(std::move(received.task));
    reply(cached, facts, std::move(answer), dice, misbehaviour, fault);
}

void WorkflowWorker::reply(const CachedPtr& cached, const worker::WorkflowTask& facts, worker::TaskReply reply,
                           Dice& dice, int misbehaviour, Fault fault) {
    if (const auto* failed = std::get_if<worker::TaskFailed>(&reply)) {
        throw Violation("worker-agrees", m_identity + " cannot take a task: " + failed->failure.message, facts.runId);
    }
    if (std::holds_alternative<worker::NeedsHistory>(reply)) {
        throw Violation("worker-agrees", m_identity + " was given a task that does not join its history", facts.runId);
    }
    if (auto* completed = std::get_if<worker::TaskCompleted>(&reply)) {
        return complete(cached, facts, std::move(*completed), dice, misbehaviour, fault);
    }
    const auto& answered = std::get<worker::TaskAnswered>(reply);
    api::RespondQueryTaskCompletedRequest request;
    worker::fillReply(signature(), facts.token, answered, &request);
    m_network.call(m_identity, m_owner, "RespondQueryTaskCompleted", request, fault,
                   [this, cached, runId = facts.runId, closed = answered.runClosed](const Answer& answer) {
                       onAnswered(cached, runId, closed, &answer, false);
                   });
}

void WorkflowWorker::complete(const CachedPtr& cached, const worker::WorkflowTask& facts,
                              worker::TaskCompleted completed, Dice& dice, int misbehaviour, Fault fault) {
    if (misbehaviour > 0 && dice.oneIn(misbehaviour) && dice.oneIn(2)) {
        worker::TaskFailed failed;
        failed.cause = enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;
        failed.failure.message = "the code has a bug today";
        return fail(cached, facts, failed, fault);
    }
    const bool closesRun = completed.closesRun;
    api::RespondWorkflowTaskCompletedRequest request;
    worker::fillReply(signature(), facts.token, std::move(completed), &request);
    if (misbehaviour > 0 && dice.oneIn(misbehaviour)) spoil(dice, &request);
    m_network.call(m_identity, m_owner, "RespondWorkflowTaskCompleted", request, fault,
                   [this, cached, runId = facts.runId, closesRun](const Answer& answer) {
                       onAnswered(cached, runId, closesRun, &answer, true);
                   });
}

void WorkflowWorker::fail(const CachedPtr& cached, const worker::WorkflowTask& facts, const worker::TaskFailed& failed,
                          Fault fault) {
    // Said once; the time-out of the task paces the further attempts.
    if (facts.attempt > 1) return onAnswered(cached, facts.runId, true, nullptr, false);
    api::RespondWorkflowTaskFailedRequest request;
    worker::fillReply(signature(), facts.token, failed, &request);
    m_network.call(
        m_identity, m_owner, "RespondWorkflowTaskFailed", request, fault,
        [this, cached, runId = facts.runId](const Answer& answer) { onAnswered(cached, runId, true, &answer, false); });
}

void WorkflowWorker::onAnswered(const CachedPtr& cached, const std::string& runId, bool evict, const Answer* answer,
                                bool completion) {
    const auto known = m_runs.find(runId);
    if (known == m_runs.end() || known->second != cached) return;
    if (evict || !m_sticky || (answer != nullptr && answer->failed())) cached->run.reset();
    if (completion && !answer->failed()) {
        auto response = answer->as<api::RespondWorkflowTaskCompletedResponse>();
        if (cached->run && response.reset_history_event_id() > 0) cached->run->discardSpeculativeTask();
        if (!response.workflow_task().task_token().empty()) {
            cached->replying = false;
            return begin(cached, worker::takeTask(response.mutable_workflow_task()));
        }
    }
    finish(cached, runId);
}

void WorkflowWorker::finish(const CachedPtr& cached, const std::string& runId) {
    cached->replying = false;
    if (cached->next) {
        begin(cached, *std::exchange(cached->next, std::nullopt));
    } else if (!cached->queries.empty()) {
        worker::ReceivedTask next = std::move(cached->queries.front());
        cached->queries.pop_front();
        begin(cached, std::move(next));
    } else if (!cached->run) {
        m_runs.erase(runId);
    }
}

void WorkflowWorker::kill(bool heard, bool patched) {
    m_runs.clear();
    const uint64_t old = m_owner;
    ++m_incarnation;
    m_owner = Owners::make(int(old >> 32), m_incarnation);
    m_polls = 0;
    m_patched |= patched;
    m_network.drop(old, heard);
}

void WorkflowWorker::evict() {
    for (auto cached = m_runs.begin(); cached != m_runs.end();) {
        const bool idle = !cached->second->current && !cached->second->replying;
        cached = idle ? m_runs.erase(cached) : std::next(cached);
    }
}

void WorkflowWorker::shutdown(Dice& dice) {
    api::ShutdownWorkerRequest request;
    request.set_namespace_(kNamespace);
    request.set_identity(m_identity);
    request.set_worker_instance_key(signature().instanceKey);
    request.set_sticky_task_queue(signature().stickyQueue);
    m_network.call(m_identity, m_owner, "ShutdownWorker", request, m_network.draw(dice), [](const Answer&) {});
    kill(true, false);
}

}  // namespace orrery::simulation
