// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/oracle.h"
#include "tests/simulation/plan.h"

namespace orrery::simulation {

/// Everybody who starts workflows and wants something of them. One object plays them all; each request has its own
/// faults.
class Clients {
public:
    using EagerTask = std::function<void(const api::PollWorkflowTaskQueueResponse&)>;
    /// `eager` and `wildEager` take the first task of a program or of a wild run that starts at once.
    Clients(Network& network, Oracle& oracle, const Setting& setting, EagerTask eager, EagerTask wildEager);

    void start(Dice& dice, const std::string& eagerIdentity);
    void signalWithStart(Dice& dice);
    void signal(Dice& dice);
    void update(Dice& dice);
    void updateWithStart(Dice& dice);
    void pollUpdate(Dice& dice);
    void query(Dice& dice);
    void cancel(Dice& dice);
    void terminate(Dice& dice);
    void reset(Dice& dice);
    void erase(Dice& dice);
    void look(Dice& dice);
    /// Begins to follow a history, or asks for its next events.
    void follow(Dice& dice);
    void resetSticky(Dice& dice);
    void activityById(Dice& dice);
    void testService(Dice& dice);

    /// Ends what would go on for ever.
    void end(const std::string& workflowId);
    /// Lets programs that wait for signals go on.
    void release(const std::string& workflowId, const std::string& runId);
    void listAll();
    /// A filter whose meaning is known, and the same as a count.
    void ask(Dice& dice);
    /// Changes the namespace's properties, and looks at what became of them.
    void changeNamespace(Dice& dice);
    void unlockAll();
    /// Somebody unlocked too often, and time runs away over runs that nobody works for.
    void stopRace();

private:
    struct Follower {
        std::string workflowId;
        std::string runId;
        std::string token;
        int64_t last = 0;
        bool asking = false;
        bool done = false;
    };

    std::string anyId(Dice& dice) const;
    /// Any run that there is, mostly by its workflow id alone.
    temporal::api::common::v1::WorkflowExecution target(Dice& dice) const;
    template <typename Request>
    void fillStart(Dice& dice, Request* request);
    void fillUpdate(Dice& dice, api::UpdateWorkflowExecutionRequest* request);
    void ask(const std::shared_ptr<Follower>& follower, Fault fault);
    void onPage(const std::shared_ptr<Follower>& follower, const Answer& answer);
    template <typename Request>
    void call(const std::string& method, const Request& request, Dice& dice) {
        m_network.call("client", 0, method, request, m_network.draw(dice), [](const Answer&) {});
    }

    Network& m_network;
    Oracle& m_oracle;
    Setting m_setting;
    EagerTask m_eager;
    EagerTask m_wildEager;
    std::vector<std::shared_ptr<Follower>> m_followers;
    int m_numbers = 0;
};

}  // namespace orrery::simulation
