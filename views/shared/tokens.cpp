// SPDX-License-Identifier: MIT
#include "views/shared/tokens.h"

#include <QFontDatabase>
#include <QGuiApplication>
#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::ui::shared {
namespace {

struct Pair {
    QRgb light;
    QRgb dark;
};

// In the order of Role.
constexpr std::array<Pair, kRoleCount> kColours{{
    {0xFFF6F7F9, 0xFF14171C},  // Window
    {0xFFFFFFFF, 0xFF1B1F26},  // Surface
    {0xFFEEF1F5, 0xFF232933},  // Raised
    {0xFFD5DAE1, 0xFF343C48},  // Border
    {0xFFE6E9EE, 0xFF262C36},  // Grid
    {0xFF1B2330, 0xFFE6EAF0},  // Text
    {0xFF5A6676, 0xFF9AA7B8},  // Secondary
    {0xFF98A2B0, 0xFF66717F},  // Disabled
    {0xFF3B5BDB, 0xFF7B93FF},  // Accent
    {0xFFFFFFFF, 0xFF14171C},  // OnAccent
    {0xFF8F5A0C, 0xFFE0A84A},  // Brass
    {0xFF2563D0, 0xFF6EA0FF},  // Running
    {0xFF17724A, 0xFF4CC38A},  // Completed
    {0xFFB93030, 0xFFF27272},  // Failed
    {0xFFA24A0A, 0xFFF09A5A},  // TimedOut
    {0xFF6F53A0, 0xFFB49AE0},  // Cancelled
    {0xFFA2356F, 0xFFE077AE},  // Terminated
    {0xFF146A76, 0xFF53BFCB},  // ContinuedAsNew
    {0xFF5A6676, 0xFF9AA7B8},  // Paused
    {0xFF6C4BD8, 0xFFA48BFF},  // Activity
    {0xFF8F5A0C, 0xFFE0A84A},  // Timer
    {0xFFA92475, 0xFFEE7CC0},  // Signal
    {0xFF0F6B76, 0xFF4FC1CC},  // Update
    {0xFF15659E, 0xFF62B2EA},  // Child
    {0xFF59661A, 0xFFB5C44F},  // Nexus
    {0xFF5A6676, 0xFF9AA7B8},  // Marker
    {0xFF7C8797, 0xFF7C8797},  // WorkflowTask
}};

double luminance(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

void resize(QFont& font, TextSize size) {
    const double step = size == TextSize::Small ? -1 : size == TextSize::Title ? 3 : 0;
    if (font.pointSizeF() > 0) {
        font.setPointSizeF(font.pointSizeF() + step);
    } else {
        font.setPixelSize(font.pixelSize() + static_cast<int>(step * 4 / 3));
    }
}

}  // namespace

QColor colour(Scheme scheme, Role role) {
    const Pair& pair = kColours[static_cast<size_t>(role)];
    return QColor::fromRgb(scheme == Scheme::Light ? pair.light : pair.dark);
}

QColor tint(Scheme scheme, Role role, qreal strength) {
    const QColor base = colour(scheme, Role::Surface);
    const QColor over = colour(scheme, role);
    const auto mix = [strength](float a, float b) { return static_cast<float>(a + (b - a) * strength); };
    return QColor::fromRgbF(mix(base.redF(), over.redF()), mix(base.greenF(), over.greenF()),
                            mix(base.blueF(), over.blueF()));
}

double contrast(const QColor& a, const QColor& b) {
    const auto [low, high] = std::minmax(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

QFont uiFont(TextSize size, Weight weight) {
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    resize(font, size);
    font.setWeight(weight == Weight::Strong ? QFont::DemiBold : QFont::Normal);
    return font;
}

QFont fixedFont(TextSize size) {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(QFontDatabase::systemFont(QFontDatabase::GeneralFont).pointSizeF());
    font.setStyleHint(QFont::Monospace);
    resize(font, size);
    return font;
}

}  // namespace orrery::ui::shared
