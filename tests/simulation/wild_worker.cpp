// SPDX-License-Identifier: MIT
#include "tests/simulation/wild_worker.h"

#include <algorithm>
#include <set>

#include "core/payload/proto.h"
#include "tests/simulation/history_rules.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/wild_commands.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int kFirstNumber = 300;

std::string unquoted(const std::string& json) { return json.size() < 2 ? json : json.substr(1, json.size() - 2); }

/// Reads a history, event by event.
class Reader {
public:
    void take(const HistoryEvent& event) {
        facts.lastId = event.event_id();
        if (event.has_workflow_execution_started_event_attributes()) {
            const auto& input = event.workflow_execution_started_event_attributes().input().payloads();
            if (input.size() == 3) facts.carried = unquoted(input[1].data());
            if (input.size() == 3) facts.generation = std::atoi(input[2].data().c_str());
        } else if (event.has_workflow_execution_signaled_event_attributes()) {
            const auto& signal = event.workflow_execution_signaled_event_attributes();
            const bool note = signal.signal_name() == "note" && signal.input().payloads_size() == 1;
            if (note) facts.notes += unquoted(signal.input().payloads(0).data()) + ",";
        } else if (event.has_workflow_execution_cancel_requested_event_attributes()) {
            facts.cancelRequested = true;
        } else if (event.has_timer_started_event_attributes()) {
            m_timers[event.event_id()] = event.timer_started_event_attributes().timer_id();
        } else if (event.has_activity_task_scheduled_event_attributes()) {
            m_activities.insert(event.event_id());
        } else if (event.has_start_child_workflow_execution_initiated_event_attributes()) {
            facts.children.push_back(event.start_child_workflow_execution_initiated_event_attributes().workflow_id());
        } else if (event.has_workflow_execution_update_accepted_event_attributes()) {
            const auto& accepted = event.workflow_execution_update_accepted_event_attributes();
            m_updates[event.event_id()] = {accepted.protocol_instance_id(),
                                           accepted.accepted_request().meta().update_id()};
        }
        // An activity's start refers to it as its end does.
        if (event.has_activity_task_started_event_attributes()) return;
        if (event.has_activity_task_cancel_requested_event_attributes()) {
            m_activities.erase(attribute(event, "scheduled_event_id"));
            return;
        }
        m_activities.erase(attribute(event, "scheduled_event_id"));
        m_updates.erase(attribute(event, "accepted_event_id"));
        if (event.has_timer_fired_event_attributes() || event.has_timer_canceled_event_attributes()) {
            m_timers.erase(attribute(event, "started_event_id"));
        }
    }

    WildFacts done() {
        for (const auto& [id, name] : m_timers) facts.timers.push_back(name);
        facts.activities.assign(m_activities.begin(), m_activities.end());
        for (const auto& [id, update] : m_updates) {
            facts.updates.push_back(update.first);
            facts.updatesIds.push_back(update.second);
        }
        return facts;
    }

    WildFacts facts;

private:
    std::map<int64_t, std::string> m_timers;
    std::set<int64_t> m_activities;
    std::map<int64_t, std::pair<std::string, std::string>> m_updates;
};

void fillAnswer(const WildFacts& facts, temporal::api::common::v1::Payloads* to) {
    auto* payload = to->add_payloads();
    (*payload->mutable_metadata())["encoding"] = "json/plain";
    payload->set_data('"' + facts.carried + facts.notes + '"');
}

}  // namespace

WildWorker::WildWorker(Network& network, int number, bool sticky, EagerActivity eager)
    : m_network(network),
      m_identity("wild-" + std::to_string(number)),
      m_sticky(sticky),
      m_eager(std::move(eager)),
      m_owner(Owners::make(kFirstNumber + number, 0)) {}

std::string WildWorker::stickyQueue() const { return m_identity + "-" + std::to_string(m_incarnation) + "-sticky"; }

void WildWorker::poll(Dice& dice) {
    if (m_polls >= 4) return;
    api::PollWorkflowTaskQueueRequest request;
    request.set_namespace_(kNamespace);
    request.set_identity(m_identity);
    if (m_sticky && dice.oneIn(2)) {
        request.mutable_task_queue()->set_name(stickyQueue());
        request.mutable_task_queue()->set_kind(enums::TASK_QUEUE_KIND_STICKY);
        request.mutable_task_queue()->set_normal_name(kWildQueue);
    } else {
        request.mutable_task_queue()->set_name(kWildQueue);
    }
    ++m_polls;
    m_network.call(m_identity, m_owner, "PollWorkflowTaskQueue", request, m_network.draw(dice),
                   [this, incarnation = m_incarnation](const Answer& answer) {
                       if (incarnation != m_incarnation) return;
                       --m_polls;
                       if (answer.failed()) throw Violation("poll-refused", answer.text());
                       accept(answer.as<api::PollWorkflowTaskQueueResponse>(), incarnation);
                   });
}

void WildWorker::accept(const Task& task, uint64_t incarnation) {
    if (!task.task_token().empty() && incarnation == m_incarnation) m_held.push_back(task);
}

WildWorker::Task WildWorker::take(size_t at) {
    Task task = std::move(m_held[at]);
    m_held.erase(m_held.begin() + long(at));
    return task;
}

/// Of the task's own events when they are all there are, else of the whole history and those that only the task has.
std::optional<WildFacts> WildWorker::factsOf(const Task& task) {
    Reader reader;
    bool refused = false;
    const auto& given = task.history().events();
    const bool whole = !given.empty() && given[0].event_id() == 1 && task.next_page_token().empty();
    std::string token;
    do {
        if (whole) break;
        api::GetWorkflowExecutionHistoryRequest request;
        request.set_namespace_(kNamespace);
        *request.mutable_execution() = task.workflow_execution();
        request.set_next_page_token(token);
        m_network.ask(m_identity, m_owner, "GetWorkflowExecutionHistory", request, [&](const Answer& answer) {
            token.clear();
            refused = answer.failed();
            if (refused) return;
            const auto page = answer.as<api::GetWorkflowExecutionHistoryResponse>();
            for (const HistoryEvent& event : page.history().events()) {
                // What came after the task was made is not part of it.
                if (task.query().query_type().empty() && event.event_id() > task.started_event_id()) {
                    continue;
                }
                reader.take(event);
            }
            token = page.next_page_token();
        });
    } while (!token.empty());
    // The run is gone, or the server cannot answer now: the task is let go.
    if (refused) return std::nullopt;
    for (const HistoryEvent& event : given) {
        if (event.event_id() > reader.facts.lastId) reader.take(event);
    }
    return reader.done();
}

void WildWorker::answer(Dice& dice, int misbehaviour) {
    if (m_held.empty()) return;
    const Task task = take(size_t(dice.below(int(m_held.size()))));
    const auto known = factsOf(task);
    if (!known) return;
    const WildFacts& facts = *known;
    if (task.has_query()) return answerQuery(task, facts, dice, m_network.draw(dice));
    const bool badly = misbehaviour > 0 && dice.oneIn(misbehaviour);
    if (badly && dice.oneIn(3)) return fail(task, dice);
    Completion request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    request.set_identity(m_identity);
    addUpdateAnswers(task, facts, dice, false, &request);
    addWildCommands(facts, std::to_string(facts.lastId) + task.workflow_execution().run_id().substr(30), dice,
                    &request);
    if (badly) addNonsense(facts, dice, &request);
    for (const auto& [id, query] : task.queries()) {
        auto& result = (*request.mutable_query_results())[id];
        result.set_result_type(enums::QUERY_RESULT_TYPE_ANSWERED);
        fillAnswer(facts, result.mutable_answer());
    }
    if (m_sticky) {
        request.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name(stickyQueue());
        request.mutable_sticky_attributes()->mutable_worker_task_queue()->set_normal_name(kWildQueue);
        payload::toProto(5s, request.mutable_sticky_attributes()->mutable_schedule_to_start_timeout());
    }
    request.set_return_new_workflow_task(dice.oneIn(2));
    // A sign of life while a local activity runs.
    request.set_force_create_new_workflow_task(dice.oneIn(10));
    respond(request, m_network.draw(dice));
}

void WildWorker::respond(const Completion& request, Fault fault) {
    m_network.call(m_identity, m_owner, "RespondWorkflowTaskCompleted", request, fault,
                   [this, incarnation = m_incarnation](const Answer& answer) {
                       if (answer.failed() || incarnation != m_incarnation) return;
                       const auto response = answer.as<api::RespondWorkflowTaskCompletedResponse>();
                       accept(response.workflow_task(), incarnation);
                       for (const auto& task : response.activity_tasks()) m_eager(task);
                   });
}

void WildWorker::answerQuery(const Task& task, const WildFacts& facts, Dice& dice, Fault fault) {
    api::RespondQueryTaskCompletedRequest request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    if (fault == Fault::None && dice.oneIn(8)) {
        request.set_completed_type(enums::QUERY_RESULT_TYPE_FAILED);
        request.set_error_message("no answer today");
    } else {
        request.set_completed_type(enums::QUERY_RESULT_TYPE_ANSWERED);
        fillAnswer(facts, request.mutable_query_result());
    }
    m_network.call(m_identity, m_owner, "RespondQueryTaskCompleted", request, fault, [](const Answer&) {});
}

void WildWorker::fail(const Task& task, Dice& dice) {
    api::RespondWorkflowTaskFailedRequest request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    request.set_identity(m_identity);
    request.set_cause(enums::WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE);
    request.mutable_failure()->set_message("wild");
    m_network.call(m_identity, m_owner, "RespondWorkflowTaskFailed", request, m_network.draw(dice),
                   [](const Answer&) {});
}

bool WildWorker::finishNext() {
    if (m_held.empty()) return false;
    Dice dice(1);
    const Task task = take(0);
    const auto known = factsOf(task);
    if (!known) return true;
    const WildFacts& facts = *known;
    if (task.has_query()) {
        answerQuery(task, facts, dice, Fault::None);
        return true;
    }
    Completion request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    request.set_identity(m_identity);
    addUpdateAnswers(task, facts, dice, true, &request);
    for (const auto& [id, query] : task.queries()) {
        auto& result = (*request.mutable_query_results())[id];
        result.set_result_type(enums::QUERY_RESULT_TYPE_ANSWERED);
        fillAnswer(facts, result.mutable_answer());
    }
    addCompletion(facts, &request);
    respond(request, Fault::None);
    return true;
}

void WildWorker::kill(bool heard) {
    m_held.clear();
    const uint64_t old = m_owner;
    ++m_incarnation;
    m_owner = Owners::make(int(old >> 32), m_incarnation);
    m_polls = 0;
    m_network.drop(old, heard);
}

void WildWorker::shutdown(Dice& dice) {
    api::ShutdownWorkerRequest request;
    request.set_namespace_(kNamespace);
    request.set_identity(m_identity);
    request.set_sticky_task_queue(stickyQueue());
    m_network.call(m_identity, m_owner, "ShutdownWorker", request, m_network.draw(dice), [](const Answer&) {});
    kill(true);
}

}  // namespace orrery::simulation
