// SPDX-License-Identifier: MIT
#include "views/shared/icons.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "views/shared/theme.h"

// A static library's resources are dropped by the linker unless somebody names them, from outside any namespace.
static void initResources() { Q_INIT_RESOURCE(orrery); }

namespace orrery::ui::shared {
namespace {

constexpr const char* kFiles[] = {"activity",      "local_activity", "timer", "signal",   "update",   "child",
                                  "workflow_task", "marker",         "nexus", "query",    "workflow", "product",
                                  "search",        "copy",           "close", "warning",  "theme",    "pause",
                                  "play",          "step",           "skip",  "automatic"};

QByteArray shape(Icon icon) {
    static QHash<int, QByteArray> shapes;
    QByteArray& svg = shapes[static_cast<int>(icon)];
    if (svg.isEmpty()) {
        initResources();
        QFile file(QStringLiteral(":/orrery/icons/%1.svg").arg(QLatin1String(kFiles[static_cast<int>(icon)])));
        if (!file.open(QIODevice::ReadOnly)) qFatal("missing icon %s", kFiles[static_cast<int>(icon)]);
        svg = file.readAll();
    }
    return svg;
}

class TokenIconEngine final : public QIconEngine {
public:
    TokenIconEngine(Icon icon, Role role) : m_icon(icon), m_role(role) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const Role role = mode == QIcon::Disabled ? Role::Disabled : m_role;
        paintIcon(*painter, rect, m_icon, Theme::instance().colour(role));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        const Role role = mode == QIcon::Disabled ? Role::Disabled : m_role;
        return iconPixmap(m_icon, Theme::instance().colour(role), 1, qMin(size.width(), size.height()));
    }
    QIconEngine* clone() const override { return new TokenIconEngine(*this); }

private:
    Icon m_icon;
    Role m_role;
};

}  // namespace

QPixmap iconPixmap(Icon icon, const QColor& colour, qreal devicePixelRatio, int size) {
    const QString key = QStringLiteral("orrery-%1-%2-%3-%4")
                            .arg(static_cast<int>(icon))
                            .arg(colour.rgba(), 0, 16)
                            .arg(size)
                            .arg(devicePixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QByteArray svg = shape(icon);
    svg.replace("#000", colour.name().toLatin1());
    pixmap = QPixmap(QSize(size, size) * devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(svg).render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(devicePixelRatio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon icon(Icon icon, Role role) { return QIcon(new TokenIconEngine(icon, role)); }

void paintIcon(QPainter& painter, const QRect& rect, Icon icon, const QColor& colour) {
    const int size = qMin(rect.width(), rect.height());
    const QPixmap pixmap = iconPixmap(icon, colour, painter.deviceTransform().m11(), size);
    painter.drawPixmap(rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2, pixmap);
}

}  // namespace orrery::ui::shared
