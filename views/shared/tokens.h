// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QFont>
#include <chrono>

/// Every colour, size and duration of the window. Nothing else in views holds a value of its own; tests/views/shared
/// computes the contrasts. Plain values: safe from any thread, except the fonts, which need the application object.
namespace orrery::ui::shared {

enum class Scheme { Light, Dark };

/// What a colour means. Status, kind and accent roles carry text on Window, Surface and Raised.
enum class Role {
    Window,
    Surface,
    Raised,
    Border,
    Grid,
    Text,
    Secondary,
    Disabled,
    Accent,
    OnAccent,
    Brass,
    Running,
    Completed,
    Failed,
    TimedOut,
    Cancelled,
    Terminated,
    ContinuedAsNew,
    Paused,
    Activity,
    Timer,
    Signal,
    Update,
    Child,
    Nexus,
    Marker,
    WorkflowTask,
};
inline constexpr int kRoleCount = static_cast<int>(Role::WorkflowTask) + 1;

QColor colour(Scheme scheme, Role role);

/// The role's colour laid thinly over Surface: grounds of chips, of selected rows and of messages.
QColor tint(Scheme scheme, Role role, qreal strength);
inline constexpr qreal kChipTint = 0.10;
inline constexpr qreal kSelectionTint = 0.12;
inline constexpr qreal kHoverTint = 0.06;
inline constexpr qreal kNoticeTint = 0.08;

/// Contrast of two opaque colours as WCAG 2 computes it, 1 to 21.
double contrast(const QColor& a, const QColor& b);

inline constexpr int kGrid = 4;
inline constexpr int kHalfGrid = 2;
inline constexpr int kRow = 24;
inline constexpr int kRowComfortable = 30;
inline constexpr int kToolbar = 32;
inline constexpr int kTopBar = 40;
inline constexpr int kIcon = 16;
inline constexpr int kRadius = 4;
inline constexpr int kChipRadius = 3;
inline constexpr int kHairline = 1;
inline constexpr int kMark = 2;  // the accent line of a selected tab or side-bar entry
inline constexpr int kPadding = 3 * kGrid;
inline constexpr int kScrollBar = 10;
inline constexpr int kSideBarWidth = 176;
inline constexpr int kInspectorWidth = 320;
inline constexpr int kFoldedInspector = 176;  // its height under the table
inline constexpr int kFoldedForm = 244;       // the same with a form in it
inline constexpr int kFieldWidth = 220;
inline constexpr int kFactLabel = 84;  // first column of a column of facts

/// Motion; zero when the system asks for none (see Theme::motion).
inline constexpr std::chrono::milliseconds kMotion{120};
/// How long "copied" and other small answers stay.
inline constexpr std::chrono::milliseconds kFlash{1200};
/// Bursts of live changes are drawn together at this pace.
inline constexpr std::chrono::milliseconds kLivePace{50};

/// Three sizes and two weights. Body is the system's own font; Fixed the system's fixed font.
enum class TextSize { Body, Small, Title };
enum class Weight { Normal, Strong };
QFont uiFont(TextSize size = TextSize::Body, Weight weight = Weight::Normal);
QFont fixedFont(TextSize size = TextSize::Body);

}  // namespace orrery::ui::shared
