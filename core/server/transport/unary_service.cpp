// SPDX-License-Identifier: MIT
#include "core/server/transport/unary_service.h"

namespace orrery::server {

UnaryService::UnaryService(std::vector<std::string> paths) : m_paths(std::move(paths)) {
    for (size_t i = 0; i < m_paths.size(); ++i) {
        AddMethod(
            new grpc::internal::RpcServiceMethod(m_paths[i].c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
        MarkMethodRaw(int(i));
    }
}

void UnaryService::request(size_t index, grpc::ServerContext* context, grpc::ByteBuffer* request, Responder* responder,
                           grpc::ServerCompletionQueue* queue, void* tag) {
    RequestAsyncUnary(int(index), context, request, responder, queue, queue, tag);
}

}  // namespace orrery::server
