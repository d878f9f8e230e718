// SPDX-License-Identifier: MIT
#include "core/client/connection.h"

#include <QTest>
#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#ifndef Q_MOC_RUN  // moc cannot read the deprecated values of Temporal's enums
#include <google/rpc/status.pb.h>
#include <temporal/api/errordetails/v1/message.pb.h>
#include <temporal/api/workflowservice/v1/request_response.pb.h>
#endif

#include "core/client/backoff.h"
#include "tests/support/fake_service.h"
#include "tests/support/strings.h"

using namespace orrery;
using namespace orrery::client;
using namespace std::chrono_literals;
namespace ws = temporal::api::workflowservice::v1;
namespace details = temporal::api::errordetails::v1;
using test::FakeCall;
using test::FakeService;
using test::text;

namespace {

std::shared_ptr<Connection> connectionTo(FakeService& service) {
    ConnectOptions options;
    options.address = "fake";
    options.namespaceName = "orders";
    options.headers = {{"x-extra", "1"}};
    return Connection::create(options, service.channel());
}

ws::GetSystemInfoResponse versionAnswer() {
    ws::GetSystemInfoResponse response;
    response.set_server_version("9.9");
    return response;
}

template <typename Detail>
grpc::Status statusWith(grpc::StatusCode code, const std::string& message, const Detail& detail) {
    google::rpc::Status status;
    status.set_code(code);
    status.set_message(message);
    status.add_details()->PackFrom(detail);
    return grpc::Status(code, message, status.SerializeAsString());
}

CallOptions quick() {
    CallOptions options;
    options.retry.initialInterval = 1ms;
    return options;
}

}  // namespace

class ConnectionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sendsHeadersAndReadsTheAnswer();
    void retriesTransientErrors();
    void givesUpAtOnceOnOthers();
    void deadlineNamesTheMethod();
    void unreachableNamesTheAddress();
    void errorsAreTyped();
    void droppingStopsTheCallback();
    void noCallbackAfterTheDrop();
    void dropsItselfInsideItsCallback();
    void waitingCanBeInterrupted();
    void cancelDuringThePause();
    void backoffGrowsAndEnds();
    void closedConnectionBeginsNoCall();
};

void ConnectionTest::sendsHeadersAndReadsTheAnswer() {
    std::map<std::string, std::string> headers;
    std::string method;
    FakeService service([&](const FakeCall& call) {
        headers = call.headers;
        method = call.method;
        call.answer(versionAnswer());
    });
    const auto response =
        connectionTo(service)->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest());
    QCOMPARE(text(response.server_version()), QString("9.9"));
    QCOMPARE(text(method), QString("GetSystemInfo"));
    QCOMPARE(text(headers["client-name"]), QString("orrery"));
    QCOMPARE(text(headers["temporal-namespace"]), QString("orders"));
    QCOMPARE(text(headers["x-extra"]), QString("1"));
    QVERIFY(headers.contains("client-version"));
}

void ConnectionTest::retriesTransientErrors() {
    std::atomic<int> calls = 0;
    FakeService service([&](const FakeCall& call) {
        if (++calls < 3) return call.fail(grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy"));
        call.answer(versionAnswer());
    });
    connectionTo(service)->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(), quick());
    QCOMPARE(calls.load(), 3);
}

void ConnectionTest::givesUpAtOnceOnOthers() {
    std::atomic<int> calls = 0;
    FakeService service([&](const FakeCall& call) {
        ++calls;
        call.fail(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "what is this"));
    });
    try {
        connectionTo(service)->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest());
        QFAIL("no error");
    } catch (const RpcError& error) {
        QCOMPARE(error.code(), base::ErrorCode::InvalidArgument);
        QCOMPARE(QString(error.what()), QString("what is this"));
    }
    QCOMPARE(calls.load(), 1);
}

void ConnectionTest::deadlineNamesTheMethod() {
    std::vector<FakeCall> held;
    FakeService service([&](const FakeCall& call) { held.push_back(call); });
    CallOptions options;
    options.timeout = 20ms;
    try {
        connectionTo(service)->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(),
                                                                      options);
        QFAIL("no error");
    } catch (const RpcError& error) {
        QCOMPARE(error.code(), base::ErrorCode::DeadlineExceeded);
        QVERIFY(QString(error.what()).contains("GetSystemInfo"));
    }
    for (const FakeCall& call : held) call.fail(grpc::Status::CANCELLED);
}

void ConnectionTest::unreachableNamesTheAddress() {
    ConnectOptions options;
    options.address = "127.0.0.1:1";
    CallOptions once;
    once.retry = RetryPolicy::none();
    try {
        Connection::create(options)->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(),
                                                                            once);
        QFAIL("no error");
    } catch (const RpcError& error) {
        QCOMPARE(error.code(), base::ErrorCode::Unavailable);
        QVERIFY2(QString(error.what()).contains("127.0.0.1:1"), error.what());
        QCOMPARE(text(error.fields().at("address")), QString("127.0.0.1:1"));
    }
}

void ConnectionTest::errorsAreTyped() {
    details::WorkflowExecutionAlreadyStartedFailure started;
    started.set_run_id("run-1");
    auto error = errorFromStatus(statusWith(grpc::StatusCode::ALREADY_EXISTS, "taken", started), "Start", "here");
    QVERIFY_THROWS_EXCEPTION(WorkflowAlreadyStartedError, error->raise());
    QCOMPARE(text(dynamic_cast<const WorkflowAlreadyStartedError&>(*error).runId()), QString("run-1"));

    details::NamespaceNotFoundFailure missing;
    missing.set_namespace_("nowhere");
    error = errorFromStatus(statusWith(grpc::StatusCode::NOT_FOUND, "none", missing), "Start", "here");
    QVERIFY_THROWS_EXCEPTION(NamespaceNotFoundError, error->raise());
    QVERIFY_THROWS_EXCEPTION(NotFoundError, error->raise());
    QCOMPARE(text(error->fields().at("namespace")), QString("nowhere"));

    error =
        errorFromStatus(statusWith(grpc::StatusCode::INVALID_ARGUMENT, "no", details::QueryFailedFailure()), "Q", "");
    QVERIFY_THROWS_EXCEPTION(QueryFailedError, error->raise());
    error = errorFromStatus(statusWith(grpc::StatusCode::FAILED_PRECONDITION, "no", details::WorkflowNotReadyFailure()),
                            "Q", "");
    QVERIFY_THROWS_EXCEPTION(WorkflowNotReadyError, error->raise());
    error = errorFromStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone"), "Q", "");
    QVERIFY_THROWS_EXCEPTION(NotFoundError, error->raise());
    QVERIFY(!errorFromStatus(grpc::Status::OK, "Q", ""));
}

void ConnectionTest::droppingStopsTheCallback() {
    std::binary_semaphore arrived(0);
    std::vector<FakeCall> held;
    FakeService service([&](const FakeCall& call) {
        held.push_back(call);
        arrived.release();
    });
    const auto connection = connectionTo(service);
    auto token = std::make_shared<int>(0);
    std::weak_ptr<int> captured = token;
    std::atomic<bool> called = false;
    {
        const Call call = connection->call<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(), {},
                                                                      [&called, token](auto, auto) { called = true; });
        QVERIFY(call.pending());
        arrived.acquire();
        token.reset();
        QVERIFY(!captured.expired());
    }
    QVERIFY(captured.expired());
    held.at(0).answer(versionAnswer());
    // By the time that a second call is answered, the first one's end has passed through the channel too.
    std::thread second(
        [&] { connection->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest()); });
    arrived.acquire();
    held.at(1).answer(versionAnswer());
    second.join();
    QVERIFY(!called);
}

void ConnectionTest::noCallbackAfterTheDrop() {
    FakeService service([](const FakeCall& call) { call.answer(versionAnswer()); });
    const auto connection = connectionTo(service);
    std::atomic<int> tooLate = 0;
    // Dropped at all moments of a call's life: the spin grows from nothing to about the time that a call takes.
    for (int round = 0; round < 400; ++round) {
        const auto dropped = std::make_shared<std::atomic<bool>>(false);
        {
            const Call call = connection->call<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(),
                                                                          {}, [&tooLate, dropped](auto, auto) {
                                                                              if (*dropped) ++tooLate;
                                                                          });
            for (volatile int spin = 0; spin < round * 200; spin = spin + 1) {
            }
        }
        *dropped = true;
    }
    connection->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest());
    QCOMPARE(tooLate.load(), 0);
}

void ConnectionTest::dropsItselfInsideItsCallback() {
    FakeService service([](const FakeCall& call) { call.answer(versionAnswer()); });
    const auto connection = connectionTo(service);
    std::promise<std::string> answered;
    std::promise<void> assigned;
    auto ready = assigned.get_future().share();
    Call call;
    call = connection->call<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(), {},
                                                       [&, ready](auto response, auto) {
                                                           ready.wait();
                                                           call = Call();
                                                           answered.set_value(response->server_version());
                                                       });
    assigned.set_value();
    QCOMPARE(text(answered.get_future().get()), QString("9.9"));
}

void ConnectionTest::waitingCanBeInterrupted() {
    std::stop_source source;
    std::vector<FakeCall> held;
    FakeService service([&](const FakeCall& call) {
        held.push_back(call);
        source.request_stop();
    });
    CallOptions options;
    options.stop = source.get_token();
    try {
        connectionTo(service)->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest(),
                                                                      options);
        QFAIL("no error");
    } catch (const RpcError& error) {
        QCOMPARE(error.code(), base::ErrorCode::Cancelled);
    }
    for (const FakeCall& call : held) call.fail(grpc::Status::CANCELLED);
}

void ConnectionTest::cancelDuringThePause() {
    std::binary_semaphore failed(0);
    std::atomic<int> calls = 0;
    FakeService service([&](const FakeCall& call) {
        ++calls;
        call.fail(grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy"));
        failed.release();
    });
    CallOptions options;
    options.retry.initialInterval = 1h;
    options.retry.maximumInterval = 1h;
    options.retry.maximumElapsed = std::nullopt;
    Call call = connectionTo(service)->call<ws::GetSystemInfoResponse>(
        "GetSystemInfo", ws::GetSystemInfoRequest(), options, [](auto, auto) { qFatal("must not be called"); });
    failed.acquire();
    call.cancel();
    QVERIFY(!call.pending());
    QCOMPARE(calls.load(), 1);
}

void ConnectionTest::backoffGrowsAndEnds() {
    RetryPolicy policy;
    policy.jitter = 0;
    policy.maximumRetries = 3;
    policy.maximumInterval = 250ms;
    Backoff backoff(policy);
    using base::ErrorCode;
    QCOMPARE(backoff.next(ErrorCode::Unavailable, 0ms)->count(), base::Duration(100ms).count());
    QCOMPARE(backoff.next(ErrorCode::Unavailable, 0ms)->count(), base::Duration(170ms).count());
    QCOMPARE(backoff.next(ErrorCode::Unavailable, 0ms)->count(), base::Duration(250ms).count());
    QVERIFY(!backoff.next(ErrorCode::Unavailable, 0ms));

    Backoff elapsed(RetryPolicy{});
    QVERIFY(elapsed.next(ErrorCode::Unavailable, 100s));
    QVERIFY(!elapsed.next(ErrorCode::Unavailable, 110s));
    QVERIFY(!Backoff(RetryPolicy{}).next(ErrorCode::NotFound, 0ms));
    QVERIFY(!Backoff(RetryPolicy{}).next(ErrorCode::DeadlineExceeded, 0ms));
    QVERIFY(Backoff(RetryPolicy::forPolls()).next(ErrorCode::DeadlineExceeded, 0ms));
    RetryPolicy exhausted;
    exhausted.jitter = 0;
    QCOMPARE(Backoff(exhausted).next(ErrorCode::ResourceExhausted, 0ms)->count(), base::Duration(1s).count());
}

void ConnectionTest::closedConnectionBeginsNoCall() {
    std::atomic<int> calls = 0;
    FakeService service([&](const FakeCall& call) {
        ++calls;
        call.answer(versionAnswer());
    });
    const auto connection = connectionTo(service);
    connection->close();
    try {
        connection->callAndWait<ws::GetSystemInfoResponse>("GetSystemInfo", ws::GetSystemInfoRequest());
        QFAIL("no error");
    } catch (const RpcError& error) {
        QCOMPARE(error.code(), base::ErrorCode::Unavailable);
    }
    QCOMPARE(calls.load(), 0);
}

QTEST_GUILESS_MAIN(ConnectionTest)
#include "connection_test.moc"
