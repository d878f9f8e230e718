// SPDX-License-Identifier: MIT
// A gRPC server whose every answer a test decides. Header only, so that tests without gRPC do not link it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

namespace orrery::test {

/// One call that arrived. Answer it once, from any thread, now or later.
struct FakeCall {
    std::string method;
    std::map<std::string, std::string> headers;
    std::string request;
    std::function<void(const google::protobuf::Message&)> answer;
    std::function<void(grpc::Status)> fail;
};

class FakeService final : public grpc::CallbackGenericService {
public:
    using Handler = std::function<void(FakeCall)>;

    explicit FakeService(Handler handler) : m_handler(std::move(handler)) {
        grpc::ServerBuilder builder;
        builder.RegisterCallbackGenericService(this);
        m_server = builder.BuildAndStart();
    }
    ~FakeService() override { m_server->Shutdown(std::chrono::system_clock::time_point::min()); }

    std::shared_ptr<grpc::Channel> channel() { return m_server->InProcessChannel(grpc::ChannelArguments()); }

private:
    struct Reactor final : grpc::ServerGenericBidiReactor {
        FakeService* service;
        FakeCall call;
        grpc::ByteBuffer in;
        grpc::ByteBuffer out;

        Reactor(FakeService* owner, grpc::GenericCallbackServerContext* context) : service(owner) {
            call.method = context->method().substr(context->method().rfind('/') + 1);
            for (const auto& [name, value] : context->client_metadata()) {
                call.headers.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
            }
            StartRead(&in);
        }
        void OnReadDone(bool ok) override {
            if (!ok) return Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no request"));
            std::vector<grpc::Slice> slices;
            static_cast<void>(in.Dump(&slices));
            for (const grpc::Slice& slice : slices) {
                call.request.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
            }
            call.answer = [this](const google::protobuf::Message& message) {
                const grpc::Slice slice(message.SerializeAsString());
                out = grpc::ByteBuffer(&slice, 1);
                StartWriteAndFinish(&out, grpc::WriteOptions(), grpc::Status::OK);
            };
            call.fail = [this](grpc::Status status) { Finish(std::move(status)); };
            service->m_handler(call);
        }
        void OnDone() override { delete this; }
    };

    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
        return new Reactor(this, context);
    }

    Handler m_handler;
    std::unique_ptr<grpc::Server> m_server;
};

}  // namespace orrery::test
