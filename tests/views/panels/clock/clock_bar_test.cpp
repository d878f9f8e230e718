// SPDX-License-Identifier: MIT
#include "views/panels/clock/clock_bar.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "tests/views/support/fake_clock.h"
#include "views/panels/clock/clock_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

using namespace orrery;
using namespace orrery::ui;
using namespace std::chrono_literals;

namespace {
const base::Timestamp kNow = *base::parseTimestamp("2026-03-10T09:14:12Z");
}

class ClockBarTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void words_data();
    void words();
    void moments_data();
    void moments();
    void buttonsSteer();
    void skipFormByKeyboard();
    void runToByKeyboard();
    void refusalsAreShown();
    void saysWhatHoldsTheClock();
    void withoutAClock();
};

void ClockBarTest::words_data() {
    QTest::addColumn<int>("mode");
    QTest::addColumn<qint64>("aheadSeconds");
    QTest::addColumn<QString>("note");
    using Mode = gateway::ClockMode;
    QTest::newRow("wall") << int(Mode::Real) << qint64(0) << "wall time";
    QTest::newRow("ahead") << int(Mode::Real) << qint64(86400) << "virtual · 1 d ahead";
    QTest::newRow("paused") << int(Mode::Paused) << qint64(-300) << "paused · 5 m behind";
    QTest::newRow("automatic") << int(Mode::Automatic) << qint64(0) << "automatic";
}

void ClockBarTest::words() {
    QFETCH(int, mode);
    QFETCH(qint64, aheadSeconds);
    QFETCH(QString, note);
    gateway::ClockStatus status;
    status.mode = static_cast<gateway::ClockMode>(mode);
    status.ahead = std::chrono::seconds(aheadSeconds);
    QCOMPARE(clock::clockNoteText(status), note);
}

void ClockBarTest::moments_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<qint64>("after");
    QTest::newRow("distance") << "+2h" << qint64(7200);
    QTest::newRow("exact") << "2026-03-10T09:14:13Z" << qint64(1);
    QTest::newRow("nonsense") << "soon" << qint64(-1);
    QTest::newRow("empty") << "" << qint64(-1);
}

void ClockBarTest::moments() {
    QFETCH(QString, typed);
    QFETCH(qint64, after);
    const auto moment = clock::parseMoment(typed, kNow);
    QCOMPARE(moment ? qint64((*moment - kNow) / 1s) : qint64(-1), after);
    const auto clockTime = clock::parseMoment("00:00", kNow);
    QVERIFY(clockTime && *clockTime > kNow && *clockTime - kNow <= 24h);
}

void ClockBarTest::buttonsSteer() {
    test::FakeClock fake(kNow);
    clock::ClockBar bar;
    bar.setClock(&fake);
    bar.show();
    for (const char* name : {"clockPause", "clockReal", "clockStep", "clockAutomatic", "clockSkip"}) {
        auto* button = bar.findChild<QPushButton*>(name);
        QVERIFY2(button, name);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    QCOMPARE(fake.calls.mid(0, 4), (QStringList{"pause", "resume", "step", "automatic"}));
    QVERIFY(fake.calls.last().startsWith("skip 1 d"));
    QVERIFY(bar.findChild<QPushButton*>("clockAutomatic")->isChecked());
    QVERIFY(bar.findChild<QLabel*>("clockNote")->text().contains("ahead"));
}

void ClockBarTest::skipFormByKeyboard() {
    test::FakeClock fake(kNow);
    clock::ClockBar bar;
    bar.setClock(&fake);
    bar.show();
    const QSignalSpy changed(&bar, &clock::ClockBar::skipByChanged);
    bar.openSkipForm();
    auto* field = bar.findChild<QLineEdit*>("clockField");
    QTest::keyClicks(field, "90");
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(fake.calls.isEmpty());
    QVERIFY(bar.findChild<shared::MessageBar*>("clockMessage")->message().contains("90"));
    QTest::keyClicks(field, "m");
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(fake.calls.size(), 1);
    QVERIFY(fake.calls.first().startsWith("skip 1 h 30 m"));
    QCOMPARE(changed.size(), 1);
    QVERIFY(!bar.stepOut());
}

void ClockBarTest::runToByKeyboard() {
    test::FakeClock fake(kNow);
    clock::ClockBar bar;
    bar.setClock(&fake);
    bar.show();
    bar.openRunToForm();
    auto* field = bar.findChild<QLineEdit*>("clockField");
    QTest::keyClicks(field, "+1h");
    QTest::keyClick(field, Qt::Key_Return);
    bar.openRunToForm();
    auto* target = bar.findChild<QComboBox*>("clockTarget");
    QTest::keyClick(target, Qt::Key_End);
    QTest::mouseClick(bar.findChild<QPushButton*>("clockSubmit"), Qt::LeftButton);
    QCOMPARE(fake.calls.size(), 2);
    QVERIFY(fake.calls[0].startsWith("runTo +1 h"));
    QCOMPARE(fake.calls[1], "runTo WorkflowExecutionCompleted");
}

void ClockBarTest::refusalsAreShown() {
    test::FakeClock fake(kNow);
    clock::ClockBar bar;
    bar.setClock(&fake);
    bar.show();
    bar.openRunToForm();
    auto* field = bar.findChild<QLineEdit*>("clockField");
    QTest::keyClicks(field, "2020-01-01");
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(bar.findChild<shared::MessageBar*>("clockMessage")->message(), "that time is past");
}

void ClockBarTest::saysWhatHoldsTheClock() {
    test::FakeClock fake(kNow);
    clock::ClockBar bar;
    bar.setClock(&fake);
    bar.show();
    fake.next.mode = gateway::ClockMode::Skip;
    fake.next.holders = {{gateway::HolderKind::Activity, "order-1", "", "charge_card", kNow, "attempt 1 runs on w1"}};
    fake.next.holderCount = 1;
    fake.next.dueNext = {{kNow + 3h, gateway::DueKind::UserTimer, "order-1", "", "approval"}};
    fake.next.dueCount = 1;
    fake.tell();
    auto* goOn = bar.findChild<QPushButton*>("clockGoOn");
    QTRY_VERIFY(goOn->isVisible());
    QVERIFY(bar.findChild<QLabel*>("clockHeld")->text().contains("charge_card: attempt 1 runs on w1"));
    QVERIFY(bar.findChild<QLabel*>("clockNext")->text().startsWith("timer “approval” of order-1 in 3 h"));
    QTest::mouseClick(goOn, Qt::LeftButton);
    QCOMPARE(fake.calls, QStringList{"goOn"});
}

void ClockBarTest::withoutAClock() {
    clock::ClockBar bar;
    bar.show();
    bar.skip();
    bar.openSkipForm();
    QVERIFY(!bar.stepOut());
    QVERIFY(bar.findChild<QLabel*>("clockNote")->text().contains("Wall time"));
}

QTEST_MAIN(ClockBarTest)
#include "clock_bar_test.moc"
