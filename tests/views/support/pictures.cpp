// SPDX-License-Identifier: MIT
#include "tests/views/support/pictures.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QImage>
#include <QPixmap>
#include <QSet>

#include "views/shared/theme.h"

namespace orrery::test {
namespace {

using ui::shared::Theme;

/// A picture of one or two colours is an empty one.
constexpr int kColours = 12;
constexpr std::chrono::milliseconds kSettling{250};

bool isEmpty(const QImage& image) {
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 7) {
        for (int x = 0; x < image.width(); x += 3) colours.insert(image.pixel(x, y));
    }
    return colours.size() < kColours;
}

bool saveOne(QWidget& window, QSize size, int scale, const QString& file) {
    window.resize(size);
    // What takes its height from its new width asks for another layout, and docks move in steps.
    for (QDeadlineTimer settling(kSettling); !settling.hasExpired();) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    }
    QPixmap picture(size * scale);
    picture.setDevicePixelRatio(scale);
    window.render(&picture);
    return picture.save(file) && !isEmpty(picture.toImage());
}

}  // namespace

bool savePictures(QWidget& window, const QString& folder, const QString& name) {
    QDir dir(folder);
    dir.mkpath(QStringLiteral("pictures"));
    bool good = true;
    for (const bool dark : {false, true}) {
        Theme::instance().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        const QString file = dir.filePath(QStringLiteral("pictures/%1-%2-%3.png").arg(name, dark ? "dark" : "light"));
        good = saveOne(window, {1280, 720}, 1, file.arg(QStringLiteral("1280x720"))) && good;
        good = saveOne(window, {1920, 1080}, 2, file.arg(QStringLiteral("3840x2160"))) && good;
    }
    Theme::instance().setChoice(Theme::Choice::Light);
    return good;
}

}  // namespace orrery::test
