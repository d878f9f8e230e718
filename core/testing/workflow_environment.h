// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "core/base/time.h"
#include "core/client/client.h"
#include "core/server/clock_control.h"

namespace orrery::testing {

struct EnvironmentOptions {
    std::string namespaceName = "default";
    /// For other programs to connect; the environment's own client needs no port. 0 takes any free one.
    bool listen = false;
    uint16_t port = 0;
    /// Run ids and jitter follow from it, so that a test runs the same way each time; 0 for random ones.
    uint64_t seed = 0;
    payload::DataConverter converter = payload::defaultConverter();
};

/// A server for tests of workflows, in this process, and a client on it. A worker is made on client().connection().
/// Movable; ends its server when it is destroyed. Any thread. Calls wait for the server.
class WorkflowEnvironment {
public:
    /// Time stands at wall rate, but is skipped while somebody waits for the result of a workflow, and in sleep().
    static WorkflowEnvironment startTimeSkipping(const EnvironmentOptions& options = {});
    /// Time passes as it does elsewhere.
    static WorkflowEnvironment startLocal(const EnvironmentOptions& options = {});
    /// Somebody else's server, whose time is left alone.
    static WorkflowEnvironment fromClient(client::Client client);

    WorkflowEnvironment(WorkflowEnvironment&&) noexcept;
    WorkflowEnvironment& operator=(WorkflowEnvironment&&) noexcept;
    ~WorkflowEnvironment();

    const client::Client& client() const;
    bool skipsTime() const;
    /// "127.0.0.1:41234"; empty when it listens on no port.
    std::string address() const;

    /// The server's time.
    base::Timestamp currentTime() const;
    /// Until the server's time has passed on by so much: at once where time can be skipped.
    void sleep(base::Duration duration) const;

    /// While it lives, waiting for results does not skip time.
    std::shared_ptr<void> holdTime() const;

    /// Of the server that this environment started; null for fromClient.
    server::ClockControl* clock() const;

private:
    struct State;
    explicit WorkflowEnvironment(std::shared_ptr<State> state);
    std::shared_ptr<State> m_state;
};

}  // namespace orrery::testing
