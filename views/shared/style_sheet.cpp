// SPDX-License-Identifier: MIT
#include <QHash>
#include <QRegularExpression>
#include <array>

#include "views/shared/theme.h"

namespace orrery::ui::shared {
namespace {

// @name stands for a token. Sizes are written through tokens too, so that a change there reaches every widget.
constexpr const char* kSheet = R"(
QMainWindow, QDialog { background: @window; }
QWidget[surface="true"] { background: @surface; }
QWidget[raised="true"] { background: @raised; }
QWidget[brassGround="true"] { background: @brassGround; }
QFrame[hairline="top"] { border: 0; border-top: 1px solid @border; }
QFrame[hairline="bottom"] { border: 0; border-bottom: 1px solid @border; }
QLabel { background: transparent; }
QLabel[role="secondary"] { color: @secondary; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="title"] { font-weight: 600; font-size: @titlePt; }
QLabel[role="small"] { color: @secondary; font-size: @smallPt; }
QLabel[role="error"] { color: @failed; }
QLabel[box="true"] { background: @raised; border-radius: @radius; padding: @two; }
QLabel[role="brass"] { color: @brass; font-weight: 600; }

QPushButton { background: @surface; color: @text; border: 1px solid @border; border-radius: @radius;
  padding: 0 @pad; min-height: @button; max-height: @button; }
QPushButton:hover { background: @raised; }
QPushButton:pressed, QPushButton:checked { background: @selection; border-color: @accent; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @disabled; background: @window; }
QPushButton[primary="true"] { background: @accent; color: @onAccent; border-color: @accent; }
QPushButton[primary="true"]:hover { background: @accentHover; }
QPushButton[primary="true"]:focus { border-color: @text; }
QPushButton[primary="true"]:disabled { background: @raised; color: @disabled; border-color: @border; }
QPushButton[brass="true"]:checked { background: @brass; color: @onBrass; border-color: @brass; }
QPushButton[alarm="true"] { background: @failedGround; color: @failed; border-color: @failedGround; font-weight: 600;
  font-size: @smallPt; padding: 0 @two; min-height: @icon; max-height: @icon; }
QPushButton[alarm="true"]:hover, QPushButton[alarm="true"]:focus { border-color: @failed; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover { background: @raised; }
QPushButton[flat="true"]:focus { border-color: @accent; }
QPushButton[segment="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QPushButton[segment="middle"] { border-radius: 0; border-left: 0; }
QPushButton[segment="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: 0; }
QPushButton[segment]:checked { border-color: @border; }
QPushButton[segment][brass="true"]:checked { border-color: @brass; }
QPushButton[mark="true"] { color: @brass; font-weight: 600; padding: 0 @two; }
QPushButton[mark="true"]::menu-indicator { width: 0; image: none; }
QPushButton::menu-indicator { subcontrol-position: right center; right: @half; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: @radius; padding: @half; }
QToolButton:hover { background: @raised; }
QToolButton:checked, QToolButton:pressed { background: @selection; }
QToolButton:focus { border-color: @accent; }
QToolBar { background: @surface; border: 0; border-bottom: 1px solid @border; spacing: @grid; padding: 0 @grid; }
QToolBar[clock="true"] { border: 0; padding: 0; spacing: 0; }

QAbstractScrollArea { background: @surface; border: 0; }
QAbstractScrollArea::corner { background: @surface; border: 0; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit, QComboBox { background: @surface;
  color: @text; border: 1px solid @border; border-radius: @radius; selection-background-color: @accent;
  selection-color: @onAccent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit, QComboBox { min-height: @button; max-height: @button;
  padding: 0 @two; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus { border-color: @accent; }
QLineEdit:disabled, QComboBox:disabled { color: @disabled; background: @window; }
QLineEdit[search="true"] { background: @window; }
QLineEdit[invalid="true"] { border-color: @failed; }
QComboBox::drop-down { border: 0; width: @icon; }
QComboBox::down-arrow { image: none; width: 0; height: 0; border-left: @grid solid @surface;
  border-right: @grid solid @surface; border-top: @grid solid @secondary; margin-right: @two; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; selection-background-color: @selection;
  selection-color: @text; outline: 0; }
QPlainTextEdit[source="true"] { border: 0; border-radius: 0; }
QPlainTextEdit[payload="true"] { background: @window; border: 1px solid @grid-line; padding: @grid; }

QTableView, QTreeView, QListView, QTreeWidget, QListWidget, QTableWidget { background: @surface;
  alternate-background-color: @surface; border: 0; outline: 0; gridline-color: @grid-line;
  selection-background-color: @selection; selection-color: @text; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: @selection; color: @text; }
QTreeView::item { min-height: @rowInner; }
QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::branch { background: @surface; }
QListWidget[framed="true"] { border: 1px solid @border; border-radius: @radius; padding: @grid; }
QListWidget[framed="true"]::item { min-height: @row; }
QListView[sideBar="true"], QTreeView[sideBar="true"] { background: @window; }
QHeaderView { background: @surface; border: 0; }
QHeaderView::section { background: @surface; color: @secondary; border: 0; border-bottom: 1px solid @border;
  padding: 0 @two; min-height: @row; font-weight: 600; font-size: @smallPt; }
QTableCornerButton::section { background: @surface; border: 0; }

QTabWidget::pane { border: 0; }
QTabBar { background: @window; qproperty-drawBase: 0; }
QTabBar::tab { background: @window; color: @secondary; border: 0; border-top: @mark solid transparent;
  border-right: 1px solid @border; border-bottom: 1px solid @border; padding: 0 @pad; min-height: @tab; }
QTabBar::tab:selected { background: @surface; color: @text; border-top-color: @accent; border-bottom-color: @surface; }
QTabBar::tab:hover:!selected { background: @raised; color: @text; }
QTabBar[plain="true"] { background: @surface; }
QTabBar[plain="true"]::tab { background: @surface; border: 0; border-bottom: @mark solid transparent; }
QTabBar[plain="true"]::tab:selected { border-bottom-color: @accent; }

QMenuBar { background: @surface; color: @text; border-bottom: 1px solid @border; }
QMenuBar::item { background: transparent; padding: @grid @two; }
QMenuBar::item:selected { background: @selection; }
QMenu { background: @surface; color: @text; border: 1px solid @border; padding: @grid 0; }
QMenu::item { padding: @grid 28px @grid 28px; }
QMenu::item:selected { background: @selection; color: @text; }
QMenu::item:disabled { color: @disabled; }
QMenu::icon { left: @two; }
QMenu::separator { height: 1px; background: @grid-line; margin: @grid 0; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: @grid; }
QStatusBar { background: @window; color: @secondary; border-top: 1px solid @border; font-size: @smallPt; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: @secondary; font-size: @smallPt; }
QSplitter::handle { background: @border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QDockWidget { color: @text; }
QDockWidget::title { background: @surface; padding: @grid @pad; border-bottom: 1px solid @border; }
QGroupBox { border: 0; margin-top: @row; font-weight: 600; }

QScrollBar:vertical { background: transparent; width: @scroll; margin: 0; }
QScrollBar:horizontal { background: transparent; height: @scroll; margin: 0; }
QScrollBar::handle { background: @border; border-radius: @chip; }
QScrollBar::handle:vertical { min-height: @row; margin: 0 @half; }
QScrollBar::handle:horizontal { min-width: @row; margin: @half 0; }
QScrollBar::handle:hover { background: @disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @raised; border: 0; border-radius: @half; max-height: @grid; }
QProgressBar::chunk { background: @accent; border-radius: @half; }
)";

QHash<QString, QString> values(Scheme scheme) {
    static constexpr std::pair<const char*, Role> kRoles[] = {
        {"window", Role::Window},       {"surface", Role::Surface},   {"raised", Role::Raised},
        {"border", Role::Border},       {"grid-line", Role::Grid},    {"text", Role::Text},
        {"secondary", Role::Secondary}, {"disabled", Role::Disabled}, {"accent", Role::Accent},
        {"onAccent", Role::OnAccent},   {"onBrass", Role::OnAccent},  {"brass", Role::Brass},
        {"failed", Role::Failed},
    };
    QHash<QString, QString> v;
    for (const auto& [name, role] : kRoles) v.insert(QLatin1String(name), colour(scheme, role).name());
    v.insert(QStringLiteral("selection"), tint(scheme, Role::Accent, kSelectionTint).name());
    v.insert(QStringLiteral("hover"), tint(scheme, Role::Accent, kHoverTint).name());
    v.insert(QStringLiteral("accentHover"), tint(scheme, Role::Accent, 0.9).name());
    v.insert(QStringLiteral("failedGround"), tint(scheme, Role::Failed, kSelectionTint).name());
    v.insert(QStringLiteral("brassGround"), tint(scheme, Role::Brass, kNoticeTint).name());
    const auto pixels = [&](const char* name, int value) {
        v.insert(QLatin1String(name), QString::number(value) + QLatin1String("px"));
    };
    pixels("half", kHalfGrid);
    pixels("grid", kGrid);
    pixels("two", 2 * kGrid);
    pixels("pad", kPadding);
    pixels("radius", kRadius);
    pixels("chip", kChipRadius);
    pixels("icon", kIcon);
    pixels("mark", kMark);
    pixels("row", kRow);
    pixels("rowInner", kRow - kHalfGrid);
    pixels("button", kRow);
    pixels("tab", kToolbar - kMark - kHairline);
    pixels("scroll", kScrollBar);
    const auto points = [&](const char* name, TextSize size) {
        v.insert(QLatin1String(name), QString::number(uiFont(size).pointSizeF()) + QLatin1String("pt"));
    };
    points("smallPt", TextSize::Small);
    points("titlePt", TextSize::Title);
    return v;
}

}  // namespace

QString styleSheet(Scheme scheme) {
    const QHash<QString, QString> tokens = values(scheme);
    const QString sheet = QString::fromUtf8(kSheet);
    static const QRegularExpression name(QStringLiteral("@([a-zA-Z]+(?:-[a-z]+)?)"));
    QString out;
    qsizetype from = 0;
    for (auto matches = name.globalMatch(sheet); matches.hasNext();) {
        const auto match = matches.next();
        Q_ASSERT(tokens.contains(match.captured(1)));
        out += QStringView(sheet).mid(from, match.capturedStart() - from);
        out += tokens.value(match.captured(1));
        from = match.capturedEnd();
    }
    out += QStringView(sheet).mid(from);
    return out;
}

}  // namespace orrery::ui::shared
