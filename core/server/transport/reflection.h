// SPDX-License-Identifier: MIT
// Server reflection (grpc.reflection.v1 and v1alpha): command lines such as grpcurl learn from it what can be called.
#pragma once

#include <set>
#include <string>

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

namespace orrery::server {

/// One stream of questions. What a file needs is sent along with it, unless the stream has had that already.
class Reflection {
public:
    static bool serves(const std::string& path);

    /// The answer to the next question; not ok when it is none.
    grpc::Status answer(const grpc::ByteBuffer& question, grpc::ByteBuffer* answer);

private:
    std::set<const google::protobuf::FileDescriptor*> m_sent;
};

}  // namespace orrery::server
