// SPDX-License-Identifier: MIT
// gRPC's health protocol (grpc.health.v1.Health). gRPC's own service for it runs on the callback API, whose threads
// then poll every connection beside ours: a fifth of the time of a busy server.
#pragma once

#include <optional>
#include <string>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

namespace orrery::server {

struct HealthAnswer {
    grpc::Status status;
    grpc::ByteBuffer message;
    bool staysOpen = false;  ///< a watcher is told of changes, of which there are none before the end
};

/// nullopt when the path is not one of the protocol's.
std::optional<HealthAnswer> healthAnswer(const std::string& path, const grpc::ByteBuffer& request);

}  // namespace orrery::server
