// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "core/base/time.h"
#include "core/client/errors.h"

namespace grpc {
class Channel;
}

namespace orrery::client {

/// Where and as whom to connect. Plain text only for now.
struct ConnectOptions {
    std::string address = "127.0.0.1:7233";
    std::string namespaceName = "default";
    /// Empty: "<pid>@<host>", as the official SDKs have it.
    std::string identity;
    /// Sent with each call, for example for a proxy in between. Names in lower case.
    std::map<std::string, std::string> headers;
    base::Duration keepAliveInterval = std::chrono::seconds(30);
    base::Duration keepAliveTimeout = std::chrono::seconds(15);
};

/// When and how often a failed call is tried again. Only codes that a second try can cure are retried.
struct RetryPolicy {
    base::Duration initialInterval = std::chrono::milliseconds(100);
    double coefficient = 1.7;
    double jitter = 0.2;
    base::Duration maximumInterval = std::chrono::seconds(5);
    /// No try begins later than this after the first failure in a row; nullopt: no end.
    std::optional<base::Duration> maximumElapsed = std::chrono::seconds(10);
    /// Retries, not counting the first try; nullopt: no end.
    std::optional<int> maximumRetries = 10;
    /// A long poll that ran into its deadline had nothing to tell, so it is simply asked again.
    bool retryDeadline = false;

    static RetryPolicy none();
    /// For long polls that somebody waits for: they end when the server stays away.
    static RetryPolicy forWaiting();
    /// For task polls and other calls that go on for ever.
    static RetryPolicy forPolls();
};

struct CallOptions {
    /// Of one try.
    base::Duration timeout = std::chrono::seconds(10);
    RetryPolicy retry;
    std::map<std::string, std::string> metadata;
    /// callAndWait only: throws RpcError(Cancelled) soon after a stop was asked for.
    std::stop_token stop;

    /// One try of 70 s: longer than the server holds any long poll. The poll repeats itself as its policy says.
    static CallOptions longPoll(RetryPolicy retry);
};

/// A call on its way. Dropping or cancelling it stops the call, and its callback never runs after that returned; it
/// waits for a callback that runs right now on another thread. Inside its own callback it may be dropped freely.
class Call {
public:
    Call();
    Call(Call&&) noexcept;
    Call& operator=(Call&&) noexcept;
    ~Call();

    void cancel();
    /// As cancel(), but does not wait for a callback that runs right now: for owners that outlive the callback.
    void cancelWithoutWaiting();
    /// Lets the call run to its end without an owner: its callback will run.
    void detach();
    /// True until the callback has begun or the call was cancelled.
    bool pending() const;

private:
    friend class Connection;
    struct State;
    explicit Call(std::shared_ptr<State> state);
    std::shared_ptr<State> m_state;
};

/// One gRPC channel with what every call needs: headers, deadlines, retries, typed errors. Any thread may use it.
/// It connects on the first call and reconnects by itself. Callbacks arrive on a gRPC thread and must not block.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    static std::shared_ptr<Connection> create(const ConnectOptions& options);
    /// Over an existing channel, such as the embedded server's in-process one; `options.address` is then only a name.
    static std::shared_ptr<Connection> create(const ConnectOptions& options, std::shared_ptr<grpc::Channel> channel);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// From now on no call begins: each fails with Unavailable. What is under way goes on. To be called before the
    /// server behind an in-process channel ends, for gRPC cannot bear a call on such a channel afterwards.
    void close();

    const std::string& address() const;
    const std::string& namespaceName() const;
    const std::string& identity() const;
    const std::shared_ptr<grpc::Channel>& channel() const;

    /// Exactly one of the two is set.
    template <typename Response>
    using Reply = std::function<void(std::unique_ptr<Response> response, RpcErrorPtr error)>;
    using AnyReply = Reply<google::protobuf::Message>;

    /// `method` is a full path, or the bare name of a WorkflowService method. The request is encoded before this
    /// returns. The callback runs once, unless the handle was dropped before. It never runs inside this function.
    [[nodiscard]] Call call(std::string_view method, const google::protobuf::Message& request,
                            std::unique_ptr<google::protobuf::Message> response, const CallOptions& options,
                            AnyReply reply);

    template <typename Response>
    [[nodiscard]] Call call(std::string_view method, const google::protobuf::Message& request,
                            const CallOptions& options, Reply<Response> reply) {
        return call(method, request, std::make_unique<Response>(), options,
                    [reply = std::move(reply)](std::unique_ptr<google::protobuf::Message> message, RpcErrorPtr error) {
                        reply(std::unique_ptr<Response>(static_cast<Response*>(message.release())), std::move(error));
                    });
    }

    /// Waits for the answer; throws the RpcError. For command-line programs and tests: never on a UI thread, and never
    /// inside a callback of a call, whose thread the answer may need.
    void callAndWait(std::string_view method, const google::protobuf::Message& request,
                     google::protobuf::Message* response, const CallOptions& options = {});

    template <typename Response>
    Response callAndWait(std::string_view method, const google::protobuf::Message& request,
                         const CallOptions& options = {}) {
        Response response;
        callAndWait(method, request, static_cast<google::protobuf::Message*>(&response), options);
        return response;
    }

private:
    struct Parts;
    friend class Call;
    explicit Connection(std::shared_ptr<Parts> parts);
    std::shared_ptr<Parts> m_parts;
};

}  // namespace orrery::client
