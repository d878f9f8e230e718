// SPDX-License-Identifier: MIT
// The program as SDK test environments start it: in place of Temporal's development server and of its test server.
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "tests/app/cli/ended.h"

#ifndef Q_MOC_RUN
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <temporal/api/operatorservice/v1/request_response.pb.h>
#include <temporal/api/testservice/v1/request_response.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>
#endif

#ifndef Q_MOC_RUN
namespace api = temporal::api::workflowservice::v1;
namespace operators = temporal::api::operatorservice::v1;
namespace testing = temporal::api::testservice::v1;
namespace enums = temporal::api::enums::v1;
using Stub = grpc::TemplatedGenericStub<google::protobuf::MessageLite, google::protobuf::MessageLite>;
#endif

namespace {

/// The program while it serves.
class Serving {
public:
    explicit Serving(const QStringList& arguments) {
        m_process.start(QStringLiteral(ORRERY_PROGRAM), arguments);
        while (!m_process.canReadLine() && m_process.waitForReadyRead(30'000)) {
        }
        m_firstLine = QString::fromUtf8(m_process.readLine()).trimmed();
        const std::string address = m_firstLine.section(' ', -1).toStdString();
        m_stub = std::make_unique<Stub>(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    }

    ~Serving() {
        if (m_process.state() != QProcess::NotRunning) stop();
    }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;

    QString firstLine() const { return m_firstLine; }

    grpc::Status ask(const std::string& path, const google::protobuf::MessageLite& request,
                     google::protobuf::MessageLite* response) {
        grpc::ClientContext context;
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<grpc::Status> status;
        m_stub->UnaryCall(&context, "/temporal.api." + path, grpc::StubOptions(), &request, response,
                          [&](grpc::Status given) {
                              const std::lock_guard lock(mutex);
                              status = std::move(given);
                              changed.notify_all();
                          });
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return status.has_value(); });
        return *status;
    }

    /// Ends it as a person does; what it has said by then.
    Ended stop() {
        m_process.terminate();
        if (!m_process.waitForFinished(30'000)) return {};
        return {m_process.exitCode(), QString::fromUtf8(m_process.readAllStandardOutput()),
                QString::fromUtf8(m_process.readAllStandardError())};
    }

private:
    QProcess m_process;
    QString m_firstLine;
    std::unique_ptr<Stub> m_stub;
};

grpc::Status startRun(Serving& server, const std::string& workflowId, size_t bytes) {
    api::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id(workflowId);
    request.set_request_id(workflowId);
    request.mutable_workflow_type()->set_name("type");
    request.mutable_task_queue()->set_name("queue");
    request.mutable_input()->add_payloads()->set_data(std::string(bytes, 'x'));
    api::StartWorkflowExecutionResponse response;
    return server.ask("workflowservice.v1.WorkflowService/StartWorkflowExecution", request, &response);
}

const QStringList kStartDev{"server", "start-dev", "--ip", "127.0.0.1", "--port", "0"};

}  // namespace

class ServeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void servesLikeADevelopmentServer();
    void hasNamespacesAndAttributes();
    void takesAnotherLimit();
    void tellsOfUnknownKeys();
    void logsAsJson();
    void showsItsConfig();
    void takesPragmasWithoutAFile();
    void readsFlagsAsTheOther();
    void logsAsTheProgramIsTold();
    void keepsInAFile();
    void setsPragmas();
    void warnsWhenOpenToOthers();
    void servesLikeATestServer_data();
    void servesLikeATestServer();
    void refuses_data();
    void refuses();
    void helps();
};

void ServeTest::servesLikeADevelopmentServer() {
    Serving server(kStartDev + QStringList{"--headless", "--log-format", "pretty", "--log-level", "never"});
    QVERIFY2(server.firstLine().contains("serves workflows on 127.0.0.1:"), qPrintable(server.firstLine()));
    api::GetSystemInfoResponse info;
    QVERIFY(server.ask("workflowservice.v1.WorkflowService/GetSystemInfo", api::GetSystemInfoRequest(), &info).ok());
    testing::GetCurrentTimeResponse time;
    const grpc::Status status =
        server.ask("testservice.v1.TestService/LockTimeSkipping", testing::LockTimeSkippingRequest(), &time);
    QCOMPARE(int(status.error_code()), int(grpc::UNIMPLEMENTED));
    const Ended ended = server.stop();
    QCOMPARE(ended.code, 0);
    QCOMPARE(ended.err, QString());
    QVERIFY(!ended.out.contains("web page"));
}

void ServeTest::hasNamespacesAndAttributes() {
    Serving server(kStartDev + QStringList{"-n", "one", "--namespace", "two", "--namespace=one", "--search-attribute",
                                           "Customer=Keyword", "--search-attribute", "Total=Double"});
    for (const char* name : {"default", "one", "two"}) {
        operators::ListSearchAttributesRequest request;
        request.set_namespace_(name);
        operators::ListSearchAttributesResponse response;
        QVERIFY2(server.ask("operatorservice.v1.OperatorService/ListSearchAttributes", request, &response).ok(), name);
        QCOMPARE(response.custom_attributes_size(), 2);
        QCOMPARE(response.custom_attributes().at("Customer"), enums::INDEXED_VALUE_TYPE_KEYWORD);
        QCOMPARE(response.custom_attributes().at("Total"), enums::INDEXED_VALUE_TYPE_DOUBLE);
    }
    api::DescribeNamespaceRequest request;
    request.set_namespace_("three");
    api::DescribeNamespaceResponse response;
    const auto status = server.ask("workflowservice.v1.WorkflowService/DescribeNamespace", request, &response);
    QCOMPARE(int(status.error_code()), int(grpc::NOT_FOUND));
}

void ServeTest::takesAnotherLimit() {
    Serving server(kStartDev + QStringList{"--dynamic-config-value", "limit.blobSize.error=100"});
    api::SignalWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id("nobody");
    request.set_signal_name("hello");
    api::SignalWorkflowExecutionResponse response;
    const auto signal = [&](size_t bytes) {
        request.mutable_input()->clear_payloads();
        request.mutable_input()->add_payloads()->set_data(std::string(bytes, 'x'));
        return int(
            server.ask("workflowservice.v1.WorkflowService/SignalWorkflowExecution", request, &response).error_code());
    };
    // Four bytes are the message around the data.
    QCOMPARE(signal(96), int(grpc::NOT_FOUND));
    QCOMPARE(signal(97), int(grpc::INVALID_ARGUMENT));
}

void ServeTest::tellsOfUnknownKeys() {
    Serving server(kStartDev + QStringList{"--headless", "--dynamic-config-value", "nobody.knows=\"a=b\"",
                                           "--dynamic-config-value", "system.enableEagerWorkflowStart=true"});
    const Ended ended = server.stop();
    const QStringList lines = ended.err.split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 1);
    QVERIFY2(lines[0].contains("nobody.knows=\"a=b\" is ignored: nobody knows the key."), qPrintable(lines[0]));
}

void ServeTest::logsAsJson() {
    Serving server(kStartDev + QStringList{"--log-format", "json", "--dynamic-config-value", "nobody.knows=1"});
    const QString line = server.stop().err.trimmed();
    QVERIFY2(line.startsWith(R"({"time":")") && line.contains(R"("level":"warn","msg":"Dynamic)"), qPrintable(line));
}

void ServeTest::showsItsConfig() {
    Serving server(kStartDev + QStringList{"--log-config", "--search-attribute", "Customer=Keyword"});
    const Ended ended = server.stop();
    QVERIFY2(ended.err.contains(R"("Customer": "Keyword")"), qPrintable(ended.err));
    QVERIFY(ended.out.contains("There is no web page"));
}

void ServeTest::takesPragmasWithoutAFile() {
    Serving server(kStartDev +
                   QStringList{"--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=OFF"});
    const Ended ended = server.stop();
    QCOMPARE(ended.code, 0);
    QVERIFY2(ended.out.contains("--sqlite-pragma changes nothing"), qPrintable(ended.out));
}

void ServeTest::readsFlagsAsTheOther() {
    const QTemporaryDir folder;
    const QString file = folder.filePath("orrery.db");
    Serving server({"server", "start-dev", "-p=0", "-n=one", "-f=" + file, "--search-attribute", "Customer=text",
                    "--search-attribute", "Customer=KEYWORDLIST", "--http-port="});
    QVERIFY2(server.firstLine().contains(" on 127.0.0.1:"), qPrintable(server.firstLine()));
    operators::ListSearchAttributesRequest request;
    request.set_namespace_("one");
    operators::ListSearchAttributesResponse response;
    QVERIFY(server.ask("operatorservice.v1.OperatorService/ListSearchAttributes", request, &response).ok());
    QCOMPARE(response.custom_attributes_size(), 1);
    QCOMPARE(response.custom_attributes().at("Customer"), enums::INDEXED_VALUE_TYPE_KEYWORD_LIST);
    QVERIFY(QFileInfo::exists(file));
    QVERIFY(!server.stop().out.contains("--http-port"));
    // What the file has cannot become something else.
    const Ended other = run({"server", "start-dev", "-p=0", "-f=" + file, "--search-attribute", "Customer=Int"});
    QCOMPARE(other.code, 2);
    QVERIFY2(other.err.contains("Customer cannot be of type Int") && other.err.contains("of type KeywordList"),
             qPrintable(other.err));
}

void ServeTest::logsAsTheProgramIsTold() {
    const QStringList config{"--dynamic-config-value", "system.enableEagerWorkflowStart=false"};
    QCOMPARE(Serving(kStartDev + config).stop().err, QString());
    const QString told = Serving(QStringList{"--log-level", "info"} + kStartDev + config).stop().err;
    QVERIFY2(told.contains("system.enableEagerWorkflowStart"), qPrintable(told));
    QCOMPARE(Serving(QStringList{"--log-level", "info"} + kStartDev + config + QStringList{"--log-level", "warn"})
                 .stop()
                 .err,
             QString());
}

void ServeTest::keepsInAFile() {
    const QTemporaryDir folder;
    const QString file = folder.filePath("orrery.db");
    api::DescribeWorkflowExecutionRequest describe;
    describe.set_namespace_("default");
    describe.mutable_execution()->set_workflow_id("kept");
    api::DescribeWorkflowExecutionResponse described;
    const auto known = [&](Serving& server) {
        return int(server.ask("workflowservice.v1.WorkflowService/DescribeWorkflowExecution", describe, &described)
                       .error_code());
    };
    const QStringList kept = kStartDev + QStringList{"--db-filename", file};
    {
        Serving server(kept);
        QVERIFY(startRun(server, "kept", 10).ok());
        QCOMPARE(known(server), int(grpc::OK));
        QCOMPARE(server.stop().code, 0);
    }
    {
        Serving server(kept);
        QCOMPARE(known(server), int(grpc::OK));
    }
    // As on the other server, an empty name is none at all.
    Serving inMemory(kStartDev + QStringList{"--db-filename", ""});
    QCOMPARE(known(inMemory), int(grpc::NOT_FOUND));
}

/// When the log goes into the file shows in the file's size while the server runs.
void ServeTest::setsPragmas() {
    for (const bool often : {false, true}) {
        const QTemporaryDir folder;
        const QString file = folder.filePath("orrery.db");
        Serving server(kStartDev + QStringList{"--db-filename", file, "--sqlite-pragma", "synchronous=OFF",
                                               "--sqlite-pragma",
                                               often ? "wal_autocheckpoint=1" : "wal_autocheckpoint=100000"});
        for (int i = 0; i < 8; ++i) {
            const grpc::Status status = startRun(server, "run-" + std::to_string(i), 1'000'000);
            QVERIFY2(status.ok(), status.error_message().c_str());
        }
        const qint64 size = QFileInfo(file).size();
        QVERIFY2(often ? size > 5'000'000 : size < 100'000, qPrintable(QString::number(size)));
        QVERIFY(!server.stop().out.contains("--sqlite-pragma changes nothing"));
    }
}

void ServeTest::warnsWhenOpenToOthers() {
    Serving open({"server", "start-dev", "--ip", "0.0.0.0", "--port", "0"});
    QVERIFY(open.stop().err.contains("Warning: the server listens on 0.0.0.0."));
    Serving closed({"server", "start-dev", "--port", "0"});
    QVERIFY2(closed.firstLine().contains(" 127.0.0.1:"), qPrintable(closed.firstLine()));
    QCOMPARE(closed.stop().err, QString());
}

void ServeTest::servesLikeATestServer_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("skips");
    QTest::newRow("locked") << QStringList{"0"} << false;
    QTest::newRow("skipping") << QStringList{"0", "--enable-time-skipping"} << true;
}

void ServeTest::servesLikeATestServer() {
    QFETCH(QStringList, arguments);
    QFETCH(bool, skips);
    Serving server(arguments);
    operators::ListSearchAttributesRequest list;
    list.set_namespace_("default");
    operators::ListSearchAttributesResponse attributes;
    QVERIFY(server.ask("operatorservice.v1.OperatorService/ListSearchAttributes", list, &attributes).ok());
    QCOMPARE(attributes.custom_attributes_size(), 7);
    QCOMPARE(attributes.custom_attributes().at("CustomDatetimeField"), enums::INDEXED_VALUE_TYPE_DATETIME);
    testing::UnlockTimeSkippingResponse unlocked;
    const auto unlock = [&] {
        return int(
            server.ask("testservice.v1.TestService/UnlockTimeSkipping", testing::UnlockTimeSkippingRequest(), &unlocked)
                .error_code());
    };
    // The counter starts at one, or at none; it cannot fall below.
    if (!skips) QCOMPARE(unlock(), int(grpc::OK));
    testing::GetCurrentTimeResponse before;
    QVERIFY(server.ask("testservice.v1.TestService/GetCurrentTime", google::protobuf::Empty(), &before).ok());
    testing::SleepRequest sleep;
    sleep.mutable_duration()->set_seconds(1'000'000);
    testing::SleepResponse slept;
    QVERIFY(server.ask("testservice.v1.TestService/Sleep", sleep, &slept).ok());
    testing::GetCurrentTimeResponse after;
    QVERIFY(server.ask("testservice.v1.TestService/GetCurrentTime", google::protobuf::Empty(), &after).ok());
    QVERIFY(after.time().seconds() - before.time().seconds() >= 1'000'000);
    QCOMPARE(server.stop().code, 0);
}

void ServeTest::refuses_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("message");
    const QStringList dev{"server", "start-dev"};
    QTest::newRow("no port") << dev + QStringList{"--port", "high"} << "--port wants a port number";
    QTest::newRow("port beyond") << dev + QStringList{"--port", "65536"} << "not '65536'";
    QTest::newRow("ui port") << dev + QStringList{"--ui-port", "x"} << "--ui-port wants a port number";
    QTest::newRow("no address") << dev + QStringList{"--ip", "example.org"} << "--ip wants an address";
    QTest::newRow("no pair") << dev + QStringList{"--dynamic-config-value", "key"} << "wants KEY=VALUE, not 'key'";
    QTest::newRow("no key") << dev + QStringList{"--search-attribute", "=Text"} << "wants KEY=VALUE, not '=Text'";
    QTest::newRow("no JSON") << dev + QStringList{"--dynamic-config-value", "limit.blobSize.error=x"}
                             << "has to be JSON";
    QTest::newRow("no type") << dev + QStringList{"--search-attribute", "A=String"} << "cannot be of type 'String'";
    QTest::newRow("taken name") << dev + QStringList{"--search-attribute", "RunId=Text"} << "cannot be named 'RunId'";
    QTest::newRow("empty namespace") << dev + QStringList{"--namespace", ""} << "--namespace wants a name";
    QTest::newRow("no level") << dev + QStringList{"--log-level", "loud"} << "'loud' is no log level";
    QTest::newRow("no format") << dev + QStringList{"--log-format", "xml"} << "xml";
    QTest::newRow("no pragma") << dev + QStringList{"--sqlite-pragma", "off"} << "wants KEY=VALUE, not 'off'";
    QTest::newRow("a pragma's word") << dev + QStringList{"--db-filename", "no/such/folder", "--sqlite-pragma",
                                                          "synchronous=fulll"}
                                     << "synchronous=fulll cannot be set";
    QTest::newRow("no file") << QStringList{"serve", "--port", "0", "--db-filename", ""} << "wants the name of a file";
    QTest::newRow("no file, joined") << QStringList{"serve", "--db-filename=", "--port", "0"}
                                     << "wants the name of a file";
    QTest::newRow("unknown flag") << dev + QStringList{"--fast"} << "--fast";
    QTest::newRow("nothing to start") << QStringList{"server"} << "A subcommand is required";
    QTest::newRow("test server's port") << QStringList{"70000"} << "'70000' is no port number";
    QTest::newRow("test server's flag") << QStringList{"7233", "--fast"} << "unknown argument '--fast'";
}

void ServeTest::refuses() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, message);
    const Ended ended = run(arguments);
    QCOMPARE(ended.code, 2);
    QVERIFY2((ended.err + ended.out).contains(message), qPrintable(ended.err + ended.out));
}

void ServeTest::helps() {
    const Ended ended = run({"server", "start-dev", "--help"});
    QCOMPARE(ended.code, 0);
    for (const char* flag :
         {"--port", "--ip", "--namespace", "--search-attribute", "--dynamic-config-value", "--db-filename",
          "--sqlite-pragma", "--log-level", "--log-format", "--log-config", "--headless", "--http-port"}) {
        QVERIFY2(ended.out.contains(flag), flag);
    }
}

QTEST_GUILESS_MAIN(ServeTest)
#include "serve_test.moc"
