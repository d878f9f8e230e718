// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/transport/grpc_call.h"

namespace orrery::server {

/// A call of one of the methods that gRPC knows.
class UnaryCall final : public GrpcCall {
public:
    /// Waits for the next request of the method, by its place in the service. One that waits is enough: gRPC keeps
    /// what comes meanwhile.
    static void accept(CallHouse& house, size_t method);

    UnaryCall(CallHouse& house, size_t method) : GrpcCall(house), m_method(method), m_responder(&m_context) {}
    void finish(Reply reply) override;

private:
    void requested() override;
    const grpc::ServerContext& context() const override { return m_context; }

    const size_t m_method;
    grpc::ServerContext m_context;
    UnaryService::Responder m_responder;
    grpc::ByteBuffer m_request;
};

}  // namespace orrery::server
