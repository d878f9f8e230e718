// SPDX-License-Identifier: MIT
#include "core/server/server.h"

#include <random>

#include <grpcpp/support/byte_buffer.h>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/server/dynamic_config.h"
#include "core/server/engine.h"
#include "core/server/state/attributes.h"
#include "core/server/store/sqlite_store.h"
#include "core/server/transport/transport.h"

namespace orrery::server {
namespace {

Limits limitsOf(const ServerOptions& options) {
    Limits limits = options.limits;
    for (const auto& [key, json] : options.dynamicConfig) {
        const ConfigEffect effect = applyConfig(limits, key, json);
        const std::string remark = configRemark(effect, key, json);
        if (remark.empty()) continue;
        const bool missed = effect != ConfigEffect::Nothing && effect != ConfigEffect::Always;
        base::log(missed ? base::LogLevel::Warn : base::LogLevel::Info, "server", remark);
    }
    return limits;
}

std::map<std::string, int> attributesOf(const ServerOptions& options) {
    std::map<std::string, int> attributes;
    for (const auto& [name, typeName] : options.searchAttributes) {
        const auto type = typeOfName(typeName);
        if (!type) {
            throw base::Error(base::ErrorCode::InvalidArgument,
                              "The search attribute " + name + " cannot be of type '" + typeName +
                                  "'; use Text, Keyword, Int, Double, Bool, Datetime or KeywordList.");
        }
        if (name.empty() || isReservedAttribute(name)) {
            throw base::Error(base::ErrorCode::InvalidArgument, "A search attribute cannot be named '" + name +
                                                                    "': the server has that name for itself.");
        }
        if (!attributes.emplace(name, int(*type)).second) {
            throw base::Error(base::ErrorCode::InvalidArgument, "The search attribute " + name + " is given twice.");
        }
    }
    return attributes;
}

/// What workers and their clients call all the time.
std::vector<std::string> busyMethods() {
    std::vector<std::string> paths;
    for (const char* name :
         {"StartWorkflowExecution", "SignalWorkflowExecution", "GetWorkflowExecutionHistory", "PollWorkflowTaskQueue",
          "RespondWorkflowTaskCompleted", "PollActivityTaskQueue", "RespondActivityTaskCompleted",
          "RespondActivityTaskFailed", "RecordActivityTaskHeartbeat"}) {
        paths.push_back(std::string("/temporal.api.workflowservice.v1.WorkflowService/") + name);
    }
    return paths;
}

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
    result.limits = limitsOf(options);
    result.searchAttributes = attributesOf(options);
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
        : storeFile(options.storeFile),
          storePragmas(options.storePragmas),
          engine(worldOptions(options), options.wallClock),
          transport({options.host, options.port, options.listen}, busyMethods(),
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

    void openStore() {
        if (storeFile.empty()) return;
        engine.keepIn(std::make_unique<SqliteStore>(storeFile, storePragmas));
    }

    const std::string storeFile;
    const std::map<std::string, std::string> storePragmas;
    Engine engine;
    Transport transport;
};

Server::Server(ServerOptions options) : m_impl(std::make_unique<Impl>(options)) {}

Server::~Server() { shutdown(); }

void Server::start() {
    m_impl->openStore();
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
