// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/server/clock_control.h"
#include "core/server/limits.h"

namespace grpc {
class Channel;
}

namespace orrery::server {

struct ServerOptions {
    std::string host = "127.0.0.1";
    /// 0 takes any free port. Ignored when listen is false.
    uint16_t port = 7233;
    /// False: no port at all, only inProcessChannel().
    bool listen = true;
    std::vector<std::string> namespaces = {"default"};
    /// Serve temporal.api.testservice (Lock, Unlock, Sleep ...), with the clock following its lock counter, and let
    /// automatic jumps reach run and execution time-outs: what SDK test environments expect of a test server.
    /// Namespaces that nobody registered are made up when they are asked for, and all have `searchAttributes`.
    bool testService = false;
    /// With testService: start with the lock counter at zero instead of one.
    bool timeSkipping = false;
    Limits limits;
    /// Keys of Temporal's dynamic configuration with their values as JSON; they change `limits`. What a key means here,
    /// and that one is ignored, is logged by the constructor, which throws Error(InvalidArgument) for a bad value.
    std::vector<std::pair<std::string, std::string>> dynamicConfig;
    /// Name and type ("Keyword", "Int" ...) of those that each of `namespaces` knows from the start. The constructor
    /// throws Error(InvalidArgument) for a type that nobody knows and a name that is taken.
    std::vector<std::pair<std::string, std::string>> searchAttributes;
    /// Feeds run ids; 0 takes one from the machine's entropy. The same seed and inputs give the same histories.
    uint64_t seed = 0;
    /// Empty: everything is in memory and gone with the server. Else a file that keeps it, made where there is none.
    std::string storeFile;
    /// How SQLite handles the file, for example {"synchronous", "off"}.
    std::map<std::string, std::string> storePragmas;
    std::shared_ptr<base::Clock> wallClock = base::systemClock();
};

/// The embedded server: Temporal's WorkflowService (and what clients need around it) in memory, on a virtual clock.
/// All members are safe from any thread.
class Server {
public:
    explicit Server(ServerOptions options = {});
    /// Shuts down.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Takes up what the file keeps, opens the port and starts the threads. Throws Error(Unavailable) that names a
    /// taken port, and one of Unavailable, FailedPrecondition and Unreadable that names a file that cannot be served
    /// (store/sqlite_store.h).
    void start();

    /// "127.0.0.1:7233"; empty without a port or before start().
    std::string address() const;

    /// A channel that needs no port. Valid after start().
    std::shared_ptr<grpc::Channel> inProcessChannel();

    ClockControl& clock();

    /// Answers waiting calls, ends the rest and joins the threads. Idempotent.
    void shutdown();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace orrery::server
