// SPDX-License-Identifier: MIT
#include "core/server/server.h"

#include <random>

#include <grpcpp/support/byte_buffer.h>

#include "core/base/error.h"
#include "core/server/engine.h"
#include "core/server/transport/transport.h"

namespace orrery::server {
namespace {

WorldOptions worldOptions(const ServerOptions& options) {
    WorldOptions result;
    result.seed = options.seed;
    if (result.seed == 0) {
        std::random_device entropy;
        result.seed = uint64_t(entropy()) << 32 | entropy();
    }
    result.namespaces = options.namespaces;
    result.testService = options.testService;
    result.timeSkipping = options.timeSkipping;
    result.limits = options.limits;
    return result;
}

void refuse(const CallPtr& call, const ServiceError& error) {
    Reply reply;
    reply.error = error;
    call->finish(std::move(reply));
}

}  // namespace

class Server::Impl {
public:
    explicit Impl(const ServerOptions& options)
        : engine(worldOptions(options), options.wallClock),
          transport(options.host, options.port, options.listen,
                    {[this](const std::string& path, const grpc::ByteBuffer& bytes, const CallPtr& call) {
                         request(path, bytes, call);
                     },
                     [this](const CallPtr& call) { engine.callerGone(call); }}) {}

    void request(const std::string& path, const grpc::ByteBuffer& bytes, const CallPtr& call) {
        const Methods::Method* method = allMethods().find(path);
        if (method == nullptr) {
            return refuse(call, unimplemented("Orrery's server has no method " + path + " yet."));
        }
        const std::unique_ptr<google::protobuf::Message> message = method->newRequest();
        if (!parseBytes(bytes, message.get())) {
            return refuse(call, invalidArgument("The request of " + path + " is not a readable message."));
        }
        engine.call(*method, *message, call);
    }

    Engine engine;
    Transport transport;
};

Server::Server(ServerOptions options) : m_impl(std::make_unique<Impl>(options)) {}

Server::~Server() { shutdown(); }

void Server::start() {
    m_impl->transport.start();
    m_impl->engine.start();
}

std::string Server::address() const { return m_impl->transport.address(); }

std::shared_ptr<grpc::Channel> Server::inProcessChannel() { return m_impl->transport.inProcessChannel(); }

ClockControl& Server::clock() { return m_impl->engine; }

void Server::shutdown() {
    m_impl->engine.stop();
    m_impl->transport.shutdown();
    // Calls that came in between are let go while gRPC still stands.
    m_impl->engine.stop();
}

}  // namespace orrery::server
