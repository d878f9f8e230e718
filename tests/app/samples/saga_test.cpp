// SPDX-License-Identifier: MIT
#include <QTest>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include "tests/app/samples/stage.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::Stage;
using test::text;

namespace {

samples::Trip trip(const std::string& failAt, const std::string& failUndo) {
    samples::Trip trip = samples::exampleTrip("t1");
    trip.failAt = failAt;
    trip.failUndo = failUndo;
    trip.pace = 0;
    return trip;
}

QString joined(const std::vector<std::string>& words) {
    QStringList list;
    for (const std::string& word : words) list << text(word);
    return list.join(' ');
}

/// The activities in the order they were scheduled.
QString scheduled(const history::History& history) {
    QStringList names;
    for (size_t i = 0; i < history.size(); ++i) {
        if (history[i].typeName() == "ActivityTaskScheduled") names << text(history[i].name());
    }
    return names.join(' ');
}

}  // namespace

class SagaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void undoesInReverse_data();
    void undoesInReverse();
    void cancelledTripIsUndone();
    void anotherWorkerGoesOnUndoing();
};

void SagaTest::undoesInReverse_data() {
    QTest::addColumn<QString>("failAt");
    QTest::addColumn<QString>("failUndo");
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<QString>("booked");
    QTest::addColumn<QString>("undone");
    QTest::addColumn<QString>("notUndone");
    QTest::addColumn<QString>("activities");
    QTest::newRow("all goes well") << "" << "" << "booked" << "flight hotel car" << "" << ""
                                   << "book_flight book_hotel book_car";
    QTest::newRow("the first fails") << "flight" << "" << "undone" << "" << "" << "" << "book_flight";
    QTest::newRow("the last fails") << "car" << "" << "undone" << "" << "hotel flight" << ""
                                    << "book_flight book_hotel book_car cancel_hotel cancel_flight";
    QTest::newRow("a compensation fails, the rest runs")
        << "car" << "hotel" << "undone" << "hotel" << "flight" << "hotel: The hotel does not take a cancellation."
        << "book_flight book_hotel book_car cancel_hotel cancel_flight";
    QTest::newRow("the last compensation fails")
        << "car" << "flight" << "undone" << "flight" << "hotel" << "flight: The flight does not take a cancellation."
        << "book_flight book_hotel book_car cancel_hotel cancel_flight";
}

void SagaTest::undoesInReverse() {
    QFETCH(QString, failAt);
    QFETCH(QString, failUndo);
    const Stage stage;
    const auto handle = stage.start(samples::kSaga, "trip-1", trip(failAt.toStdString(), failUndo.toStdString()));
    const samples::TripResult result = handle.result();
    QTEST(text(result.outcome), "outcome");
    QTEST(joined(result.booked), "booked");
    QTEST(joined(result.undone), "undone");
    QStringList left;
    for (const auto& each : result.notUndone) left << text(each.step + ": " + each.why);
    QTEST(left.join(' '), "notUndone");
    QTEST(scheduled(*handle.history()), "activities");
    QCOMPARE(text(result.reason),
             failAt.isEmpty() ? QString() : QString("There is no %1 to Lisbon any more.").arg(failAt));
}

void SagaTest::cancelledTripIsUndone() {
    const Stage stage;
    samples::Trip slow = trip("", "");
    // Long enough to be cancelled in, by heartbeat.
    slow.pace = 30;
    const auto handle = stage.start(samples::kSaga, "trip-1", slow);
    QTRY_COMPARE_WITH_TIMEOUT(scheduled(*handle.history()), QString("book_flight"), 20000);
    handle.cancel("changed my mind");
    QVERIFY_THROWS_EXCEPTION(client::WorkflowFailedError, handle.result());
    QCOMPARE(handle.describe().execution.status, history::WorkflowStatus::Canceled);
    QCOMPARE(text(handle.query<samples::TripResult>("progress").outcome), QString("undone"));
    QVERIFY(stage.ledger->entries().empty());
}

void SagaTest::anotherWorkerGoesOnUndoing() {
    Stage stage;
    samples::Trip paced = trip("car", "hotel");
    paced.pace = 0.2;
    const auto handle = stage.start(samples::kSaga, "trip-1", paced);
    QTRY_VERIFY_WITH_TIMEOUT(scheduled(*handle.history()).endsWith("cancel_hotel"), 20000);
    stage.loseWorker();
    stage.newWorker();
    const samples::TripResult result = handle.result();
    QCOMPARE(joined(result.undone), QString("flight"));
    QCOMPARE(result.notUndone.size(), size_t(1));
    // Two bookings and one cancellation, each of them once.
    QCOMPARE(stage.ledger->entries().size(), size_t(3));
}

QTEST_GUILESS_MAIN(SagaTest)
#include "saga_test.moc"
