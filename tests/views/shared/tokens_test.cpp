// SPDX-License-Identifier: MIT
#include "views/shared/tokens.h"

#include <QTest>

#include "views/shared/theme.h"

using namespace orrery::ui::shared;

class TokensTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsReadable_data();
    void textIsReadable();
    void chipsAreReadable();
    void shapesAreVisible();
    void sheetKnowsEveryToken();
};

namespace {

const Role kGrounds[] = {Role::Window, Role::Surface, Role::Raised};
const Scheme kSchemes[] = {Scheme::Light, Scheme::Dark};

bool carriesText(Role role) {
    switch (role) {
        case Role::Window:
        case Role::Surface:
        case Role::Raised:
        case Role::Border:
        case Role::Grid:
        case Role::Disabled:
        case Role::OnAccent:
        case Role::WorkflowTask: return false;
        default: return true;
    }
}

}  // namespace

void TokensTest::textIsReadable_data() {
    QTest::addColumn<QColor>("text");
    QTest::addColumn<QColor>("ground");
    for (const Scheme scheme : kSchemes) {
        for (int i = 0; i < kRoleCount; ++i) {
            const Role role = static_cast<Role>(i);
            if (!carriesText(role)) continue;
            for (const Role ground : kGrounds) {
                QTest::addRow("scheme %d role %d on %d", int(scheme), i, int(ground))
                    << colour(scheme, role) << colour(scheme, ground);
            }
        }
        for (const Role ground : {Role::Accent, Role::Brass}) {
            QTest::addRow("scheme %d on filled %d", int(scheme), int(ground))
                << colour(scheme, Role::OnAccent) << colour(scheme, ground);
        }
        QTest::addRow("scheme %d text on selection", int(scheme))
            << colour(scheme, Role::Text) << tint(scheme, Role::Accent, kSelectionTint);
        QTest::addRow("scheme %d secondary on selection", int(scheme))
            << colour(scheme, Role::Secondary) << tint(scheme, Role::Accent, kSelectionTint);
        QTest::addRow("scheme %d brass on its ground", int(scheme))
            << colour(scheme, Role::Brass) << tint(scheme, Role::Brass, kNoticeTint);
    }
}

void TokensTest::textIsReadable() {
    QFETCH(QColor, text);
    QFETCH(QColor, ground);
    QVERIFY2(contrast(text, ground) >= 4.5,
             qPrintable(QStringLiteral("%1 on %2: %3").arg(text.name(), ground.name()).arg(contrast(text, ground))));
}

void TokensTest::chipsAreReadable() {
    for (const Scheme scheme : kSchemes) {
        for (int i = static_cast<int>(Role::Running); i <= static_cast<int>(Role::Paused); ++i) {
            const Role role = static_cast<Role>(i);
            const double value = contrast(colour(scheme, role), tint(scheme, role, kChipTint));
            QVERIFY2(value >= 4.5,
                     qPrintable(QStringLiteral("scheme %1 role %2: %3").arg(int(scheme)).arg(i).arg(value)));
        }
    }
}

void TokensTest::shapesAreVisible() {
    for (const Scheme scheme : kSchemes) {
        for (const Role ground : kGrounds) {
            QVERIFY(contrast(colour(scheme, Role::WorkflowTask), colour(scheme, ground)) >= 3.0);
        }
    }
}

void TokensTest::sheetKnowsEveryToken() {
    for (const Scheme scheme : kSchemes) {
        const QString sheet = styleSheet(scheme);
        QVERIFY(!sheet.contains(QLatin1Char('@')));
        QVERIFY(sheet.contains(colour(scheme, Role::Accent).name()));
        QCOMPARE(sheet.count(QLatin1Char('{')), sheet.count(QLatin1Char('}')));
    }
}

QTEST_MAIN(TokensTest)
#include "tokens_test.moc"
