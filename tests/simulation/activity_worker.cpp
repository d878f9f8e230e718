// SPDX-License-Identifier: MIT
#include "core/payload/proto.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {

namespace {

constexpr int kFirstNumber = 200;

void ignore(const Answer&) {}

}  // namespace

std::string resultOf(const api::PollActivityTaskQueueResponse& task) {
    return '"' + task.workflow_execution().run_id() + "/" + task.activity_id() + "/" + std::to_string(task.attempt()) +
           '"';
}

ActivityWorker::ActivityWorker(Network& network, int number)
    : m_network(network),
      m_identity("activities-" + std::to_string(number)),
      m_owner(Owners::make(kFirstNumber + number, 0)) {}

void ActivityWorker::poll(Dice& dice) {
    if (m_polls >= 3) return;
    api::PollActivityTaskQueueRequest request;
    request.set_namespace_(kNamespace);
    request.mutable_task_queue()->set_name(kQueue);
    request.set_identity(m_identity);
    ++m_polls;
    m_network.call(m_identity, m_owner, "PollActivityTaskQueue", request, m_network.draw(dice),
                   [this, incarnation = m_incarnation](const Answer& answer) {
                       if (incarnation != m_incarnation) return;
                       --m_polls;
                       if (answer.failed()) throw Violation("poll-refused", answer.text());
                       accept(answer.as<api::PollActivityTaskQueueResponse>(), incarnation);
                   });
}

void ActivityWorker::accept(const api::PollActivityTaskQueueResponse& task, uint64_t incarnation) {
    if (task.task_token().empty() || incarnation != m_incarnation) return;
    m_held.push_back(std::make_shared<Held>(Held{task, false}));
}

void ActivityWorker::act(Dice& dice) {
    if (m_held.empty()) return;
    const size_t at = size_t(dice.below(int(m_held.size())));
    const std::shared_ptr<Held> held = m_held[at];
    const int how = dice.below(12);
    if (how < 3) return beat(dice, held);
    // Now and then it answers and does not know that it has.
    if (!dice.oneIn(10)) m_held.erase(m_held.begin() + long(at));
    if (how == 3) return;
    if (how < 6) return fail(dice, held->task);
    if (how == 6 || (held->cancelRequested && how < 10)) return cancel(dice, held->task);
    complete(held->task, m_network.draw(dice));
}

bool ActivityWorker::completeNext() {
    if (m_held.empty()) return false;
    const auto held = m_held.back();
    m_held.pop_back();
    complete(held->task, Fault::None);
    return true;
}

void ActivityWorker::beat(Dice& dice, const std::shared_ptr<Held>& held) {
    api::RecordActivityTaskHeartbeatRequest request;
    request.set_namespace_(kNamespace);
    request.set_task_token(held->task.task_token());
    request.set_identity(m_identity);
    if (dice.oneIn(2)) request.mutable_details()->add_payloads()->set_data(std::to_string(dice.below(100)));
    m_network.call(m_identity, m_owner, "RecordActivityTaskHeartbeat", request, m_network.draw(dice),
                   [held](const Answer& answer) {
                       if (answer.failed()) return;
                       held->cancelRequested |=
                           answer.as<api::RecordActivityTaskHeartbeatResponse>().cancel_requested();
                   });
}

void ActivityWorker::complete(const api::PollActivityTaskQueueResponse& task, Fault fault) {
    api::RespondActivityTaskCompletedRequest request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    request.set_identity(m_identity);
    auto* result = request.mutable_result()->add_payloads();
    (*result->mutable_metadata())["encoding"] = "json/plain";
    result->set_data(resultOf(task));
    m_network.call(m_identity, m_owner, "RespondActivityTaskCompleted", request, fault, ignore);
}

void ActivityWorker::fail(Dice& dice, const api::PollActivityTaskQueueResponse& task) {
    api::RespondActivityTaskFailedRequest request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    request.set_identity(m_identity);
    auto* failure = request.mutable_failure();
    failure->set_message("attempt " + std::to_string(task.attempt()));
    auto* info = failure->mutable_application_failure_info();
    info->set_type(dice.oneIn(6) ? "Hopeless" : "Broken");
    info->set_non_retryable(dice.oneIn(6));
    if (dice.oneIn(6)) payload::toProto(std::chrono::seconds(1 + dice.below(5)), info->mutable_next_retry_delay());
    m_network.call(m_identity, m_owner, "RespondActivityTaskFailed", request, m_network.draw(dice), ignore);
}

void ActivityWorker::cancel(Dice& dice, const api::PollActivityTaskQueueResponse& task) {
    api::RespondActivityTaskCanceledRequest request;
    request.set_namespace_(kNamespace);
    request.set_task_token(task.task_token());
    request.set_identity(m_identity);
    m_network.call(m_identity, m_owner, "RespondActivityTaskCanceled", request, m_network.draw(dice), ignore);
}

void ActivityWorker::kill(bool heard) {
    m_held.clear();
    const uint64_t old = m_owner;
    ++m_incarnation;
    m_owner = Owners::make(int(old >> 32), m_incarnation);
    m_polls = 0;
    m_network.drop(old, heard);
}

}  // namespace orrery::simulation
