// SPDX-License-Identifier: MIT
#include "core/server/server.h"

#include "core/base/error.h"

namespace orrery::server {

class Server::Impl {
public:
    explicit Impl(ServerOptions given) : options(std::move(given)) {}
    ServerOptions options;
};

Server::Server(ServerOptions options) : m_impl(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;
void Server::start() { throw base::Error(base::ErrorCode::Unimplemented, "The embedded server is not built yet."); }
std::string Server::address() const { return {}; }
std::shared_ptr<grpc::Channel> Server::inProcessChannel() { return nullptr; }
ClockControl& Server::clock() { throw base::Error(base::ErrorCode::Unimplemented, "The clock is not built yet."); }
void Server::shutdown() {}

}  // namespace orrery::server
