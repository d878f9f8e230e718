// SPDX-License-Identifier: MIT
#include "views/bridge/deliver.h"

#include <QTest>
#include <thread>

#include "views/bridge/merged.h"

using namespace orrery::ui;

class DeliverTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void arrivesOnTheUiThread();
    void isDroppedWhenTheOwnerIsGone();
    void staleAnswersAreDropped();
    void burstsKeepTheNewest();
};

void DeliverTest::arrivesOnTheUiThread() {
    QObject owner;
    std::thread::id seenOn;
    int seen = 0;
    auto callback = bridge::deliver(&owner, [&](int value) {
        seenOn = std::this_thread::get_id();
        seen = value;
    });
    std::thread(callback, 7).join();
    QCOMPARE(seen, 0);
    QTRY_COMPARE(seen, 7);
    QVERIFY(seenOn == std::this_thread::get_id());
}

void DeliverTest::isDroppedWhenTheOwnerIsGone() {
    auto owner = std::make_unique<QObject>();
    QObject other;
    bool called = false;
    bool later = false;
    auto callback = bridge::deliver(owner.get(), [&](int) { called = true; });
    auto marker = bridge::deliver(&other, [&](int) { later = true; });
    callback(1);
    marker(1);
    owner.reset();
    QTRY_VERIFY(later);
    QVERIFY(!called);
}

void DeliverTest::staleAnswersAreDropped() {
    QObject owner;
    bridge::Latest latest;
    QList<int> seen;
    auto first = latest.deliver(&owner, [&](int value) { seen.append(value); });
    auto second = latest.deliver(&owner, [&](int value) { seen.append(value); });
    second(2);
    first(1);
    QTRY_COMPARE(seen, QList<int>{2});
    second(3);
    latest.drop();
    bool later = false;
    bridge::deliver(&owner, [&](int) { later = true; })(0);
    QTRY_VERIFY(later);
    QCOMPARE(seen, QList<int>{2});
}

void DeliverTest::burstsKeepTheNewest() {
    QObject owner;
    QList<int> seen;
    bridge::Merged<int> merged(&owner, [&](int value) { seen.append(value); });
    std::thread([sink = merged.sink()] {
        for (int i = 1; i <= 1000; ++i) sink(i);
    }).join();
    QTRY_VERIFY(!seen.isEmpty() && seen.last() == 1000);
    QCOMPARE(seen.size(), 1);
    merged.sink()(1001);
    QTRY_COMPARE(seen.last(), 1001);
}

QTEST_GUILESS_MAIN(DeliverTest)
#include "deliver_test.moc"
