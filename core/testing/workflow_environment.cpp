// SPDX-License-Identifier: MIT
#include "core/testing/workflow_environment.h"

#include <atomic>
#include <thread>
#include <utility>

#include <temporal/api/testservice/v1/request_response.pb.h>

#include "core/base/clock.h"
#include "core/payload/proto.h"
#include "core/server/server.h"

namespace orrery::testing {
namespace {

namespace tsv = temporal::api::testservice::v1;

std::string method(const char* name) { return std::string("/temporal.api.testservice.v1.TestService/") + name; }

/// Sent twice, a lock would count twice.
client::CallOptions once() {
    client::CallOptions options;
    options.retry = client::RetryPolicy::none();
    return options;
}

/// Lets time be skipped for as long as it lives.
class Unlocked {
public:
    explicit Unlocked(std::shared_ptr<client::Connection> connection) : m_connection(std::move(connection)) {
        m_connection->callAndWait<tsv::UnlockTimeSkippingResponse>(method("UnlockTimeSkipping"),
                                                                   tsv::UnlockTimeSkippingRequest(), once());
    }
    ~Unlocked() {
        try {
            m_connection->callAndWait<tsv::LockTimeSkippingResponse>(method("LockTimeSkipping"),
                                                                     tsv::LockTimeSkippingRequest(), once());
        } catch (const base::Error&) {
            // The server is gone, and its clock with it.
        }
    }
    Unlocked(const Unlocked&) = delete;
    Unlocked& operator=(const Unlocked&) = delete;

private:
    std::shared_ptr<client::Connection> m_connection;
};

}  // namespace

struct WorkflowEnvironment::State {
    std::unique_ptr<server::Server> server;
    std::shared_ptr<std::atomic<int>> holds = std::make_shared<std::atomic<int>>(0);
    std::unique_ptr<client::Client> client;
    bool skipsTime = false;

    static std::shared_ptr<State> start(const EnvironmentOptions& options, bool skipsTime) {
        server::ServerOptions serverOptions;
        serverOptions.listen = options.listen;
        serverOptions.port = options.port;
        serverOptions.namespaces = {options.namespaceName};
        serverOptions.testService = skipsTime;
        serverOptions.seed = options.seed;
        auto state = std::make_shared<State>();
        state->skipsTime = skipsTime;
        state->server = std::make_unique<server::Server>(serverOptions);
        state->server->start();

        client::ConnectOptions connectOptions;
        connectOptions.address = options.listen ? state->server->address() : "the test environment";
        connectOptions.namespaceName = options.namespaceName;
        auto core = std::make_shared<client::ClientCore>();
        core->connection = client::Connection::create(connectOptions, state->server->inProcessChannel());
        core->converter = options.converter;
        if (skipsTime) {
            core->whileWaitingForResult = [connection = core->connection, holds = state->holds]() {
                return *holds > 0 ? std::shared_ptr<void>() : std::make_shared<Unlocked>(connection);
            };
        }
        state->client = std::make_unique<client::Client>(std::move(core));
        return state;
    }

    ~State() {
        if (!server) return;
        client->connection()->close();
        server->shutdown();
    }
};

WorkflowEnvironment::WorkflowEnvironment(std::shared_ptr<State> state) : m_state(std::move(state)) {}
WorkflowEnvironment::WorkflowEnvironment(WorkflowEnvironment&&) noexcept = default;
WorkflowEnvironment& WorkflowEnvironment::operator=(WorkflowEnvironment&&) noexcept = default;
WorkflowEnvironment::~WorkflowEnvironment() = default;

WorkflowEnvironment WorkflowEnvironment::startTimeSkipping(const EnvironmentOptions& options) {
    return WorkflowEnvironment(State::start(options, true));
}

WorkflowEnvironment WorkflowEnvironment::startLocal(const EnvironmentOptions& options) {
    return WorkflowEnvironment(State::start(options, false));
}

WorkflowEnvironment WorkflowEnvironment::fromClient(client::Client client) {
    auto state = std::make_shared<State>();
    state->client = std::make_unique<client::Client>(std::move(client));
    return WorkflowEnvironment(std::move(state));
}

const client::Client& WorkflowEnvironment::client() const { return *m_state->client; }

bool WorkflowEnvironment::skipsTime() const { return m_state->skipsTime; }

std::string WorkflowEnvironment::address() const {
    return m_state->server ? m_state->server->address() : m_state->client->connection()->address();
}

base::Timestamp WorkflowEnvironment::currentTime() const {
    if (m_state->server) return m_state->server->clock().status().virtualNow;
    return base::systemClock()->now();
}

void WorkflowEnvironment::sleep(base::Duration duration) const {
    if (!m_state->skipsTime) {
        std::this_thread::sleep_for(duration);
        return;
    }
    tsv::SleepRequest request;
    payload::toProto(duration, request.mutable_duration());
    client::CallOptions options = once();
    // As long as running work holds the clock, which is for its author to bound.
    options.timeout = std::chrono::hours(24);
    m_state->client->connection()->callAndWait<tsv::SleepResponse>(method("UnlockTimeSkippingWithSleep"), request,
                                                                   options);
}

std::shared_ptr<void> WorkflowEnvironment::holdTime() const {
    ++*m_state->holds;
    return std::shared_ptr<void>(nullptr, [holds = m_state->holds](void*) { --*holds; });
}

server::ClockControl* WorkflowEnvironment::clock() const {
    return m_state->server ? &m_state->server->clock() : nullptr;
}

}  // namespace orrery::testing
