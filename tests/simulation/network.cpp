// SPDX-License-Identifier: MIT
#include "tests/simulation/network.h"

#include <algorithm>

#include "tests/simulation/violation.h"

namespace orrery::simulation {
namespace {

constexpr const char* kWorkflowService = "/temporal.api.workflowservice.v1.WorkflowService/";
constexpr const char* kTestService = "/temporal.api.testservice.v1.TestService/";

const server::Methods::Method& methodOf(const std::string& name) {
    const auto& methods = server::allMethods();
    const auto* method = methods.find(kWorkflowService + name);
    if (method == nullptr) method = methods.find(kTestService + name);
    if (method == nullptr) throw std::logic_error("no method " + name);
    return *method;
}

/// Nobody asks again for what was only a question of its own moment.
bool changesSomething(const std::string& method) {
    constexpr const char* kQuestions[] = {"Get", "Describe", "List", "Count", "Query", "Poll"};
    return std::none_of(std::begin(kQuestions), std::end(kQuestions),
                        [&method](const char* word) { return method.starts_with(word); });
}

/// An empty answer is what a poll gives that had nothing to tell.
std::unique_ptr<Message> emptyPoll(const std::string& method) {
    if (method == "PollWorkflowTaskQueue") return std::make_unique<api::PollWorkflowTaskQueueResponse>();
    if (method == "PollActivityTaskQueue") return std::make_unique<api::PollActivityTaskQueueResponse>();
    return nullptr;
}

}  // namespace

class Network::Wire final : public server::Call {
public:
    Wire(Request request, bool arrives) : request(std::move(request)), answerArrives(arrives) {}
    void finish(server::Reply given) override {
        if (reply) throw Violation("answered-once", request.method + " was answered twice");
        reply = std::move(given);
    }

    Request request;
    bool answerArrives;
    std::optional<server::Reply> reply;
};

Fault Network::draw(Dice& dice) const {
    if (m_faults == 0 || !dice.oneIn(m_faults)) return Fault::None;
    return static_cast<Fault>(1 + dice.below(4));
}

void Network::send(Request request, Fault fault) {
    switch (fault) {
        case Fault::RequestLost: m_observer.note("the next request is lost on its way"); break;
        case Fault::Late: m_observer.note("the next request is late"); break;
        default: break;
    }
    switch (fault) {
        case Fault::None: return deliver(request, true);
        case Fault::RequestLost: m_retries.push_back(std::move(request)); return;
        case Fault::AnswerLost:
            deliver(request, false);
            m_retries.push_back(std::move(request));
            return;
        case Fault::Twice: deliver(request, true); return deliver(request, false);
        case Fault::Late: m_late.push_back(std::move(request)); return;
    }
}

void Network::retry(Dice& dice) {
    if (m_retries.empty()) return;
    const size_t at = size_t(dice.below(int(m_retries.size())));
    Request request = std::move(m_retries[at]);
    m_retries.erase(m_retries.begin() + long(at));
    send(std::move(request), draw(dice));
}

void Network::deliverLate(Dice& dice) {
    if (m_late.empty()) return;
    const size_t at = size_t(dice.below(int(m_late.size())));
    const Request request = std::move(m_late[at]);
    m_late.erase(m_late.begin() + long(at));
    deliver(request, true);
}

void Network::drop(uint64_t owner, bool heard) {
    // What is late is on its way and still arrives.
    std::erase_if(m_retries, [owner](const Request& request) { return request.owner == owner; });
    for (Request& request : m_late) {
        if (request.owner == owner) request.onAnswer = [](const Answer&) {};
    }
    std::vector<std::shared_ptr<Wire>> gone;
    for (const auto& wire : m_waiting) {
        if (wire->request.owner != owner) continue;
        wire->answerArrives = false;
        if (heard) gone.push_back(wire);
    }
    if (!heard) return;
    std::erase_if(m_waiting, [owner](const auto& wire) { return wire->request.owner == owner; });
    input([&] {
        for (const auto& wire : gone) m_world.waits.cancel(wire);
    });
}

void Network::hangUpPolls() {
    std::vector<std::shared_ptr<Wire>> gone;
    std::erase_if(m_waiting, [&gone](const std::shared_ptr<Wire>& wire) {
        const bool poll = wire->request.method.ends_with("TaskQueue");
        if (poll) gone.push_back(wire);
        return poll;
    });
    input([&] {
        for (const auto& wire : gone) m_world.waits.cancel(wire);
    });
}

void Network::pass(base::Duration by) {
    const base::Timestamp target = wall + by;
    while (true) {
        const auto wake = m_world.nextWake();
        if (!wake || *wake > target) break;
        wall = std::max(wall, *wake);
        input([] {});
    }
    wall = target;
    input([] {});
}

void Network::oversleep(base::Duration by) {
    wall += by;
    input([] {});
}

void Network::lose(const std::shared_ptr<Wire>& wire) {
    if (!wire->answerArrives) return;
    server::Reply reply;
    reply.message = emptyPoll(wire->request.method);
    if (reply.message) {
        wire->request.onAnswer(Answer{&reply});
    } else {
        m_retries.push_back(wire->request);
    }
}

void Network::crashNow() {
    m_observer.note("the server crashes");
    m_doomed = false;
    const auto waiting = std::exchange(m_waiting, {});
    crash();
    for (const auto& wire : waiting) lose(wire);
    input([] {});
}

void Network::deliver(Request request, bool answerArrives) {
    request.delivery = ++m_deliveries;
    const auto wire = std::make_shared<Wire>(request, answerArrives);
    m_waiting.push_back(wire);
    const auto& method = methodOf(request.method);
    if (m_doomed && changesSomething(request.method)) {
        m_observer.note("the last input of the process: " + request.method);
        m_world.begin(wall);
        server::Methods::run(method, m_world, *request.message, wire);
        m_world.settle();
        m_world.outbox.clear();
        return crashNow();
    }
    input([&] {
        m_observer.arriving(request);
        server::Methods::run(method, m_world, *request.message, wire);
    });
}

void Network::flush() {
    for (auto& [call, reply] : std::exchange(m_world.outbox, {})) call->finish(std::move(reply));
    std::vector<std::shared_ptr<Wire>> done;
    std::erase_if(m_waiting, [&done](const std::shared_ptr<Wire>& wire) {
        // Those who waited for a run hear of its deletion in the same input; the deletion explains what they hear.
        const bool explains = wire->request.method == "DeleteWorkflowExecution";
        if (wire->reply) done.insert(explains ? done.begin() : done.end(), wire);
        return wire->reply.has_value();
    });
    for (const auto& wire : done) {
        if (tamper) tamper(m_world, wire->request, *wire->reply);
        const Answer answer{&*wire->reply};
        if (answer.code() == base::ErrorCode::Internal) {
            throw Violation("server-error", wire->request.method + " failed inside the server: " + answer.text());
        }
        m_observer.answered(wire->request, answer);
    }
    m_observer.settled();
    for (const auto& wire : done) {
        if (wire->answerArrives) wire->request.onAnswer(Answer{&*wire->reply});
    }
}

}  // namespace orrery::simulation
