// SPDX-License-Identifier: MIT
#include "views/shared/widgets.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

#include "views/shared/selection.h"
#include "views/shared/text_format.h"
#include "views/shared/theme.h"

using namespace orrery::ui::shared;
using namespace std::chrono_literals;

class WidgetsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(); }
    void everyIconDraws();
    void copyLabelCopiesTheWhole();
    void messageStaysUntilDismissed();
    void segmentsReportPeopleOnly();
    void searchFieldClearsFirst();
    void selectionTellsOnce();
    void formats();
    void times();
};

void WidgetsTest::everyIconDraws() {
    for (int i = 0; i <= static_cast<int>(Icon::Automatic); ++i) {
        const QImage image = iconPixmap(static_cast<Icon>(i), QColor(200, 10, 10), 2).toImage();
        QCOMPARE(image.size(), QSize(2 * kIcon, 2 * kIcon));
        int drawn = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, y)) > 128) {
                    ++drawn;
                    const QColor pixel = image.pixelColor(x, y);
                    QVERIFY2(pixel.red() > 150 && pixel.blue() < 60, qPrintable(pixel.name() + QString::number(i)));
                }
            }
        }
        QVERIFY2(drawn > 20, qPrintable(QStringLiteral("icon %1 is empty").arg(i)));
    }
}

void WidgetsTest::copyLabelCopiesTheWhole() {
    const QString id = QStringLiteral("01a1fb8e-77aa-4c11-9d52-0c4ee3a205-49");
    CopyLabel label(id);
    label.setMaxCharacters(12);
    label.show();
    QTest::mouseClick(&label, Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), id);
}

void WidgetsTest::messageStaysUntilDismissed() {
    MessageBar bar;
    QVERIFY(!bar.isVisible());
    bar.showMessage(QStringLiteral("Port 7233 is taken. Choose another one."));
    QVERIFY(bar.isVisible());
    QSignalSpy dismissed(&bar, &MessageBar::dismissed);
    QTest::mouseClick(bar.findChild<QPushButton*>(QStringLiteral("messageCopy")), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), bar.message());
    QVERIFY(bar.isVisible());
    QTest::mouseClick(bar.findChild<QPushButton*>(QStringLiteral("messageDismiss")), Qt::LeftButton);
    QVERIFY(!bar.isVisible());
    QCOMPARE(dismissed.size(), 1);
}

void WidgetsTest::segmentsReportPeopleOnly() {
    SegmentedButtons buttons({QStringLiteral("All"), QStringLiteral("Compact"), QStringLiteral("JSON")});
    QSignalSpy chosen(&buttons, &SegmentedButtons::chosen);
    buttons.setCurrent(2);
    QCOMPARE(buttons.current(), 2);
    QCOMPARE(chosen.size(), 0);
    buttons.show();
    QTest::mouseClick(buttons.button(1), Qt::LeftButton);
    QCOMPARE(buttons.current(), 1);
    QCOMPARE(chosen.size(), 1);
}

void WidgetsTest::searchFieldClearsFirst() {
    SearchField field(QStringLiteral("Find"));
    QSignalSpy next(&field, &SearchField::nextRequested);
    QSignalSpy previous(&field, &SearchField::previousRequested);
    QTest::keyClicks(&field, QStringLiteral("charge"));
    QTest::keyClick(&field, Qt::Key_Return);
    QTest::keyClick(&field, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(next.size(), 1);
    QCOMPARE(previous.size(), 1);
    QTest::keyClick(&field, Qt::Key_Escape);
    QVERIFY(field.text().isEmpty());
}

void WidgetsTest::selectionTellsOnce() {
    Selection selection;
    QSignalSpy changed(&selection, &Selection::changed);
    QSignalSpy revealed(&selection, &Selection::revealed);
    selection.select(5, 4);
    selection.select(5, 4);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(revealed.size(), 2);
    selection.clear();
    QCOMPARE(selection.eventId(), 0);
    QCOMPARE(revealed.size(), 2);
}

void WidgetsTest::formats() {
    QCOMPARE(middleElided(QStringLiteral("01a1fb8e-05-49"), 9),
             QStringLiteral("01a1\u202605-4").left(5) + QStringLiteral("5-49"));
    QCOMPARE(middleElided(QStringLiteral("short"), 9), QStringLiteral("short"));
    QCOMPARE(oneLine(QStringLiteral("a\n  b\tc"), 20), QStringLiteral("a b c"));
    QCOMPARE(oneLine(QStringLiteral("abcdef"), 4), QStringLiteral("abc\u2026"));
    QCOMPARE(spacedWords(QStringLiteral("ActivityTaskScheduled")), QStringLiteral("Activity task scheduled"));
    QCOMPARE(numberText(5052), QStringLiteral("5\u2009052"));
    QCOMPARE(numberText(-1234567), QStringLiteral("-1\u2009234\u2009567"));
    QCOMPARE(bytesText(999), QStringLiteral("999 B"));
    QCOMPARE(bytesText(7100), QStringLiteral("7.1 KB"));
    QCOMPARE(countText(1, QStringLiteral("event"), QStringLiteral("events")), QStringLiteral("1 event"));
}

void WidgetsTest::times() {
    const auto now = *orrery::base::parseTimestamp("2026-03-12T12:00:00Z");
    QCOMPARE(relativeText(now - 8s, now), QStringLiteral("8 s ago"));
    QCOMPARE(relativeText(now + 24h, now), QStringLiteral("in 1 d 00 h"));
    QCOMPARE(relativeText(now, now), QStringLiteral("now"));
    QVERIFY(timeText(now - 8s, now).size() == 8);
    QVERIFY(timeText(now - 72h, now).startsWith(QStringLiteral("9 Mar ")));
    QVERIFY(timeText(now - 24h * 400, now).contains(QStringLiteral("2025")));
    QVERIFY(timeText(now, now, true).endsWith(QStringLiteral(".000")));
    QVERIFY(exactTimeText(now).contains(QStringLiteral("2026-03-12T12:00:00Z")));
}

QTEST_MAIN(WidgetsTest)
#include "widgets_test.moc"
