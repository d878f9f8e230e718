// SPDX-License-Identifier: MIT
#include "core/gateway/local_server.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/client/client.h"
#include "core/gateway/impl/connected_cluster.h"
#include "core/gateway/impl/jobs.h"
#include "core/gateway/impl/supervised_worker.h"
#include "core/server/server.h"

namespace orrery::gateway {
namespace {

/// On the first port that nobody has.
std::unique_ptr<server::Server> startServer(const LocalServerOptions& options) {
    const int last = std::min(options.port + std::max(options.portsTried, 1) - 1, 65'535);
    for (int port = options.port; port <= last; ++port) {
        server::ServerOptions wanted;
        wanted.host = options.host;
        wanted.port = static_cast<uint16_t>(port);
        wanted.namespaces = {options.namespaceName};
        auto server = std::make_unique<server::Server>(wanted);
        try {
            server->start();
            return server;
        } catch (const base::Error& error) {
            if (error.code() != base::ErrorCode::Unavailable) throw;
        }
    }
    throw base::Error(base::ErrorCode::Unavailable,
                      fmt::format("no port from {} to {} is free on {}: end the program that has one of them",
                                  options.port, last, options.host),
                      {{"address", options.host}, {"port", std::to_string(options.port)}});
}

std::vector<std::string> withAddress(std::vector<std::string> arguments, const std::string& address) {
    std::replace(arguments.begin(), arguments.end(), std::string("{address}"), address);
    return arguments;
}

class EmbeddedServer final : public LocalServer {
public:
    explicit EmbeddedServer(const LocalServerOptions& options) : m_server(startServer(options)) {
        client::ConnectOptions connectOptions;
        connectOptions.address = m_server->address();
        connectOptions.namespaceName = options.namespaceName;
        m_connection = client::Connection::create(connectOptions, m_server->inProcessChannel());
        const ClusterInfo info{m_server->address(), ClusterKind::Embedded, options.namespaceName,
                               client::Client(m_connection).serverInfo().version, m_connection->identity()};
        m_cluster = std::make_shared<ConnectedCluster>(m_connection, info);
        m_worker = superviseWorker(options.workerProgram, withAddress(options.workerArguments, m_server->address()));
        if (options.startWorker && !options.workerProgram.empty()) m_worker->start();
    }
    ~EmbeddedServer() override {
        // The worker first, so that its last words reach the server.
        m_worker.reset();
        m_connection->close();
        m_server->shutdown();
    }

    std::string address() const override { return m_server->address(); }
    std::shared_ptr<Cluster> cluster() const override { return m_cluster; }
    ClockControl& clock() override { return m_server->clock(); }
    WorkerProcess& worker() override { return *m_worker; }

private:
    std::unique_ptr<server::Server> m_server;
    std::shared_ptr<client::Connection> m_connection;
    std::shared_ptr<Cluster> m_cluster;
    std::unique_ptr<WorkerProcess> m_worker;
};

}  // namespace

Request startLocalServer(LocalServerOptions options, Callback<std::shared_ptr<LocalServer>> callback) {
    return runJob<std::shared_ptr<LocalServer>>(
        [options = std::move(options)](const std::stop_token&) { return startLocalServerNow(options); },
        std::move(callback));
}

std::shared_ptr<LocalServer> startLocalServerNow(LocalServerOptions options) {
    return std::make_shared<EmbeddedServer>(options);
}

}  // namespace orrery::gateway
