// SPDX-License-Identifier: MIT
#include "core/server/transport/grpc_call.h"

#include <atomic>
#include <chrono>

#include "core/base/log.h"

namespace orrery::server {
namespace {

constexpr size_t kLargestRequest = 4 * 1024 * 1024;

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

}  // namespace

void GrpcCall::accept(CallHouse& house) {
    const std::shared_lock lock(house.gate);
    if (!house.open) return;
    auto call = std::make_shared<GrpcCall>(house);
    call->m_done.self = call;
    call->m_context.AsyncNotifyWhenDone(&call->m_done);
    call->m_requested.self = call;
    GrpcCall& waiting = *call;
    house.service.RequestCall(&waiting.m_context, &waiting.m_stream, house.queue.get(), house.queue.get(),
                              &waiting.m_requested);
}

void GrpcCall::completed(Operation* operation, bool ok) {
    const std::shared_ptr<GrpcCall> call = std::move(operation->self);
    switch (operation->kind) {
        case Operation::Kind::Requested: return call->requested(ok);
        case Operation::Kind::Read: return call->read(ok);
        case Operation::Kind::Written:
        case Operation::Kind::Finished: return;
        case Operation::Kind::Done: return call->done();
    }
}

void GrpcCall::requested(bool ok) {
    if (!ok) {
        // The server is shutting down, and then nobody says that this call is done.
        m_done.self.reset();
        return;
    }
    accept(m_house);
    const auto due = m_context.deadline();
    if (due != std::chrono::system_clock::time_point::max()) {
        deadline = std::chrono::time_point_cast<base::Duration>(due);
    }
    const auto& headers = m_context.client_metadata();
    if (const auto name = headers.find("client-name"); name != headers.end()) {
        clientName.assign(name->second.data(), name->second.size());
    }
    if (const auto names = headers.find("supported-features"); names != headers.end()) {
        clientFeatures.assign(names->second.data(), names->second.size());
    }
    const std::shared_lock lock(m_house.gate);
    if (!m_house.open) return;
    m_read.self = shared_from_this();
    m_stream.Read(&m_request, &m_read);
}

void GrpcCall::read(bool ok) {
    if (!ok) m_request.Clear();
    if (const auto health = healthAnswer(m_context.method(), m_request)) return answerHealth(*health);
    if (m_request.Length() > kLargestRequest) {
        // By these words, which are those of Temporal's own gRPC library, SDKs tell it from a busy server.
        Reply refused;
        refused.error.emplace(base::ErrorCode::ResourceExhausted, "grpc: received message larger than max (" +
                                                                      std::to_string(m_request.Length()) + " vs. " +
                                                                      std::to_string(kLargestRequest) + ")");
        m_request.Clear();
        return finish(std::move(refused));
    }
    try {
        m_house.handlers.request(m_context.method(), m_request, shared_from_this());
    } catch (const std::exception& error) {
        base::log(base::LogLevel::Error, "server", m_context.method() + " failed: " + error.what());
        Reply reply;
        reply.error.emplace(base::ErrorCode::Internal, "Internal error.");
        finish(std::move(reply));
    }
    m_request.Clear();
}

void GrpcCall::answerHealth(const HealthAnswer& answer) {
    const std::shared_lock lock(m_house.gate);
    if (!m_house.open) return;
    m_answered = true;
    if (answer.staysOpen) {
        m_written.self = shared_from_this();
        m_stream.Write(answer.message, &m_written);
        return;
    }
    m_finished.self = shared_from_this();
    if (answer.status.ok()) {
        m_stream.WriteAndFinish(answer.message, grpc::WriteOptions(), answer.status, &m_finished);
    } else {
        m_stream.Finish(answer.status, &m_finished);
    }
}

void GrpcCall::done() {
    if (!m_context.IsCancelled()) return;
    m_house.handlers.gone(shared_from_this());
}

void GrpcCall::finish(Reply reply) {
    const std::shared_lock lock(m_house.gate);
    if (!m_house.open || m_answered) return;
    m_answered = true;
    m_finished.self = shared_from_this();
    if (reply.error) {
        m_stream.Finish(statusOf(*reply.error), &m_finished);
    } else {
        m_stream.WriteAndFinish(bytesOf(reply), grpc::WriteOptions(), grpc::Status::OK, &m_finished);
    }
}

}  // namespace orrery::server
