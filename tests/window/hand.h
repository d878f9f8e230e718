// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QWidget>

namespace orrery::test {

/// A hand on the mouse and on the keyboard of the display: real input events, made by xdotool, that go through the X
/// server and the window manager. Calls fail the program when xdotool does. UI thread; nothing is awaited.
class Hand {
public:
    /// The middle of the widget, or the given point in it.
    void click(const QWidget* widget) const;
    void click(const QWidget* widget, QPoint at, int times = 1) const;
    /// "ctrl+k", "Return", as xdotool names keys.
    void key(const QString& keys) const;
    void type(const QString& text) const;

private:
    void run(const QStringList& arguments) const;
};

}  // namespace orrery::test
