// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/transport/grpc_call.h"
#include "core/server/transport/health.h"
#include "core/server/transport/reflection.h"

namespace orrery::server {

/// A call of a path that gRPC does not know: of a method that is rarely called, of
/// the protocols for health and reflection, or of nothing.
class GenericCall final : public GrpcCall {
public:
    /// Waits for the next of them.
    static void accept(CallHouse& house);

    explicit GenericCall(CallHouse& house) : GrpcCall(house), m_stream(&m_context) {}
    void finish(Reply reply) override;

private:
    void requested() override;
    void read(bool ok) override;
    const grpc::ServerContext& context() const override { return m_context; }
    void written(bool ok) override;
    void readNext();
    void answerHealth(const HealthAnswer& answer);
    void reflect(bool asked);

    grpc::GenericServerContext m_context;
    grpc::GenericServerAsyncReaderWriter m_stream;
    grpc::ByteBuffer m_request;
    Reflection m_reflection;
};

}  // namespace orrery::server
