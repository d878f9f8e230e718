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

const server::Run* runIn(const server::World& world, const std::string& runId) {
    const auto found =
        std::find_if(world.runs.begin(), world.runs.end(), [&](const auto& run) { return run->runId == runId; });
    return found == world.runs.end() ? nullptr : found->get();
}

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
    for (const auto& wire : m_held) wire->answerArrives = wire->answerArrives && wire->request.owner != owner;
    std::vector<std::shared_ptr<Wire>> gone;
    for (const auto& wire : m_waiting) {
        if (wire->request.owner != owner) continue;
        wire->answerArrives = false;
        if (heard) gone.push_back(wire);
    }
    if (!heard) return;
    std::erase_if(m_waiting, [owner](const auto& wire) { return wire->request.owner == owner; });
    cancel(gone);
}

/// To forget a call changes nothing that is kept, so trouble does not matter.
void Network::cancel(const std::vector<std::shared_ptr<Wire>>& gone) {
    const auto forget = [&] {
        for (const auto& wire : gone) m_world.waits.cancel(wire);
    };
    inTrouble() ? forget() : input(forget);
}

void Network::hangUpPolls() {
    std::vector<std::shared_ptr<Wire>> gone;
    std::erase_if(m_waiting, [&gone](const std::shared_ptr<Wire>& wire) {
        const bool poll = wire->request.method.ends_with("TaskQueue");
        if (poll) gone.push_back(wire);
        return poll;
    });
    cancel(gone);
}

void Network::pass(base::Duration by) {
    const base::Timestamp target = wall + by;
    if (inTrouble()) recover();
    while (!inTrouble() && !racing()) {
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

/// The caller hears that it did not work, and that nobody knows how far it came.
void Network::lose(const std::shared_ptr<Wire>& wire) {
    if (!wire->answerArrives) return;
    server::Reply reply;
    reply.message = emptyPoll(wire->request.method);
    if (wire->request.onTheSpot) reply.error.emplace(base::ErrorCode::Unavailable, "the connection is broken");
    if (reply.message || reply.error) {
        wire->request.onAnswer(Answer{&reply});
    } else {
        m_retries.push_back(wire->request);
    }
}

void Network::crashNow() {
    m_observer.note("the server crashes");
    m_doomed = false;
    m_slowFor = 0;
    auto lost = std::exchange(m_held, {});
    for (const auto& wire : std::exchange(m_waiting, {})) lost.push_back(wire);
    const bool whole = !storage->hasUnwritten();
    if (std::exchange(m_losable, false) && !whole) m_observer.rewind();
    restart(whole);
    for (const auto& wire : lost) lose(wire);
    input([] {});
}

void Network::slowDown(int inputs) {
    if (storage == nullptr || inTrouble()) return;
    m_observer.note("the store is slow");
    m_slowFor = inputs;
}

void Network::breakStore(int times) {
    if (storage == nullptr) return;
    m_observer.note("the store fails");
    storage->setFailing(true);
    m_brokenFor = times;
}

void Network::mendStore() {
    if (storage == nullptr) return;
    storage->setFailing(false);
    const bool had = inTrouble();
    if (had) m_observer.note("the store is well again");
    write();
    if (had) input([] {});
}

/// The writer tries again while time goes on.
void Network::recover() {
    if (--m_brokenFor <= 0) mendStore();
}

void Network::prepareForLoss() {
    if (storage == nullptr || m_losable) return;
    if (!m_doomed && m_slowFor == 0 && !storage->failing()) return;
    m_losable = true;
    m_observer.remember();
}

void Network::deliver(Request request, bool answerArrives) {
    request.delivery = ++m_deliveries;
    const auto wire = std::make_shared<Wire>(request, answerArrives);
    if (inTrouble()) {
        m_observer.note("refused while nothing can be kept: " + request.method);
        lose(wire);
        return recover();
    }
    const bool last = m_doomed && changesSomething(request.method);
    // Nothing of it is kept.
    if (last) m_slowFor = 2;
    if (last) m_observer.note("the last input of the process: " + request.method);
    m_waiting.push_back(wire);
    const auto& method = methodOf(request.method);
    input([&] {
        m_observer.arriving(request);
        server::Methods::run(method, m_world, *request.message, wire);
    });
    if (last) crashNow();
}

/// What the input answered is held until it is kept, together with what came before it.
void Network::flush() {
    if (storage != nullptr) storage->take();
    observe();
    if (m_slowFor > 0 && --m_slowFor > 0 && storage->hasUnwritten()) return;
    write();
}

void Network::observe() {
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
    m_held.insert(m_held.end(), done.begin(), done.end());
    m_observer.settled();
}

void Network::write() {
    m_slowFor = 0;
    const bool kept = storage == nullptr || storage->write();
    if (kept) m_losable = false;
    if (!kept) m_observer.note("the commit fails");
    for (const auto& wire : std::exchange(m_held, {})) {
        if (!kept) {
            lose(wire);
        } else if (wire->answerArrives) {
            wire->request.onAnswer(Answer{&*wire->reply});
        }
    }
}

}  // namespace orrery::simulation
