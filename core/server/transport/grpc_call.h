// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <shared_mutex>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "core/server/state/call.h"
#include "core/server/transport/transport.h"
#include "core/server/transport/unary_service.h"

namespace orrery::server {

/// What all calls of a transport share. Once it is closed no call starts an operation any more, for the completion
/// queue is about to shut down.
struct CallHouse {
    explicit CallHouse(std::vector<std::string> paths) : busy(std::move(paths)) {}

    UnaryService busy;
    grpc::AsyncGenericService others;
    std::unique_ptr<grpc::ServerCompletionQueue> queue;
    Transport::Handlers handlers;
    std::shared_mutex gate;
    bool open = true;
};

/// One call of gRPC's. Keeps itself alive while gRPC works on it; the state may hold it longer.
class GrpcCall : public Call, public std::enable_shared_from_this<GrpcCall> {
public:
    explicit GrpcCall(CallHouse& house) : m_house(house) {}

    /// One operation under way; gRPC hands its address back when it is done.
    struct Operation {
        enum class Kind { Requested, Read, Written, Finished, Done } kind;
        std::shared_ptr<GrpcCall> self;
    };
    static void completed(Operation* operation, bool ok);
    std::string header(const char* name) const override;

protected:
    /// A request came, and its successor is to be waited for; not ok when the server shuts down instead.
    virtual void requested() = 0;
    virtual void read(bool /*ok*/) {}
    virtual void written(bool /*ok*/) {}
    virtual const grpc::ServerContext& context() const = 0;

    /// Waits for the next request: `wait` starts the operation that ends with requested().
    template <typename Wait>
    void await(grpc::ServerContext* context, Wait&& wait) {
        const std::shared_lock lock(m_house.gate);
        if (!m_house.open) return;
        m_done.self = shared_from_this();
        context->AsyncNotifyWhenDone(&m_done);
        m_requested.self = shared_from_this();
        wait(&m_requested);
    }
    /// Hands the request on, unless it is too large; what throws there is answered.
    void handle(const std::string& path, const grpc::ByteBuffer& request);
    /// Lets `answer` start the last operation, unless there was one.
    template <typename Answer>
    void finishOnce(Answer&& answer) {
        const std::shared_lock lock(m_house.gate);
        if (!m_house.open || m_answered) return;
        m_answered = true;
        m_finished.self = shared_from_this();
        answer(&m_finished);
    }

    CallHouse& m_house;
    Operation m_read{Operation::Kind::Read, nullptr};
    Operation m_written{Operation::Kind::Written, nullptr};

private:
    Operation m_requested{Operation::Kind::Requested, nullptr};
    Operation m_finished{Operation::Kind::Finished, nullptr};
    Operation m_done{Operation::Kind::Done, nullptr};
    bool m_answered = false;
};

grpc::ByteBuffer bytesOf(const Reply& reply);
grpc::Status statusOf(const ServiceError& error);

}  // namespace orrery::server
