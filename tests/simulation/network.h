// SPDX-License-Identifier: MIT
// Between the actors and the server's state: every request and every answer may be lost, come twice or come late. The
// actors never call the server in any other way.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/methods.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/storage.h"

namespace orrery::simulation {

using google::protobuf::Message;
namespace api = temporal::api::workflowservice::v1;
namespace enums = temporal::api::enums::v1;

/// The name is deprecated; what it asks for has to work all the same.
inline constexpr auto kTerminateIfRunning = static_cast<enums::WorkflowIdReusePolicy>(4);

/// What the server said: a message as the wire would carry it, or an error.
struct Answer {
    const server::Reply* reply = nullptr;

    bool failed() const { return reply->error.has_value(); }
    base::ErrorCode code() const { return failed() ? reply->error->code() : base::ErrorCode::Ok; }
    std::string text() const { return failed() ? reply->error->what() : std::string(); }
    template <typename Response>
    Response as() const {
        Response response;
        response.ParseFromString(reply->message->SerializeAsString() + reply->tail);
        return response;
    }
};

/// The run, found without the server's noticing: one that it looked at counts as changed. nullptr for none.
const server::Run* runIn(const server::World& world, const std::string& runId);

enum class Fault : uint8_t { None, RequestLost, AnswerLost, Twice, Late };

struct Request {
    std::string who;
    /// Dies with its worker: answers for an owner that is gone are dropped. 0 is a client, which lives for ever.
    uint64_t owner = 0;
    std::string method;
    std::shared_ptr<const Message> message;
    std::function<void(const Answer&)> onAnswer;
    /// For observers: another number each time that the request arrives.
    uint64_t delivery = 0;
    /// Who asked waits on the spot, and never asks again.
    bool onTheSpot = false;
};

/// Sees every delivery as the server does, whatever becomes of the answer on its way back.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void arriving(const Request& request) = 0;
    virtual void answered(const Request& request, const Answer& answer) = 0;
    /// An input is over.
    virtual void settled() = 0;
    virtual void note(const std::string& line) = 0;
    /// What happens from now on may be lost in a crash.
    virtual void remember() = 0;
    /// It was lost.
    virtual void rewind() = 0;
};

/// A fault that is put into the server's answers, so that tests see whether the oracle finds it.
using Tamper = std::function<void(server::World& world, const Request& request, server::Reply& reply)>;

class Network {
public:
    Network(server::World& world, Observer& observer) : m_world(world), m_observer(observer) {}

    /// Empty for none.
    Tamper tamper;
    /// Where the server keeps everything; nullptr for nowhere. Answers leave when what led to them is there.
    Storage* storage = nullptr;
    /// Ends the server's process and starts another one, which begins with what was kept. `whole`: that is everything.
    std::function<void(bool whole)> restart;
    /// The next request that changes something is the last one of the process: it comes, and nothing of it is kept.
    void crashInNextChange() { m_doomed = true; }
    /// Crashes at once. Whoever waits for an answer hears that the connection is broken.
    void crashNow();
    /// The crash that is to come, if one is, comes now.
    void crashIfDoomed() {
        if (m_doomed) crashNow();
    }

    /// So many inputs come while the store is at work with one commit; then they are kept together.
    void slowDown(int inputs);
    /// The store refuses so many commits and requests.
    void breakStore(int times);
    /// It is well again, and has everything.
    void mendStore();
    /// An input jumped as often as one may, and the next one would go on.
    bool racing() const {
        const bool automatic = m_world.clock.mode() == server::ClockMode::Automatic;
        return automatic && !inTrouble() && !m_world.held() && m_world.due.firstJumpTime();
    }
    /// Nothing can be kept, so nothing happens.
    bool inTrouble() const { return storage != nullptr && storage->inTrouble(); }

    server::World& world() { return m_world; }
    base::Timestamp wall = *base::parseTimestamp("2026-03-12T09:00:00Z");

    /// One delivery in so many goes wrong.
    void setFaults(int oneIn) { m_faults = oneIn; }
    Fault draw(Dice& dice) const;

    template <typename Message>
    void call(const std::string& who, uint64_t owner, const std::string& method, Message message, Fault fault,
              std::function<void(const Answer&)> onAnswer) {
        send({who, owner, method, std::make_shared<const Message>(std::move(message)), std::move(onAnswer), 0, false},
             fault);
    }
    void send(Request request, Fault fault);
    /// The same for somebody who waits for the answer on the spot, which is there when this returns.
    template <typename Message>
    void ask(const std::string& who, uint64_t owner, const std::string& method, Message message,
             std::function<void(const Answer&)> onAnswer) {
        if (m_slowFor > 0) write();
        deliver({who, owner, method, std::make_shared<const Message>(std::move(message)), std::move(onAnswer), 0, true},
                true);
    }

    /// Somebody whose request or answer was lost asks again, with the same request.
    void retry(Dice& dice);
    void deliverLate(Dice& dice);
    bool quiet() const { return m_retries.empty() && m_late.empty(); }
    /// The owner is gone. `heard`: its connections are seen to close; else its polls stay and take what comes.
    void drop(uint64_t owner, bool heard);

    /// Anything else that happens to the server.
    template <typename Work>
    void input(Work&& work) {
        if (inTrouble()) return;
        prepareForLoss();
        m_world.begin(wall);
        work();
        m_world.settle();
        flush();
    }
    /// Wall time goes on; the server is woken when something is due, as its ticker would.
    void pass(base::Duration by);
    /// Wall time goes on while the whole machine sleeps: all that fell due is late.
    void oversleep(base::Duration by);

    /// The callers of all that is still open, which can only be polls of the dead, are gone.
    void hangUpPolls();

    /// Calls that wait for an answer.
    size_t waiting() const { return m_waiting.size() + m_held.size(); }

private:
    class Wire;
    void deliver(Request request, bool answerArrives);
    void lose(const std::shared_ptr<Wire>& wire);
    void cancel(const std::vector<std::shared_ptr<Wire>>& gone);
    void prepareForLoss();
    void flush();
    void observe();
    void write();
    void recover();

    server::World& m_world;
    Observer& m_observer;
    int m_faults = 0;
    bool m_doomed = false;
    int m_slowFor = 0;
    int m_brokenFor = 0;
    bool m_losable = false;  ///< the observer was told to remember
    uint64_t m_deliveries = 0;
    std::vector<Request> m_retries;
    std::vector<Request> m_late;
    std::vector<std::shared_ptr<Wire>> m_waiting;
    std::vector<std::shared_ptr<Wire>> m_held;  ///< answered; what led to it is not kept yet
};

}  // namespace orrery::simulation
