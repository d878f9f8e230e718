// SPDX-License-Identifier: MIT
// When replies leave: after what led to them is kept, and with an error while it cannot be.
#include "core/server/store/store_writer.h"

#include <QTest>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/core/server/sqlite_helpers.h"
#include "tests/core/server/waiter.h"

using namespace orrery;
using server::Change;
using test::changeOf;
using test::refusal;
using test::Rows;

namespace {

/// A store that stands still until it may go on, or is broken.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = true;
    bool broken = false;
    int commits = 0;

    void pass() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return open; });
        ++commits;
        if (broken) throw base::Error(base::ErrorCode::Unavailable, "the disk is full");
    }
    void set(bool nowOpen, bool nowBroken = false) {
        const std::lock_guard lock(mutex);
        open = nowOpen;
        broken = nowBroken;
        changed.notify_all();
    }
};

struct Writing {
    Rows disk;
    Gate gate;
    std::atomic<int> recovered = 0;
    server::StoreWriter writer{std::make_unique<test::RowsStore>(disk, [this](const Change&) { gate.pass(); }),
                               [this] { ++recovered; }};

    std::shared_ptr<test::Waiter> submit(std::optional<Change> change) {
        auto call = std::make_shared<test::Waiter>();
        server::StoreWriter::Replies replies;
        replies.emplace_back(call, server::Reply{});
        for (auto& [each, reply] : writer.submit(std::move(change), std::move(replies))) each->finish(std::move(reply));
        return call;
    }
    ~Writing() { gate.set(true); }
};

}  // namespace

class StoreWriterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersWaitForTheirGroup();
    void readersWaitForWhatTheySaw();
    void refusedGroupsAreTriedAgain();
    void stopWritesWhatIsLeft();
};

void StoreWriterTest::answersWaitForTheirGroup() {
    Writing world;
    world.gate.set(false);
    const auto first = world.submit(changeOf(1, "a"));
    const auto second = world.submit(changeOf(2, "b"));
    const auto third = world.submit(changeOf(2, "c", 2));
    QVERIFY(!first->answered() && !second->answered() && !third->answered());
    world.gate.set(true);
    QCOMPARE(third->answer(), QStringLiteral("answered"));
    QCOMPARE(second->answer(), QStringLiteral("answered"));
    QCOMPARE(first->answer(), QStringLiteral("answered"));
    world.writer.await();
    QCOMPARE(world.disk.events.size(), size_t(3));
    QVERIFY(world.gate.commits <= 2);
}

void StoreWriterTest::readersWaitForWhatTheySaw() {
    Writing world;
    QCOMPARE(world.submit(std::nullopt)->answer(), QStringLiteral("answered"));
    world.gate.set(false);
    const auto writer = world.submit(changeOf(1, "a"));
    const auto reader = world.submit(std::nullopt);
    QVERIFY(!reader->answered());
    world.gate.set(true);
    QCOMPARE(reader->answer(), QStringLiteral("answered"));
    QVERIFY(writer->answered());
}

void StoreWriterTest::refusedGroupsAreTriedAgain() {
    Writing world;
    world.gate.set(true, true);
    const auto refused = world.submit(changeOf(1, "a"));
    QVERIFY(refused->answer().startsWith("UNAVAILABLE"));
    QVERIFY(refused->answer().contains("the disk is full"));
    QVERIFY(world.writer.inTrouble() && world.writer.trouble().has_value());
    QVERIFY(refusal([&] { world.writer.await(); }).startsWith("UNAVAILABLE"));
    const auto alsoRefused = world.submit(changeOf(2, "b"));
    QVERIFY(alsoRefused->answer() != QLatin1String("answered"));
    QVERIFY(world.disk.rows.empty());
    world.gate.set(true, false);
    QTRY_COMPARE(world.recovered.load(), 1);
    QVERIFY(!world.writer.inTrouble());
    QCOMPARE(world.submit(changeOf(3, "c"))->answer(), QStringLiteral("answered"));
    QCOMPARE(world.disk.events.size(), size_t(3));
}

void StoreWriterTest::stopWritesWhatIsLeft() {
    Writing world;
    world.gate.set(false);
    const auto first = world.submit(changeOf(1, "a"));
    const auto second = world.submit(changeOf(2, "b"));
    std::thread stopping([&] { world.writer.stop(); });
    world.gate.set(true);
    stopping.join();
    QVERIFY(first->answered() && second->answered());
    QCOMPARE(world.disk.events.size(), size_t(2));
}

QTEST_GUILESS_MAIN(StoreWriterTest)
#include "store_writer_test.moc"
