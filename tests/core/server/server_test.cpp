// SPDX-License-Identifier: MIT
// The server from outside: its port, its in-process channel, its errors on the wire.
#include "core/server/server.h"

#include <QElapsedTimer>
#include <QTest>
#include <condition_variable>
#include <mutex>

#ifndef Q_MOC_RUN
#include <google/protobuf/wrappers.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>
#endif

#include "core/base/error.h"

using namespace orrery;
using namespace std::chrono_literals;

#ifndef Q_MOC_RUN
namespace api = temporal::api::workflowservice::v1;
using Stub = grpc::TemplatedGenericStub<google::protobuf::MessageLite, google::protobuf::MessageLite>;
#endif

namespace {

struct Answer {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<grpc::Status> status;

    void wait() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return status.has_value(); });
    }
};

const std::string kWorkflowService = "/temporal.api.workflowservice.v1.WorkflowService/";

void beginPath(Stub& stub, grpc::ClientContext& context, const std::string& path,
               const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response, Answer& answer) {
    stub.UnaryCall(&context, path, grpc::StubOptions(), &request, response, [&answer](grpc::Status status) {
        const std::lock_guard lock(answer.mutex);
        answer.status = std::move(status);
        answer.changed.notify_all();
    });
}

void begin(Stub& stub, grpc::ClientContext& context, const std::string& method,
           const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response, Answer& answer) {
    beginPath(stub, context, kWorkflowService + method, request, response, answer);
}

grpc::Status callPath(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                      const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response) {
    Stub stub(channel);
    grpc::ClientContext context;
    Answer answer;
    beginPath(stub, context, path, request, response, answer);
    answer.wait();
    return *answer.status;
}

grpc::Status call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                  const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response) {
    return callPath(channel, kWorkflowService + method, request, response);
}

server::ServerOptions inside() {
    server::ServerOptions options;
    options.listen = false;
    return options;
}

server::ServerOptions anyPort() {
    server::ServerOptions options;
    options.port = 0;
    return options;
}

api::PollWorkflowTaskQueueRequest pollRequest() {
    api::PollWorkflowTaskQueueRequest request;
    request.set_namespace_("default");
    request.mutable_task_queue()->set_name("queue");
    return request;
}

}  // namespace

class ServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unpacksRequests();
    void tellsThatItIsHealthy();
    void aWatcherOfItsHealthIsToldOnceAndStays();
    void worksWithoutAPort();
    void listensOnThePort();
    void namesATakenPort();
    void errorsCarryDetails();
    void namesAnUnknownMethod();
    void refusesGarbage();
    void refusesLargeRequests();
    void shutdownAnswersWaitingCalls();
    void aGoneCallerIsForgotten();
    void clockTellsItsWatchers();
};

/// The SDKs on the Rust core compress what they send.
void ServerTest::unpacksRequests() {
    server::Server server(anyPort());
    server.start();
    Stub stub(grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials()));
    api::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.set_request_id("r");
    request.mutable_workflow_type()->set_name("type");
    request.mutable_task_queue()->set_name("queue");
    // Long enough that it pays.
    request.mutable_input()->add_payloads()->set_data(std::string(10'000, 'x'));
    api::StartWorkflowExecutionResponse response;
    grpc::ClientContext context;
    context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    Answer answer;
    begin(stub, context, "StartWorkflowExecution", request, &response, answer);
    answer.wait();
    QVERIFY2(answer.status->ok(), answer.status->error_message().c_str());
    QVERIFY(response.started());
}

void ServerTest::tellsThatItIsHealthy() {
    server::Server server(inside());
    server.start();
    const auto channel = server.inProcessChannel();
    const auto check = [&](const std::string& service, int* serving) {
        google::protobuf::StringValue request;
        request.set_value(service);
        google::protobuf::Int32Value response;
        const grpc::Status status = callPath(channel, "/grpc.health.v1.Health/Check", request, &response);
        *serving = response.value();
        return status.error_code();
    };
    int serving = 0;
    QCOMPARE(check("", &serving), grpc::StatusCode::OK);
    QCOMPARE(serving, 1);
    QCOMPARE(check("temporal.api.workflowservice.v1.WorkflowService", &serving), grpc::StatusCode::OK);
    QCOMPARE(serving, 1);
    QCOMPARE(check("another.Service", &serving), grpc::StatusCode::NOT_FOUND);
}

void ServerTest::aWatcherOfItsHealthIsToldOnceAndStays() {
    server::Server server(inside());
    server.start();
    const auto channel = server.inProcessChannel();
    google::protobuf::StringValue request;
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    grpc::TemplatedGenericStub<google::protobuf::MessageLite, google::protobuf::Int32Value> stub(channel);
    const auto stream = stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
    void* tag = nullptr;
    bool ok = false;
    stream->StartCall(nullptr);
    QVERIFY(queue.Next(&tag, &ok) && ok);
    stream->Write(request, nullptr);
    QVERIFY(queue.Next(&tag, &ok) && ok);
    google::protobuf::Int32Value response;
    stream->Read(&response, nullptr);
    QVERIFY(queue.Next(&tag, &ok) && ok);
    QCOMPARE(response.value(), 1);
    // The end of the server is the end of the watch.
    stream->Read(&response, nullptr);
    server.shutdown();
    QVERIFY(queue.Next(&tag, &ok));
    QVERIFY(!ok);
    grpc::Status status;
    stream->Finish(&status, nullptr);
    QVERIFY(queue.Next(&tag, &ok));
    QVERIFY(!status.ok());
}

void ServerTest::worksWithoutAPort() {
    server::Server server(inside());
    server.start();
    QVERIFY(server.address().empty());
    api::GetSystemInfoResponse response;
    QVERIFY(call(server.inProcessChannel(), "GetSystemInfo", api::GetSystemInfoRequest(), &response).ok());
    QVERIFY(response.capabilities().activity_failure_include_heartbeat());
    QVERIFY(!response.capabilities().nexus());
}

void ServerTest::listensOnThePort() {
    server::Server server(anyPort());
    server.start();
    QVERIFY(server.address().starts_with("127.0.0.1:"));
    const auto channel = grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials());
    api::GetSystemInfoResponse response;
    QVERIFY(call(channel, "GetSystemInfo", api::GetSystemInfoRequest(), &response).ok());
}

void ServerTest::namesATakenPort() {
    server::Server first(anyPort());
    first.start();
    server::ServerOptions options;
    const std::string port = first.address().substr(first.address().find(':') + 1);
    options.port = uint16_t(std::stoi(port));
    server::Server second(options);
    try {
        second.start();
        QFAIL("the port is taken");
    } catch (const base::Error& error) {
        QCOMPARE(error.code(), base::ErrorCode::Unavailable);
        QVERIFY(QString::fromUtf8(error.what()).contains(QString::fromStdString(port)));
    }
}

void ServerTest::errorsCarryDetails() {
    server::Server server(inside());
    server.start();
    api::DescribeNamespaceRequest request;
    request.set_namespace_("nowhere");
    api::DescribeNamespaceResponse response;
    const grpc::Status status = call(server.inProcessChannel(), "DescribeNamespace", request, &response);
    QCOMPARE(status.error_code(), grpc::StatusCode::NOT_FOUND);
    google::rpc::Status details;
    QVERIFY(details.ParseFromString(status.error_details()));
    QCOMPARE(details.details(0).type_url(),
             std::string("type.googleapis.com/temporal.api.errordetails.v1.NamespaceNotFoundFailure"));
}

void ServerTest::namesAnUnknownMethod() {
    server::Server server(inside());
    server.start();
    api::GetSystemInfoResponse response;
    const grpc::Status status =
        call(server.inProcessChannel(), "StartDaydream", api::GetSystemInfoRequest(), &response);
    QCOMPARE(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    QVERIFY(QString::fromStdString(status.error_message()).contains(QLatin1String("StartDaydream")));
}

void ServerTest::refusesGarbage() {
    server::Server server(inside());
    server.start();
    // Field 1 is a text in the one message and begins a nested message in the other; 0xff is no valid length.
    api::RespondQueryTaskCompletedRequest garbage;
    garbage.set_task_token("\xff\xff\xff");
    api::StartWorkflowExecutionResponse response;
    const grpc::Status status = call(server.inProcessChannel(), "ExecuteMultiOperation", garbage, &response);
    QVERIFY(!status.ok());
    QVERIFY(call(server.inProcessChannel(), "RespondWorkflowTaskCompleted", garbage, &response).error_code() ==
            grpc::StatusCode::INVALID_ARGUMENT);
}

/// SDKs know by the words that asking again is of no use.
void ServerTest::refusesLargeRequests() {
    server::Server server(inside());
    server.start();
    constexpr size_t kMost = 4 * 1024 * 1024;
    api::DescribeNamespaceRequest request;
    request.set_namespace_(std::string(kMost - 5, 'x'));
    QCOMPARE(request.ByteSizeLong(), kMost);
    api::DescribeNamespaceResponse response;
    QVERIFY(call(server.inProcessChannel(), "DescribeNamespace", request, &response).error_code() !=
            grpc::StatusCode::RESOURCE_EXHAUSTED);
    request.mutable_namespace_()->push_back('x');
    const grpc::Status status = call(server.inProcessChannel(), "DescribeNamespace", request, &response);
    QCOMPARE(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    QCOMPARE(status.error_message(), std::string("grpc: received message larger than max (4194305 vs. 4194304)"));
}

void ServerTest::shutdownAnswersWaitingCalls() {
    server::Server server(inside());
    server.start();
    Stub stub(server.inProcessChannel());
    grpc::ClientContext context;
    api::PollWorkflowTaskQueueResponse response;
    Answer answer;
    begin(stub, context, "PollWorkflowTaskQueue", pollRequest(), &response, answer);
    // Answered in order on one connection, so the poll is in once this one is back.
    api::GetSystemInfoResponse info;
    QVERIFY(call(server.inProcessChannel(), "GetSystemInfo", api::GetSystemInfoRequest(), &info).ok());
    server.shutdown();
    answer.wait();
    QCOMPARE(answer.status->error_code(), grpc::StatusCode::UNAVAILABLE);
    QCOMPARE(answer.status->error_message(), std::string("The server is shutting down."));
}

/// A task is not given to somebody who has hung up, where it would wait for its time-out.
void ServerTest::aGoneCallerIsForgotten() {
    server::Server server(inside());
    server.start();
    const auto channel = server.inProcessChannel();
    // What one thread reads in order: once this is back, all that came before it is done.
    const auto catchUp = [&] {
        api::GetSystemInfoResponse info;
        return call(channel, "GetSystemInfo", api::GetSystemInfoRequest(), &info).ok();
    };
    Stub stub(channel);
    grpc::ClientContext context;
    api::PollWorkflowTaskQueueResponse response;
    Answer answer;
    begin(stub, context, "PollWorkflowTaskQueue", pollRequest(), &response, answer);
    QVERIFY(catchUp());
    context.TryCancel();
    answer.wait();
    QCOMPARE(answer.status->error_code(), grpc::StatusCode::CANCELLED);
    QVERIFY(catchUp());
    api::StartWorkflowExecutionRequest start;
    start.set_namespace_("default");
    start.set_workflow_id("w");
    start.set_request_id("r");
    start.mutable_workflow_type()->set_name("type");
    start.mutable_task_queue()->set_name("queue");
    api::StartWorkflowExecutionResponse started;
    QVERIFY(call(channel, "StartWorkflowExecution", start, &started).ok());
    api::PollWorkflowTaskQueueResponse task;
    QVERIFY(call(channel, "PollWorkflowTaskQueue", pollRequest(), &task).ok());
    QCOMPARE(task.workflow_execution().run_id(), started.run_id());
    QCOMPARE(task.attempt(), 1);
}

void ServerTest::clockTellsItsWatchers() {
    server::Server server(inside());
    server.start();
    std::mutex mutex;
    std::condition_variable changed;
    server::ClockMode mode = server::ClockMode::Real;
    const auto subscription = server.clock().subscribe([&](const server::ClockStatus& status) {
        const std::lock_guard lock(mutex);
        mode = status.mode;
        changed.notify_all();
    });
    server.clock().pause();
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return mode == server::ClockMode::Paused; });
    }
    server.clock().skip(24h);
    QVERIFY(server.clock().status().ahead > 23h);
    QCOMPARE(server.clock().status().mode, server::ClockMode::Paused);
    QVERIFY_THROWS_EXCEPTION(base::Error, server.clock().skip(-1h));
    QVERIFY_THROWS_EXCEPTION(base::Error, server.clock().runTo(server.clock().status().virtualNow - 1h));
}

QTEST_GUILESS_MAIN(ServerTest)
#include "server_test.moc"
