// SPDX-License-Identifier: MIT
#include "core/server/transport/transport.h"

#include <mutex>
#include <thread>

#include <absl/synchronization/mutex.h>
#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>

#include "core/base/log.h"
#include "core/server/transport/grpc_call.h"

namespace orrery::server {
namespace {

constexpr int kWaitingCalls = 16;
constexpr int64_t kGraceMillis = 100;
constexpr int kMostBytes = 128 * 1024 * 1024;

void setArguments(grpc::ServerBuilder* builder) {
    // SDKs ping open connections; without all three of these gRPC answers some of them with GOAWAY too_many_pings.
    builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 100);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
    // Two servers on one port would share its connections between them.
    builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // GRPC_ARG_MINIMAL_STACK would save a twentieth of a call, but takes away the filter that unpacks requests, which
    // the SDKs on the Rust core compress.
    builder->SetMaxSendMessageSize(-1);
    // What is larger than a request may be is refused by GrpcCall, in the words that SDKs know.
    builder->SetMaxReceiveMessageSize(kMostBytes);
}

/// What holds for the whole process.
void setUpGrpc() {
    static const bool done = [] {
        // Debian builds abseil with a lock-order check that costs a fifteenth of a server's time.
        absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
        // gRPC's own lines say in its words what our errors say better.
        gpr_set_log_function([](gpr_log_func_args* line) { base::log(base::LogLevel::Debug, "grpc", line->message); });
        return true;
    }();
    (void)done;
}

}  // namespace

class Transport::Impl {
public:
    Impl(std::string givenHost, uint16_t givenPort, bool givenListen, Handlers handlers)
        : host(std::move(givenHost)), port(givenPort), listen(givenListen) {
        house.handlers = std::move(handlers);
    }

    void poll() {
        void* tag = nullptr;
        bool ok = false;
        while (house.queue->Next(&tag, &ok)) GrpcCall::completed(static_cast<GrpcCall::Operation*>(tag), ok);
    }

    std::string host;
    uint16_t port;
    bool listen;
    CallHouse house;
    std::unique_ptr<grpc::Server> server;
    std::thread poller;
    std::mutex stopping;
    bool stopped = false;
};

Transport::Transport(std::string host, uint16_t port, bool listen, Handlers handlers)
    : m_impl(std::make_unique<Impl>(std::move(host), port, listen, std::move(handlers))) {}

Transport::~Transport() { shutdown(); }

void Transport::start() {
    setUpGrpc();
    grpc::ServerBuilder builder;
    setArguments(&builder);
    int boundPort = 0;
    if (m_impl->listen) {
        builder.AddListeningPort(fmt::format("{}:{}", m_impl->host, m_impl->port), grpc::InsecureServerCredentials(),
                                 &boundPort);
    }
    builder.RegisterAsyncGenericService(&m_impl->house.service);
    m_impl->house.queue = builder.AddCompletionQueue();
    m_impl->server = builder.BuildAndStart();
    if (!m_impl->server || (m_impl->listen && boundPort == 0)) {
        m_impl->server.reset();
        m_impl->house.queue->Shutdown();
        m_impl->poll();
        m_impl->house.queue.reset();
        throw base::Error(base::ErrorCode::Unavailable,
                          fmt::format("Port {} on {} is taken or not allowed. Choose another port, or stop the program "
                                      "that listens there.",
                                      m_impl->port, m_impl->host),
                          {{"port", std::to_string(m_impl->port)}, {"host", m_impl->host}});
    }
    if (m_impl->listen) m_impl->port = uint16_t(boundPort);
    for (int i = 0; i < kWaitingCalls; ++i) GrpcCall::accept(m_impl->house);
    m_impl->poller = std::thread([impl = m_impl.get()] { impl->poll(); });
}

std::string Transport::address() const {
    if (!m_impl->listen || !m_impl->server) return {};
    return fmt::format("{}:{}", m_impl->host, m_impl->port);
}

std::shared_ptr<grpc::Channel> Transport::inProcessChannel() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return m_impl->server->InProcessChannel(arguments);
}

void Transport::shutdown() {
    const std::lock_guard stopping(m_impl->stopping);
    if (m_impl->stopped || !m_impl->server) return;
    m_impl->stopped = true;
    m_impl->server->Shutdown(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(kGraceMillis, GPR_TIMESPAN)));
    {
        const std::unique_lock lock(m_impl->house.gate);
        m_impl->house.open = false;
    }
    m_impl->house.queue->Shutdown();
    m_impl->poller.join();
}

bool parseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
    if (bytes.Length() == 0) return message->ParseFromArray("", 0);
    grpc::Slice slice;
    if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return false;
    return message->ParseFromArray(slice.begin(), int(slice.size()));
}

}  // namespace orrery::server
