// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>

#include "core/gateway/local_server.h"
#include "tests/views/support/fake_clock.h"
#include "tests/views/support/fake_cluster.h"

namespace orrery::test {

/// A worker that is at once what it is told to be.
class FakeWorker final : public gateway::WorkerProcess {
public:
    gateway::WorkerState state() const override { return m_state; }
    gateway::Subscription watch(std::function<void(gateway::WorkerState)> callback) override;
    void start() override { enter(gateway::WorkerState::Kind::Running); }
    void stop() override { enter(gateway::WorkerState::Kind::Stopped); }
    void kill() override { enter(gateway::WorkerState::Kind::Killed); }
    void restart() override { enter(gateway::WorkerState::Kind::Running); }

private:
    void enter(gateway::WorkerState::Kind kind);

    gateway::WorkerState m_state;
    std::function<void(gateway::WorkerState)> m_watcher;
};

/// The three fakes together, as the window gets them.
class FakeServer final : public gateway::LocalServer {
public:
    FakeServer();

    std::shared_ptr<FakeCluster> fakeCluster = std::make_shared<FakeCluster>();
    FakeClock fakeClock;
    FakeWorker fakeWorker;

    std::string address() const override { return "127.0.0.1:7233"; }
    std::shared_ptr<gateway::Cluster> cluster() const override { return fakeCluster; }
    gateway::ClockControl& clock() override { return fakeClock; }
    gateway::WorkerProcess& worker() override { return fakeWorker; }
};

}  // namespace orrery::test
