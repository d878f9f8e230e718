// SPDX-License-Identifier: MIT
#include "core/server/transport/health.h"

#include <google/protobuf/wrappers.pb.h>

#include "core/server/transport/transport.h"

namespace orrery::server {
namespace {

constexpr const char* kCheck = "/grpc.health.v1.Health/Check";
constexpr const char* kWatch = "/grpc.health.v1.Health/Watch";
// HealthCheckResponse.ServingStatus
constexpr int kServing = 1;
constexpr int kServiceUnknown = 3;

bool serves(const std::string& service) {
    return service.empty() || service == "temporal.api.workflowservice.v1.WorkflowService" ||
           service == "temporal.api.operatorservice.v1.OperatorService";
}

grpc::ByteBuffer statusMessage(int status) {
    // On the wire, HealthCheckResponse is a number in field 1, as Int32Value is.
    google::protobuf::Int32Value response;
    response.set_value(status);
    const grpc::Slice slice(response.SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

std::optional<HealthAnswer> healthAnswer(const std::string& path, const grpc::ByteBuffer& request) {
    const bool watch = path == kWatch;
    if (!watch && path != kCheck) return std::nullopt;
    // HealthCheckRequest is a text in field 1, as StringValue is.
    google::protobuf::StringValue service;
    if (!parseBytes(request, &service)) {
        return HealthAnswer{{grpc::StatusCode::INVALID_ARGUMENT, "The request is not a readable message."}, {}};
    }
    const bool known = serves(service.value());
    if (!known && !watch) return HealthAnswer{{grpc::StatusCode::NOT_FOUND, "unknown service"}, {}};
    return HealthAnswer{grpc::Status::OK, statusMessage(known ? kServing : kServiceUnknown), watch};
}

}  // namespace orrery::server
