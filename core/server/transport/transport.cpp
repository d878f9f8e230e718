// SPDX-License-Identifier: MIT
#include "core/server/transport/transport.h"

#include <mutex>
#include <thread>

#include <absl/synchronization/mutex.h>
#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>

#include "core/base/log.h"
#include "core/server/transport/generic_call.h"
#include "core/server/transport/unary_call.h"

namespace orrery::server {
namespace {

constexpr int kWaitingCalls = 4;
constexpr int64_t kGraceMillis = 100;
constexpr int kMostBytes = 128 * 1024 * 1024;

void setArguments(grpc::ServerBuilder* builder) {
    // SDKs ping open connections; without all three of these gRPC answers some of them with GOAWAY too_many_pings.
    builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 100);
    builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
    // Two servers on one port would share its connections between them.
    builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A caller whose time is up says so, and the state ends the waits of those that do not: no timer for every call.
    builder->AddChannelArgument(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 0);
    // Answers are not compressed. Requests may be.
    builder->AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
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
    Impl(Address given, std::vector<std::string> busyMethods, Handlers handlers)
        : host(std::move(given.host)), port(given.port), listen(given.listen), house(std::move(busyMethods)) {
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

Transport::Transport(Address address, std::vector<std::string> busyMethods, Handlers handlers)
    : m_impl(std::make_unique<Impl>(std::move(address), std::move(busyMethods), std::move(handlers))) {}

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
    builder.RegisterService(&m_impl->house.busy);
    builder.RegisterAsyncGenericService(&m_impl->house.others);
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
    for (int i = 0; i < kWaitingCalls; ++i) GenericCall::accept(m_impl->house);
    for (size_t i = 0; i < m_impl->house.busy.size(); ++i) UnaryCall::accept(m_impl->house, i);
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
