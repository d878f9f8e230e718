// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <shared_mutex>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include "core/server/state/call.h"
#include "core/server/transport/health.h"
#include "core/server/transport/transport.h"

namespace orrery::server {

/// What all calls of a transport share. Once it is closed no call starts an operation any more, for the completion
/// queue is about to shut down.
struct CallHouse {
    grpc::AsyncGenericService service;
    std::unique_ptr<grpc::ServerCompletionQueue> queue;
    Transport::Handlers handlers;
    std::shared_mutex gate;
    bool open = true;
};

/// One call on the generic service, unary but for health's watchers. Keeps itself alive while gRPC works on it; the
/// state may hold it longer.
class GrpcCall final : public Call, public std::enable_shared_from_this<GrpcCall> {
public:
    /// Waits for the next request. At most a fixed number of these wait at a time.
    static void accept(CallHouse& house);

    explicit GrpcCall(CallHouse& house) : m_house(house), m_stream(&m_context) {}
    void finish(Reply reply) override;

    /// One operation under way; gRPC hands its address back when it is done.
    struct Operation {
        enum class Kind { Requested, Read, Written, Finished, Done } kind;
        std::shared_ptr<GrpcCall> self;
    };
    static void completed(Operation* operation, bool ok);

private:
    void requested(bool ok);
    void read(bool ok);
    void answerHealth(const HealthAnswer& answer);
    void done();

    CallHouse& m_house;
    grpc::GenericServerContext m_context;
    grpc::GenericServerAsyncReaderWriter m_stream;
    grpc::ByteBuffer m_request;
    bool m_answered = false;
    Operation m_requested{Operation::Kind::Requested, nullptr};
    Operation m_read{Operation::Kind::Read, nullptr};
    Operation m_written{Operation::Kind::Written, nullptr};
    Operation m_finished{Operation::Kind::Finished, nullptr};
    Operation m_done{Operation::Kind::Done, nullptr};
};

}  // namespace orrery::server
