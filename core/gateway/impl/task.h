// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "core/base/delivery.h"
#include "core/client/connection.h"
#include "core/gateway/impl/problem.h"
#include "core/gateway/outcome.h"

namespace grpc {
class Alarm;
}

namespace orrery::gateway {

/// Several calls and pauses, one after another, behind one handle. At most one call or pause is under way at a time;
/// each continues on a gRPC thread. The task lives as long as something is under way or its handle is held.
class Task : public std::enable_shared_from_this<Task> {
public:
    explicit Task(std::shared_ptr<client::Connection> connection);
    virtual ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    virtual void begin() = 0;
    /// A step threw: the answer could not be read.
    virtual void failed(Problem problem) = 0;

    /// Nothing is delivered after this returned (Handle's promise).
    void stop();

protected:
    const std::shared_ptr<client::Connection>& connection() const { return m_connection; }

    template <typename Response>
    void ask(const char* method, const google::protobuf::Message& request, const client::CallOptions& options,
             client::Connection::Reply<Response> then) {
        askAny(method, request, std::make_unique<Response>(), options,
               [then = std::move(then)](std::unique_ptr<google::protobuf::Message> message, client::RpcErrorPtr error) {
                   then(std::unique_ptr<Response>(static_cast<Response*>(message.release())), std::move(error));
               });
    }

    void pause(base::Duration duration, std::function<void()> then);

    template <typename Callback>
    bool deliver(Callback&& callback) {
        return m_gate.deliver(std::forward<Callback>(callback));
    }

private:
    void askAny(const char* method, const google::protobuf::Message& request,
                std::unique_ptr<google::protobuf::Message> response, const client::CallOptions& options,
                client::Connection::AnyReply then);

    std::shared_ptr<client::Connection> m_connection;
    base::DeliveryGate m_gate;
    std::mutex m_mutex;
    bool m_stopped = false;
    uint64_t m_step = 0;
    client::Call m_call;
    std::unique_ptr<grpc::Alarm> m_alarm;
};

/// Begins the task and gives the handle that stops it.
Handle run(const std::shared_ptr<Task>& task);

}  // namespace orrery::gateway
