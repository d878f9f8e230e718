// SPDX-License-Identifier: MIT
#include "core/server/transport/grpc_call.h"

#include <chrono>

#include "core/base/log.h"

namespace orrery::server {
namespace {

constexpr size_t kLargestRequest = 4 * 1024 * 1024;

Reply tooLarge(size_t bytes) {
    // By these words, which are those of Temporal's own gRPC library, SDKs tell it from a busy server.
    Reply refused;
    refused.error.emplace(base::ErrorCode::ResourceExhausted, "grpc: received message larger than max (" +
                                                                  std::to_string(bytes) + " vs. " +
                                                                  std::to_string(kLargestRequest) + ")");
    return refused;
}

}  // namespace

grpc::ByteBuffer bytesOf(const Reply& reply) {
    const size_t body = reply.message ? reply.message->ByteSizeLong() : 0;
    grpc::Slice slice(grpc_slice_malloc(body + reply.tail.size()), grpc::Slice::STEAL_REF);
    auto* out = const_cast<uint8_t*>(slice.begin());
    if (reply.message) out = reply.message->SerializeWithCachedSizesToArray(out);
    std::copy(reply.tail.begin(), reply.tail.end(), out);
    return grpc::ByteBuffer(&slice, 1);
}

grpc::Status statusOf(const ServiceError& error) {
    return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.what(), error.statusBytes());
}

void GrpcCall::completed(Operation* operation, bool ok) {
    const std::shared_ptr<GrpcCall> call = std::move(operation->self);
    switch (operation->kind) {
        case Operation::Kind::Requested:
            // The server is shutting down, and then nobody says that this call is done.
            if (!ok) return call->m_done.self.reset();
            return call->requested();
        case Operation::Kind::Read: return call->read(ok);
        case Operation::Kind::Written: return call->written(ok);
        case Operation::Kind::Finished: return;
        case Operation::Kind::Done:
            if (call->context().IsCancelled()) call->m_house.handlers.gone(call);
            return;
    }
}

std::string GrpcCall::header(const char* name) const {
    const auto& headers = context().client_metadata();
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : std::string(found->second.data(), found->second.size());
}

void GrpcCall::handle(const std::string& path, const grpc::ByteBuffer& request) {
    if (request.Length() > kLargestRequest) return finish(tooLarge(request.Length()));
    const auto due = context().deadline();
    if (due != std::chrono::system_clock::time_point::max()) {
        deadline = std::chrono::time_point_cast<base::Duration>(due);
    }
    try {
        m_house.handlers.request(path, request, shared_from_this());
    } catch (const std::exception& error) {
        base::log(base::LogLevel::Error, "server", path + " failed: " + error.what());
        Reply reply;
        reply.error.emplace(base::ErrorCode::Internal, "Internal error.");
        finish(std::move(reply));
    }
}

}  // namespace orrery::server
