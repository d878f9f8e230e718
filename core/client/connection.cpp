// SPDX-License-Identifier: MIT
#include "core/client/connection.h"

#include <future>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include <fmt/format.h>
#include <grpcpp/alarm.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/delivery.h"
#include "core/client/backoff.h"

namespace orrery::client {
namespace {

using google::protobuf::Message;
using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, google::protobuf::MessageLite>;

constexpr std::string_view kWorkflowService = "/temporal.api.workflowservice.v1.WorkflowService/";

std::string defaultIdentity() {
    char host[256] = {};
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    return fmt::format("{}@{}", getpid(), host[0] != '\0' ? host : "localhost");
}

grpc::ChannelArguments channelArguments(const ConnectOptions& options) {
    using std::chrono::milliseconds;
    const auto millis = [](base::Duration value) {
        return static_cast<int>(std::chrono::duration_cast<milliseconds>(value).count());
    };
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(128 << 20);
    arguments.SetMaxSendMessageSize(-1);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, millis(options.keepAliveInterval));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, millis(options.keepAliveTimeout));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
    // A connection of its own: two Connections to one address fail and recover apart from each other.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    // The official SDKs go straight to the server whatever http_proxy says.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // Retries are ours: gRPC's transparent ones know nothing of Temporal's codes.
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetUserAgentPrefix("orrery/" ORRERY_VERSION);
    return arguments;
}

grpc::ByteBuffer encode(const Message& request) {
    grpc::ByteBuffer buffer;
    bool owned = false;
    const grpc::Status status = grpc::SerializationTraits<Message>::Serialize(request, &buffer, &owned);
    if (!status.ok()) {
        throw RpcError(base::ErrorCode::InvalidArgument,
                       fmt::format("cannot encode {}: {}", request.GetTypeName(), status.error_message()));
    }
    return buffer;
}

/// gRPC ends its callback threads together with the last channel that used them, and waits for them: fatal when one of
/// these very threads drops that channel, as the end of a call may. One channel that is never dropped keeps them.
void keepCallbackThreads() {
    struct Keeper {
        // Without credentials a channel fails every call at once and never looks for a server.
        std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel("unused", nullptr, grpc::ChannelArguments());
        grpc::GenericStub stub{channel};
        grpc::ClientContext context;
        grpc::Slice nothing;
        grpc::ByteBuffer request{&nothing, 1};
        grpc::ByteBuffer response;
    };
    static Keeper* const keeper = [] {
        auto* made = new Keeper;
        made->stub.UnaryCall(&made->context, "/keep", grpc::StubOptions(), &made->request, &made->response,
                             [](const grpc::Status&) {});
        return made;
    }();
    static_cast<void>(keeper);
}

std::chrono::system_clock::time_point wallDeadline(base::Duration fromNow) {
    return std::chrono::time_point_cast<std::chrono::system_clock::duration>(base::systemClock()->now() + fromNow);
}

}  // namespace

struct Connection::Parts {
    ConnectOptions options;
    std::shared_ptr<grpc::Channel> channel;
    Stub stub;
    /// Held shared while a call is created, so that none is after close().
    std::shared_mutex closing;
    bool closed = false;

    Parts(ConnectOptions given, std::shared_ptr<grpc::Channel> over)
        : options(std::move(given)), channel(std::move(over)), stub(channel) {}
};

/// One logical call: its tries, and the pauses between them. Kept alive by whatever gRPC operation is under way.
struct Call::State : std::enable_shared_from_this<Call::State> {
    std::shared_ptr<Connection::Parts> connection;
    std::string method;
    grpc::ByteBuffer request;
    CallOptions options;
    Backoff backoff;

    base::DeliveryGate gate;
    std::mutex mutex;
    bool stopped = false;
    bool answered = false;
    // Touched by one operation at a time: the try under way, or the pause.
    std::unique_ptr<Message> response;
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::Alarm> alarm;
    Connection::AnyReply reply;

    State(std::shared_ptr<Connection::Parts> over, std::string path, grpc::ByteBuffer bytes, const CallOptions& with)
        : connection(std::move(over)),
          method(std::move(path)),
          request(std::move(bytes)),
          options(with),
          backoff(with.retry) {}

    std::unique_ptr<grpc::ClientContext> makeContext() const {
        auto made = std::make_unique<grpc::ClientContext>();
        made->set_deadline(wallDeadline(options.timeout));
        made->AddMetadata("client-name", "orrery");
        made->AddMetadata("client-version", ORRERY_VERSION);
        made->AddMetadata("supported-server-versions", ">=1.0.0 <2.0.0");
        made->AddMetadata("temporal-namespace", connection->options.namespaceName);
        for (const auto& [name, value] : connection->options.headers) made->AddMetadata(name, value);
        for (const auto& [name, value] : options.metadata) made->AddMetadata(name, value);
        return made;
    }

    void beginTry() {
        grpc::ClientContext* started = nullptr;
        {
            const std::lock_guard lock(mutex);
            alarm.reset();
            if (stopped) return;
            context = makeContext();
            started = context.get();
        }
        {
            const std::shared_lock lock(connection->closing);
            if (!connection->closed) {
                connection->stub.UnaryCall(started, method, grpc::StubOptions(), &request, response.get(),
                                           [self = shared_from_this()](grpc::Status status) { self->endTry(status); });
                return;
            }
        }
        // Not from here: the caller does not have its handle yet.
        const std::lock_guard lock(mutex);
        options.retry = RetryPolicy::none();
        backoff = Backoff(options.retry);
        alarm = std::make_unique<grpc::Alarm>();
        alarm->Set(wallDeadline({}), [self = shared_from_this()](bool) {
            self->endTry(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the connection was closed"));
        });
    }

    void endTry(const grpc::Status& status) {
        std::unique_ptr<grpc::ClientContext> finished;
        {
            const std::lock_guard lock(mutex);
            finished = std::move(context);
            alarm.reset();
            if (stopped) return;
            if (!status.ok()) {
                const auto pause =
                    backoff.next(static_cast<base::ErrorCode>(status.error_code()), base::monotonicNow());
                if (pause) {
                    waitThenTry(*pause);
                    return;
                }
            }
        }
        deliver(errorFromStatus(status, method.substr(method.rfind('/') + 1), connection->options.address));
    }

    /// With the mutex held.
    void waitThenTry(base::Duration pause) {
        alarm = std::make_unique<grpc::Alarm>();
        alarm->Set(wallDeadline(pause), [self = shared_from_this()](bool) { self->beginTry(); });
    }

    void deliver(RpcErrorPtr error) {
        gate.deliver([&] {
            Connection::AnyReply callback;
            {
                const std::lock_guard lock(mutex);
                if (stopped) return;
                answered = true;
                // Taken out, so that what it captures goes when the callback is through.
                callback = std::exchange(reply, nullptr);
            }
            if (error) response.reset();
            callback(std::move(response), std::move(error));
        });
    }

    /// `wait`: until a callback under way on another thread is through.
    void stop(bool wait) {
        if (wait) gate.close();
        Connection::AnyReply dropped;
        const std::lock_guard lock(mutex);
        if (stopped) return;
        stopped = true;
        // Destroyed after the lock is gone: captured values may hold handles of their own.
        if (!answered) dropped = std::exchange(reply, nullptr);
        if (context) context->TryCancel();
        if (alarm) alarm->Cancel();
    }
};

Call::Call() = default;
Call::Call(std::shared_ptr<State> state) : m_state(std::move(state)) {}
Call::Call(Call&&) noexcept = default;

Call& Call::operator=(Call&& other) noexcept {
    if (this != &other) {
        cancel();
        m_state = std::move(other.m_state);
    }
    return *this;
}

Call::~Call() { cancel(); }

void Call::cancel() {
    // Moved out first: the callback may reach this handle again.
    if (const auto state = std::exchange(m_state, nullptr)) state->stop(true);
}

void Call::cancelWithoutWaiting() {
    if (const auto state = std::exchange(m_state, nullptr)) state->stop(false);
}

void Call::detach() { m_state.reset(); }

bool Call::pending() const {
    if (!m_state) return false;
    const std::lock_guard lock(m_state->mutex);
    return !m_state->answered && !m_state->stopped;
}

std::shared_ptr<Connection> Connection::create(const ConnectOptions& options) {
    return create(options, grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(),
                                                     channelArguments(options)));
}

std::shared_ptr<Connection> Connection::create(const ConnectOptions& options, std::shared_ptr<grpc::Channel> channel) {
    keepCallbackThreads();
    ConnectOptions complete = options;
    if (complete.identity.empty()) complete.identity = defaultIdentity();
    auto parts = std::make_shared<Parts>(std::move(complete), std::move(channel));
    return std::shared_ptr<Connection>(new Connection(std::move(parts)));
}

Connection::Connection(std::shared_ptr<Parts> parts) : m_parts(std::move(parts)) {}
Connection::~Connection() = default;

void Connection::close() {
    const std::unique_lock lock(m_parts->closing);
    m_parts->closed = true;
}

const std::string& Connection::address() const { return m_parts->options.address; }
const std::string& Connection::namespaceName() const { return m_parts->options.namespaceName; }
const std::string& Connection::identity() const { return m_parts->options.identity; }
const std::shared_ptr<grpc::Channel>& Connection::channel() const { return m_parts->channel; }

Call Connection::call(std::string_view method, const Message& request, std::unique_ptr<Message> response,
                      const CallOptions& options, AnyReply reply) {
    std::string path(method);
    if (!path.starts_with('/')) path.insert(0, kWorkflowService);
    auto state = std::make_shared<Call::State>(m_parts, std::move(path), encode(request), options);
    state->response = std::move(response);
    state->reply = std::move(reply);
    state->beginTry();
    return Call(std::move(state));
}

void Connection::callAndWait(std::string_view method, const Message& request, Message* response,
                             const CallOptions& options) {
    struct Answer {
        std::unique_ptr<Message> message;
        RpcErrorPtr error;
    };
    std::promise<Answer> promise;
    std::once_flag once;
    const auto finish = [&](Answer answer) { std::call_once(once, [&] { promise.set_value(std::move(answer)); }); };
    Call running = call(method, request, std::unique_ptr<Message>(response->New()), options,
                        [&finish](std::unique_ptr<Message> message, RpcErrorPtr error) {
                            finish({std::move(message), std::move(error)});
                        });
    const std::stop_callback stopped(options.stop, [&] {
        finish({nullptr, std::make_shared<RpcError>(base::ErrorCode::Cancelled,
                                                    fmt::format("waiting for {} was interrupted", method))});
    });
    const Answer answer = promise.get_future().get();
    running.cancel();
    if (answer.error) answer.error->raise();
    response->GetReflection()->Swap(response, answer.message.get());
}

}  // namespace orrery::client
