// SPDX-License-Identifier: MIT
#include "core/payload/failure.h"

#include <QTest>

#include <google/protobuf/text_format.h>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include "core/payload/failure_proto.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::text;
namespace wire = temporal::api::failure::v1;

namespace {

wire::Failure parsed(const QString& textFormat) {
    wire::Failure failure;
    if (!google::protobuf::TextFormat::ParseFromString(textFormat.toStdString(), &failure)) qFatal("bad test data");
    return failure;
}

template <class T>
bool makes(const payload::FailureData& data) {
    return dynamic_cast<const T*>(payload::makeFailure(data).get()) != nullptr;
}

}  // namespace

class FailureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindCrossesBothWays_data();
    void everyKindCrossesBothWays();
    void kindsBecomeClasses();
    void chainsOfCauses();
    void applicationFailure();
    void otherExceptions();
    void cancellations();
    void encodedAttributes();
};

void FailureTest::everyKindCrossesBothWays_data() {
    QTest::addColumn<QString>("failure");
    const QString head = "message: 'm' source: 's' stack_trace: 't' ";
    const QString payloads = "{ payloads { metadata { key: 'encoding' value: 'json/plain' } data: '7' } }";
    QTest::newRow("application")
        << head + "application_failure_info { type: 'T' non_retryable: true details " + payloads +
               " next_retry_delay { seconds: 5 nanos: 1 } category: APPLICATION_ERROR_CATEGORY_BENIGN }";
    QTest::newRow("timeout")
        << head + "timeout_failure_info { timeout_type: TIMEOUT_TYPE_HEARTBEAT last_heartbeat_details " + payloads +
               " }";
    QTest::newRow("cancelled") << head + "canceled_failure_info { details " + payloads + " identity: 'i' }";
    QTest::newRow("terminated") << head + "terminated_failure_info { identity: 'i' }";
    QTest::newRow("server") << head + "server_failure_info { non_retryable: true }";
    QTest::newRow("reset") << head + "reset_workflow_failure_info { last_heartbeat_details " + payloads + " }";
    QTest::newRow("activity") << head +
                                     "activity_failure_info { scheduled_event_id: 5 started_event_id: 6 identity: 'i' "
                                     "activity_type { name: 'a' } activity_id: '1' retry_state: RETRY_STATE_TIMEOUT } "
                                     "cause { message: 'c' application_failure_info { type: 'T' } }";
    QTest::newRow("child")
        << head +
               "child_workflow_execution_failure_info { namespace: 'n' workflow_execution { workflow_id: 'w' "
               "run_id: 'r' } workflow_type { name: 'a' } initiated_event_id: 5 started_event_id: 6 "
               "retry_state: RETRY_STATE_IN_PROGRESS }";
    QTest::newRow("encoded") << QString("message: 'Encoded failure' encoded_attributes { data: 'x' }");
}

void FailureTest::everyKindCrossesBothWays() {
    QFETCH(QString, failure);
    const wire::Failure in = parsed(failure);
    // Through the values and through the exception.
    const payload::FailureData data = payload::failureData(payload::failureException(payload::fromProto(in)));
    wire::Failure out;
    payload::toProto(data, &out);
    QCOMPARE(text(out.DebugString()), text(in.DebugString()));
}

void FailureTest::kindsBecomeClasses() {
    payload::FailureData data;
    data.kind = payload::TimeoutFailureData{payload::TimeoutType::ScheduleToStart, {}};
    QVERIFY(makes<payload::TimeoutFailure>(data));
    data.kind = payload::TerminatedFailureData();
    QVERIFY(makes<payload::TerminatedFailure>(data));
    data.kind = payload::ServerFailureData();
    QVERIFY(makes<payload::ServerFailure>(data));
    data.kind = payload::ActivityFailureData();
    QVERIFY(makes<payload::ActivityFailure>(data));
    data.kind = payload::ChildWorkflowFailureData();
    QVERIFY(makes<payload::ChildWorkflowFailure>(data));
    QVERIFY_THROWS_EXCEPTION(payload::ChildWorkflowFailure, payload::throwFailure(data));
}

void FailureTest::chainsOfCauses() {
    const auto cause = payload::ApplicationFailure("disk full", "Disk");
    const auto failure = payload::ApplicationFailure("cannot save", "Save").causedBy(cause);
    const auto back = payload::makeFailure(failure.data());
    QVERIFY(back->cause());
    QCOMPARE(text(back->cause()->message()), QString("disk full"));
    QCOMPARE(text(back->find<payload::ApplicationFailure>()->type()), QString("Save"));
    QVERIFY(!back->find<payload::TimeoutFailure>());
}

void FailureTest::applicationFailure() {
    try {
        throw payload::ApplicationFailure("declined")
            .type("Declined")
            .nonRetryable()
            .nextRetryDelay(5s)
            .withDetails(std::string("4711"), 2);
    } catch (const payload::Failure& caught) {
        const auto& failure = dynamic_cast<const payload::ApplicationFailure&>(caught);
        QCOMPARE(text(failure.what()), QString("declined"));
        QVERIFY(failure.isNonRetryable() && failure.nextRetryDelay() == 5s);
        const auto [order, count] = failure.details<std::string, int>();
        QCOMPARE(text(order), QString("4711"));
        QCOMPARE(count, 2);
    }
}

void FailureTest::otherExceptions() {
    std::exception_ptr exception;
    try {
        try {
            throw std::out_of_range("index 9");
        } catch (...) {
            std::throw_with_nested(std::runtime_error("cannot sum"));
        }
    } catch (...) {
        exception = std::current_exception();
    }
    const payload::FailureData data = payload::failureData(exception);
    QCOMPARE(text(data.message), QString("cannot sum"));
    QVERIFY(data.cause);
    QCOMPARE(text(std::get<payload::ApplicationFailureData>(data.cause->kind).type), QString("std::out_of_range"));
    QVERIFY(std::holds_alternative<payload::ApplicationFailureData>(
        payload::failureData(std::make_exception_ptr(42)).kind));
}

void FailureTest::cancellations() {
    QVERIFY(payload::isCancellation(payload::CancelledFailure()));
    QVERIFY(!payload::isCancellation(payload::ApplicationFailure("x").causedBy(payload::CancelledFailure())));
    payload::FailureData activity;
    activity.kind = payload::ActivityFailureData();
    QVERIFY(!payload::isCancellation(*payload::makeFailure(activity)));
    activity.cause = std::make_shared<const payload::FailureData>(payload::CancelledFailure().data());
    QVERIFY(payload::isCancellation(*payload::makeFailure(activity)));
}

void FailureTest::encodedAttributes() {
    const payload::PayloadConverter converter;
    payload::FailureData data =
        payload::ApplicationFailure("secret").causedBy(payload::ApplicationFailure("inner")).data();
    data.stackTrace = "at x";
    const auto hidden = payload::encodeAttributes(data, converter);
    QCOMPARE(text(hidden.message), QString("Encoded failure"));
    QCOMPARE(text(hidden.cause->message), QString("Encoded failure"));
    QCOMPARE(text(hidden.encodedAttributes->data), QString("{\"message\":\"secret\",\"stack_trace\":\"at x\"}"));
    const auto shown = payload::decodeAttributes(hidden, converter);
    QCOMPARE(text(shown.message + shown.stackTrace + shown.cause->message), QString("secretat xinner"));
}

QTEST_GUILESS_MAIN(FailureTest)
#include "failure_test.moc"
