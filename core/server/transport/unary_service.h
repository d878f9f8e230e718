// SPDX-License-Identifier: MIT
// Unary methods known to gRPC by path and served as bytes. gRPC reads the request of a method it knows before it tells
// of the call, which saves one of three turns of the completion queue. Each of them always waits for a call, and
// Debian's gRPC looks through all that wait whenever something is done: it is for the few methods that are called all
// the time.
#pragma once

#include <string>
#include <vector>

#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/async_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

namespace orrery::server {

class UnaryService final : public grpc::Service {
public:
    using Responder = grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>;

    explicit UnaryService(std::vector<std::string> paths);

    size_t size() const { return m_paths.size(); }
    const std::string& path(size_t index) const { return m_paths[index]; }
    /// Waits for a request of the method; `tag` comes out of the queue with it.
    void request(size_t index, grpc::ServerContext* context, grpc::ByteBuffer* request, Responder* responder,
                 grpc::ServerCompletionQueue* queue, void* tag);

private:
    const std::vector<std::string> m_paths;  ///< gRPC keeps pointers into them
};

}  // namespace orrery::server
