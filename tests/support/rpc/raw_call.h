// SPDX-License-Identifier: MIT
// A call of any method by its name, with any request: for tests that ask servers what no client asks.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

namespace orrery::test {

using MessagePtr = std::unique_ptr<google::protobuf::Message>;
using Deadline = std::chrono::system_clock::time_point;

/// An empty message, by its full name. Throws std::runtime_error when there is none.
MessagePtr newMessage(const std::string& type);
/// "NOT_FOUND".
std::string codeName(const grpc::Status& status);
/// What a status carries beside its text. Throws std::runtime_error when that cannot be read.
std::vector<MessagePtr> details(const grpc::Status& status);
Deadline after(std::chrono::nanoseconds wait);

/// One call, which begins at once. One thread; it is cancelled when nobody wants its answer any more.
class RawCall {
public:
    /// `rpc` is "StartWorkflowExecution", or with its service "OperatorService/AddSearchAttributes".
    static MessagePtr newRequest(const std::string& rpc);

    RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& rpc,
            const google::protobuf::Message& request, const std::map<std::string, std::string>& headers = {},
            std::chrono::seconds patience = std::chrono::seconds(60));
    ~RawCall();

    const std::string& method() const { return m_method; }
    bool finishedBy(Deadline time);
    /// These two wait for the end.
    const grpc::Status& status();
    google::protobuf::Message& response();
    template <typename Response>
    const Response& as() {
        return dynamic_cast<const Response&>(response());
    }

private:
    void finish();

    std::string m_method;
    grpc::ClientContext m_context;
    grpc::CompletionQueue m_queue;
    std::unique_ptr<grpc::ClientAsyncResponseReader<google::protobuf::MessageLite>> m_reader;
    MessagePtr m_response;
    grpc::Status m_status;
    bool m_finished = false;
};

}  // namespace orrery::test
