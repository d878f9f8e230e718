// SPDX-License-Identifier: MIT
#include "tests/window/hand.h"

#include <QProcess>
#include <QStringList>

namespace orrery::test {

void Hand::run(const QStringList& arguments) const {
    QProcess tool;
    tool.start(QStringLiteral("xdotool"), arguments);
    if (!tool.waitForFinished() || tool.exitCode() != 0) {
        qFatal("xdotool %s: %s", qPrintable(arguments.join(' ')), tool.readAllStandardError().constData());
    }
}

void Hand::click(const QWidget* widget) const { click(widget, widget->rect().center()); }

void Hand::click(const QWidget* widget, QPoint at, int times) const {
    const QPoint place = widget->mapToGlobal(at);
    run({QStringLiteral("mousemove"), QString::number(place.x()), QString::number(place.y()), QStringLiteral("click"),
         QStringLiteral("--repeat"), QString::number(times), QStringLiteral("--delay"), QStringLiteral("60"),
         QStringLiteral("1")});
}

void Hand::key(const QString& keys) const { run({QStringLiteral("key"), QStringLiteral("--clearmodifiers"), keys}); }

void Hand::type(const QString& text) const {
    run({QStringLiteral("type"), QStringLiteral("--delay"), QStringLiteral("8"), text});
}

}  // namespace orrery::test
