// SPDX-License-Identifier: MIT
// What the server says of itself to command lines that know nothing of it.
#include <QTest>

#ifndef Q_MOC_RUN
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "core/server/transport/reflection.pb.h"
#endif

#include "core/server/server.h"

using namespace orrery;

#ifndef Q_MOC_RUN
namespace pb = google::protobuf;
namespace api = grpc::reflection::v1;
#endif

namespace {

/// A stream of questions to one server.
class Stream {
public:
    Stream(const std::shared_ptr<grpc::Channel>& channel, const std::string& version) : m_stub(channel) {
        m_context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
        m_call = m_stub.PrepareCall(&m_context,
                                    "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo", &m_queue);
        m_call->StartCall(this);
        m_open = next();
    }
    ~Stream() {
        m_context.TryCancel();
        m_queue.Shutdown();
        while (next()) {
        }
    }

    api::ServerReflectionResponse ask(const api::ServerReflectionRequest& request) {
        api::ServerReflectionResponse response;
        if (!send(request.SerializeAsString())) return response;
        grpc::ByteBuffer bytes;
        m_call->Read(&bytes, this);
        grpc::Slice slice;
        if (!next() || !bytes.DumpToSingleSlice(&slice).ok()) return response;
        response.ParseFromArray(slice.begin(), int(slice.size()));
        return response;
    }
    bool send(const std::string& bytes) {
        if (!m_open) return false;
        const grpc::Slice slice(bytes);
        m_call->Write(grpc::ByteBuffer(&slice, 1), this);
        return next();
    }
    grpc::Status end() {
        m_call->WritesDone(this);
        next();
        return status();
    }
    grpc::Status status() {
        grpc::Status status;
        m_call->Finish(&status, this);
        next();
        return status;
    }

private:
    bool next() {
        void* tag = nullptr;
        bool ok = false;
        return m_queue.Next(&tag, &ok) && ok;
    }

    grpc::GenericStub m_stub;
    grpc::ClientContext m_context;
    grpc::CompletionQueue m_queue;
    std::unique_ptr<grpc::GenericClientAsyncReaderWriter> m_call;
    bool m_open = false;
};

api::ServerReflectionRequest forSymbol(const std::string& name) {
    api::ServerReflectionRequest request;
    request.set_file_containing_symbol(name);
    return request;
}

}  // namespace

class ReflectionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void listsItsServices_data() { versions(); }
    void listsItsServices();
    void describesACallWithAllThatItNeeds();
    void sendsAFileOnce();
    void findsExtensions();
    void saysWhatItDoesNotKnow();
    void refusesGarbage();

private:
    static void versions() {
        QTest::addColumn<QString>("version");
        QTest::newRow("v1") << "v1";
        QTest::newRow("v1alpha") << "v1alpha";
    }
    static server::ServerOptions inside() {
        server::ServerOptions options;
        options.listen = false;
        return options;
    }

    server::Server m_server{inside()};
    std::shared_ptr<grpc::Channel> m_channel;
};

void ReflectionTest::initTestCase() {
    m_server.start();
    m_channel = m_server.inProcessChannel();
}

void ReflectionTest::listsItsServices() {
    QFETCH(const QString, version);
    Stream stream(m_channel, version.toStdString());
    api::ServerReflectionRequest request;
    request.set_list_services("*");
    const auto response = stream.ask(request);
    QStringList names;
    for (const auto& service : response.list_services_response().service()) {
        names << QString::fromStdString(service.name());
        // What is listed can be described.
        const auto described = stream.ask(forSymbol(service.name()));
        QVERIFY2(described.has_file_descriptor_response(), service.name().c_str());
    }
    QVERIFY(names.contains("temporal.api.workflowservice.v1.WorkflowService"));
    QVERIFY(names.contains("temporal.api.operatorservice.v1.OperatorService"));
    QCOMPARE(response.original_request().list_services(), std::string("*"));
    QVERIFY(stream.end().ok());
}

/// From the files alone a caller can build the request's message.
void ReflectionTest::describesACallWithAllThatItNeeds() {
    Stream stream(m_channel, "v1");
    const auto response =
        stream.ask(forSymbol("temporal.api.workflowservice.v1.WorkflowService.SignalWorkflowExecution"));
    pb::SimpleDescriptorDatabase files;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
        pb::FileDescriptorProto file;
        QVERIFY(file.ParseFromString(bytes));
        QVERIFY2(files.Add(file), file.name().c_str());
    }
    pb::DescriptorPool pool(&files);
    const auto* service = pool.FindServiceByName("temporal.api.workflowservice.v1.WorkflowService");
    QVERIFY(service != nullptr);
    const auto* method = service->FindMethodByName("SignalWorkflowExecution");
    QVERIFY(method != nullptr);
    QVERIFY(method->input_type()->FindFieldByName("signal_name") != nullptr);
}

void ReflectionTest::sendsAFileOnce() {
    Stream stream(m_channel, "v1");
    const auto first = stream.ask(forSymbol("temporal.api.workflowservice.v1.WorkflowService"));
    QVERIFY(first.file_descriptor_response().file_descriptor_proto_size() > 20);
    api::ServerReflectionRequest request;
    request.set_file_by_filename("temporal/api/history/v1/message.proto");
    const auto second = stream.ask(request);
    QCOMPARE(second.file_descriptor_response().file_descriptor_proto_size(), 1);
}

void ReflectionTest::findsExtensions() {
    Stream stream(m_channel, "v1");
    api::ServerReflectionRequest request;
    request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
    const auto numbers = stream.ask(request).all_extension_numbers_response();
    constexpr int kHttpAnnotation = 72295728;
    QVERIFY(std::count(numbers.extension_number().begin(), numbers.extension_number().end(), kHttpAnnotation) == 1);
    request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
    request.mutable_file_containing_extension()->set_extension_number(kHttpAnnotation);
    QVERIFY(stream.ask(request).file_descriptor_response().file_descriptor_proto_size() > 0);
}

void ReflectionTest::saysWhatItDoesNotKnow() {
    Stream stream(m_channel, "v1");
    const auto unknown = stream.ask(forSymbol("temporal.api.Nothing"));
    QCOMPARE(unknown.error_response().error_code(), int(grpc::StatusCode::NOT_FOUND));
    api::ServerReflectionRequest request;
    request.set_file_by_filename("nothing.proto");
    QCOMPARE(stream.ask(request).error_response().error_code(), int(grpc::StatusCode::NOT_FOUND));
    request.set_all_extension_numbers_of_type("temporal.api.Nothing");
    QCOMPARE(stream.ask(request).error_response().error_code(), int(grpc::StatusCode::NOT_FOUND));
    QCOMPARE(stream.ask({}).error_response().error_code(), int(grpc::StatusCode::INVALID_ARGUMENT));
    QVERIFY(stream.end().ok());
}

void ReflectionTest::refusesGarbage() {
    Stream stream(m_channel, "v1");
    QVERIFY(stream.send("\xff\xff\xff"));
    QCOMPARE(stream.status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

QTEST_GUILESS_MAIN(ReflectionTest)
#include "reflection_test.moc"
