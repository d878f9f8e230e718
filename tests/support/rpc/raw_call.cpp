// SPDX-License-Identifier: MIT
#include "tests/support/rpc/raw_call.h"

#include <stdexcept>

#include <google/rpc/status.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "core/base/clock.h"
#include "core/base/error.h"

namespace orrery::test {
namespace {

namespace pb = google::protobuf;
using Stub = grpc::TemplatedGenericStub<pb::MessageLite, pb::MessageLite>;

struct Method {
    std::string service;
    std::string package;
    std::string name;
};

Method methodOf(const std::string& rpc) {
    const size_t slash = rpc.find('/');
    const std::string service = slash == std::string::npos ? "WorkflowService" : rpc.substr(0, slash);
    const std::string room = service == "OperatorService" ? "operatorservice" : "workflowservice";
    return {service, "temporal.api." + room + ".v1.", slash == std::string::npos ? rpc : rpc.substr(slash + 1)};
}

}  // namespace

MessagePtr newMessage(const std::string& type) {
    const auto* descriptor = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
    if (descriptor == nullptr) throw std::runtime_error("there is no message " + type);
    return MessagePtr(pb::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

std::string codeName(const grpc::Status& status) {
    return std::string(base::errorCodeName(base::ErrorCode(status.error_code())));
}

std::vector<MessagePtr> details(const grpc::Status& status) {
    google::rpc::Status full;
    if (!full.ParseFromString(status.error_details())) throw std::runtime_error("the details are no google.rpc.Status");
    std::vector<MessagePtr> all;
    for (const auto& detail : full.details()) {
        const std::string type = detail.type_url().substr(detail.type_url().rfind('/') + 1);
        all.push_back(newMessage(type));
        if (!all.back()->ParseFromString(detail.value())) throw std::runtime_error("a detail is not a " + type);
    }
    return all;
}

Deadline after(std::chrono::nanoseconds wait) {
    return std::chrono::time_point_cast<Deadline::duration>(base::systemClock()->now() + wait);
}

MessagePtr RawCall::newRequest(const std::string& rpc) {
    const Method method = methodOf(rpc);
    return newMessage(method.package + method.name + "Request");
}

RawCall::RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& rpc, const pb::Message& request,
                 const std::map<std::string, std::string>& headers, std::chrono::seconds patience) {
    const Method method = methodOf(rpc);
    m_method = method.name;
    m_response = newMessage(method.package + method.name + "Response");
    m_context.set_deadline(after(patience));
    for (const auto& [name, value] : headers) m_context.AddMetadata(name, value);
    Stub stub(channel);
    m_reader =
        stub.PrepareUnaryCall(&m_context, "/" + method.package + method.service + "/" + method.name, request, &m_queue);
    m_reader->StartCall();
    m_reader->Finish(m_response.get(), &m_status, nullptr);
}

RawCall::~RawCall() {
    m_context.TryCancel();
    finish();
}

void RawCall::finish() {
    void* tag = nullptr;
    bool ok = false;
    if (!m_finished) m_queue.Next(&tag, &ok);
    m_finished = true;
}

bool RawCall::finishedBy(Deadline time) {
    void* tag = nullptr;
    bool ok = false;
    if (!m_finished) m_finished = m_queue.AsyncNext(&tag, &ok, time) == grpc::CompletionQueue::GOT_EVENT;
    return m_finished;
}

const grpc::Status& RawCall::status() {
    finish();
    return m_status;
}

pb::Message& RawCall::response() {
    finish();
    return *m_response;
}

}  // namespace orrery::test
