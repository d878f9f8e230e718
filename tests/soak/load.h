// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/client/client.h"
#include "core/worker/worker.h"
#include "tests/simulation/dice.h"

namespace orrery::soak {

/// Everything that people do to a server, at a steady rate: runs of the simulation's program (timers, activities that
/// fail, children, signals to others, continue-as-new, patches), messages, queries, updates, lists, ends and deletions,
/// workers that come and go, and virtual time that is skipped so that retention ends.
class Load {
public:
    Load(const std::string& address, uint64_t seed);

    /// Starts one workflow and does a few other things. What the server refuses is counted by its code.
    void step();
    /// Skips virtual time until `now` plus that.
    void skip(base::Duration by);
    /// The worker dies as in a crash and another one takes over.
    void replaceWorker();

    /// Those that were asked for, and those of them that the server took.
    int64_t started() const { return m_started; }
    int64_t taken() const { return m_taken; }
    /// All that was asked for by step().
    int64_t requests() const { return m_requests; }
    /// Runs that the server knows.
    int64_t known() const { return m_client.countWorkflows(); }
    const std::map<std::string, int64_t>& refusals() const { return m_refusals; }

private:
    template <typename Work>
    void attempt(Work&& work);
    std::string anyId();
    void message(const client::WorkflowHandle& workflow);
    void look();
    void erase(const client::WorkflowHandle& workflow);

    client::Client m_client;
    simulation::Dice m_dice;
    std::unique_ptr<worker::Worker> m_worker;
    int64_t m_started = 0;
    int64_t m_taken = 0;
    int64_t m_requests = 0;
    int64_t m_signals = 0;
    std::map<std::string, int64_t> m_refusals;
};

}  // namespace orrery::soak
