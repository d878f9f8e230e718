// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/gateway/clock.h"
#include "core/gateway/cluster.h"
#include "core/gateway/worker_process.h"

namespace orrery::gateway {

struct LocalServerOptions {
    std::string host = "127.0.0.1";
    /// The first of the ports to be tried.
    uint16_t port = 7233;
    int portsTried = 50;
    std::string namespaceName = "default";
    /// Program of the sample worker; empty: none is started, and start() of the worker says so.
    std::filesystem::path workerProgram;
    /// "{address}" stands for the server's address.
    std::vector<std::string> workerArguments = {"worker", "--address", "{address}"};
    /// Begin with the worker running.
    bool startWorker = true;
};

/// The server inside our own process, with its clock and the sample worker. Dropping it ends all three; the clusters
/// that it gave then answer with Problem(Unavailable). Any thread.
class LocalServer {
public:
    virtual ~LocalServer() = default;

    /// "127.0.0.1:7233", for other programs.
    virtual std::string address() const = 0;
    /// Over a channel that needs no port.
    virtual std::shared_ptr<Cluster> cluster() const = 0;
    virtual ClockControl& clock() = 0;
    virtual WorkerProcess& worker() = 0;
};

/// Off the calling thread. The Problem names host and ports when none is free.
Request startLocalServer(LocalServerOptions options, Callback<std::shared_ptr<LocalServer>> callback);

/// The same on the calling thread; throws base::Error. For command-line programs and tests.
std::shared_ptr<LocalServer> startLocalServerNow(LocalServerOptions options);

}  // namespace orrery::gateway
