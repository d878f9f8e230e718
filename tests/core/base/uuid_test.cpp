// SPDX-License-Identifier: MIT
#include "core/base/uuid.h"

#include <QTest>

using namespace orrery::base;

class UuidTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void version4();
    void version7();
    void laterOnesSortBehind();
};

void UuidTest::version4() {
    QCOMPARE(formatUuid4({0, 0}), std::string("00000000-0000-4000-8000-000000000000"));
    QCOMPARE(formatUuid4({~0ULL, ~0ULL}), std::string("ffffffff-ffff-4fff-bfff-ffffffffffff"));
}

/// The example of RFC 9562, appendix A.6.
void UuidTest::version7() {
    const auto time = parseTimestamp("2022-02-22T19:22:22Z");
    QCOMPARE(formatUuid7(*time, {0xCC3, 0x18C4DC0C0C07398F}), std::string("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
}

void UuidTest::laterOnesSortBehind() {
    const auto time = parseTimestamp("2026-03-12T09:00:00Z");
    const auto later = *time + std::chrono::milliseconds(1);
    QVERIFY(formatUuid7(*time, {~0ULL, ~0ULL}) < formatUuid7(later, {0, 0}));
}

QTEST_GUILESS_MAIN(UuidTest)
#include "uuid_test.moc"
