// SPDX-License-Identifier: MIT
#include "core/server/transport/reflection.h"

#include <google/protobuf/descriptor.pb.h>
#include <temporal/api/operatorservice/v1/service.pb.h>
#include <temporal/api/testservice/v1/service.pb.h>
#include <temporal/api/workflowservice/v1/service.pb.h>

#include "core/server/transport/reflection.pb.h"
#include "core/server/transport/transport.h"

namespace orrery::server {
namespace {

namespace pb = google::protobuf;
namespace api = grpc::reflection::v1;
using Sent = std::set<const pb::FileDescriptor*>;

/// Services have no code here; naming their tables makes the linker take the files with their descriptors.
const void* const volatile kLinked[] = {&descriptor_table_temporal_2fapi_2fworkflowservice_2fv1_2fservice_2eproto,
                                        &descriptor_table_temporal_2fapi_2foperatorservice_2fv1_2fservice_2eproto,
                                        &descriptor_table_temporal_2fapi_2ftestservice_2fv1_2fservice_2eproto};

constexpr const char* kServices[] = {
    "grpc.reflection.v1.ServerReflection", "temporal.api.operatorservice.v1.OperatorService",
    "temporal.api.testservice.v1.TestService", "temporal.api.workflowservice.v1.WorkflowService"};

const pb::DescriptorPool& pool() {
    (void)kLinked[0];
    return *pb::DescriptorPool::generated_pool();
}

void addFile(const pb::FileDescriptor& file, Sent& sent, api::FileDescriptorResponse* files) {
    if (!sent.insert(&file).second) return;
    pb::FileDescriptorProto described;
    file.CopyTo(&described);
    files->add_file_descriptor_proto(described.SerializeAsString());
    for (int i = 0; i < file.dependency_count(); ++i) addFile(*file.dependency(i), sent, files);
}

/// With all that it needs. A file that was sent is sent again when it is asked for, alone.
void answerFile(const pb::FileDescriptor* file, const std::string& name, Sent& sent,
                api::ServerReflectionResponse* response) {
    if (file == nullptr) {
        response->mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
        response->mutable_error_response()->set_error_message("not found: " + name);
        return;
    }
    sent.erase(file);
    addFile(*file, sent, response->mutable_file_descriptor_response());
}

const pb::FileDescriptor* fileOf(const api::ExtensionRequest& asked) {
    const auto* type = pool().FindMessageTypeByName(asked.containing_type());
    const auto* extension = type == nullptr ? nullptr : pool().FindExtensionByNumber(type, asked.extension_number());
    return extension == nullptr ? nullptr : extension->file();
}

void answerExtensions(const std::string& name, api::ServerReflectionResponse* response) {
    const auto* type = pool().FindMessageTypeByName(name);
    if (type == nullptr) {
        Sent none;
        return answerFile(nullptr, name, none, response);
    }
    auto* numbers = response->mutable_all_extension_numbers_response();
    numbers->set_base_type_name(name);
    std::vector<const pb::FieldDescriptor*> extensions;
    pool().FindAllExtensions(type, &extensions);
    for (const auto* extension : extensions) numbers->add_extension_number(extension->number());
}

void fill(const api::ServerReflectionRequest& request, Sent& sent, api::ServerReflectionResponse* response) {
    using Asked = api::ServerReflectionRequest::MessageRequestCase;
    switch (request.message_request_case()) {
        case Asked::kFileByFilename:
            return answerFile(pool().FindFileByName(request.file_by_filename()), request.file_by_filename(), sent,
                              response);
        case Asked::kFileContainingSymbol:
            return answerFile(pool().FindFileContainingSymbol(request.file_containing_symbol()),
                              request.file_containing_symbol(), sent, response);
        case Asked::kFileContainingExtension:
            return answerFile(fileOf(request.file_containing_extension()),
                              request.file_containing_extension().containing_type(), sent, response);
        case Asked::kAllExtensionNumbersOfType:
            return answerExtensions(request.all_extension_numbers_of_type(), response);
        case Asked::kListServices:
            for (const char* name : kServices)
                response->mutable_list_services_response()->add_service()->set_name(name);
            return;
        case Asked::MESSAGE_REQUEST_NOT_SET: break;
    }
    response->mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
    response->mutable_error_response()->set_error_message("The request asks for nothing.");
}

}  // namespace

bool Reflection::serves(const std::string& path) {
    return path == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" ||
           path == "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
}

grpc::Status Reflection::answer(const grpc::ByteBuffer& question, grpc::ByteBuffer* answer) {
    api::ServerReflectionRequest request;
    if (!parseBytes(question, &request)) {
        return {grpc::StatusCode::INVALID_ARGUMENT, "The request is not a readable message."};
    }
    api::ServerReflectionResponse response;
    response.set_valid_host(request.host());
    fill(request, m_sent, &response);
    *response.mutable_original_request() = std::move(request);
    const grpc::Slice slice(response.SerializeAsString());
    *answer = grpc::ByteBuffer(&slice, 1);
    return grpc::Status::OK;
}

}  // namespace orrery::server
