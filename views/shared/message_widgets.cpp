// SPDX-License-Identifier: MIT
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>

#include "views/shared/text_format.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

namespace orrery::ui::shared {
namespace {

Role toneRole(MessageBar::Tone tone) {
    switch (tone) {
        case MessageBar::Tone::Notice: return Role::Accent;
        case MessageBar::Tone::Success: return Role::Completed;
        case MessageBar::Tone::Error: return Role::Failed;
    }
    return Role::Failed;
}

}  // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)), m_actions(new QHBoxLayout) {
    setObjectName(QStringLiteral("messageBar"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kPadding, kGrid, 2 * kGrid, kGrid);
    row->setSpacing(2 * kGrid);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addLayout(m_actions);
    auto* copy = makeIconButton(Icon::Copy, tr("Copy this message"), QStringLiteral("messageCopy"), this);
    auto* close = makeIconButton(Icon::Close, tr("Dismiss"), QStringLiteral("messageDismiss"), this);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_text->text()); });
    connect(close, &QPushButton::clicked, this, &MessageBar::dismiss);
    row->addWidget(copy);
    row->addWidget(close);
    hide();
}

void MessageBar::showMessage(const QString& message, Tone tone) {
    while (auto* item = m_actions->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_tone = tone;
    m_text->setText(message);
    setAccessibleName(message);
    m_icon->setPixmap(
        icon(tone == Tone::Error ? Icon::Warning : Icon::Marker, toneRole(tone)).pixmap(QSize(kIcon, kIcon)));
    show();
    update();
}

QPushButton* MessageBar::addAction(const QString& label) {
    auto* button = makeButton(label, QStringLiteral("messageAction"), false, this);
    m_actions->addWidget(button);
    return button;
}

void MessageBar::dismiss() {
    hide();
    Q_EMIT dismissed();
}

void MessageBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.fillRect(rect(), theme.tint(toneRole(m_tone), kNoticeTint));
    painter.fillRect(0, 0, kMark, height(), theme.colour(toneRole(m_tone)));
    painter.fillRect(0, height() - kHairline, width(), kHairline, theme.colour(Role::Border));
}

SearchField::SearchField(const QString& placeholder, QWidget* parent) : QLineEdit(parent) {
    setProperty("search", true);
    setPlaceholderText(placeholder);
    setClearButtonEnabled(true);
    addAction(icon(Icon::Search, Role::Secondary), QLineEdit::LeadingPosition);
    setFixedWidth(kFieldWidth);
}

void SearchField::setHits(const QString& hits) {
    m_hits = hits;
    update();
}

void SearchField::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
    } else if (enter && event->modifiers().testFlag(Qt::ShiftModifier)) {
        Q_EMIT previousRequested();
    } else if (enter || event->key() == Qt::Key_Down) {
        Q_EMIT nextRequested();
    } else {
        QLineEdit::keyPressEvent(event);
    }
}

void SearchField::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (m_hits.isEmpty() || text().isEmpty()) return;
    QPainter painter(this);
    painter.setFont(uiFont(TextSize::Small));
    painter.setPen(Theme::instance().colour(Role::Secondary));
    painter.drawText(rect().adjusted(0, 0, -kRow - kGrid, 0), Qt::AlignRight | Qt::AlignVCenter, m_hits);
}

CopyLabel::CopyLabel(const QString& text, QWidget* parent) : QWidget(parent) {
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setText(text);
}

void CopyLabel::setText(const QString& text) {
    if (m_text == text && !text.isEmpty()) return;
    m_text = text;
    setAccessibleName(text);
    setToolTip(text.isEmpty() ? QString() : tr("%1\nClick to copy").arg(text));
    updateGeometry();
    update();
}

void CopyLabel::setMaxCharacters(int characters) {
    m_maxCharacters = characters;
    updateGeometry();
    update();
}

QSize CopyLabel::sizeHint() const {
    const QFontMetrics metrics(fixedFont());
    const QString shown = m_maxCharacters > 0 ? middleElided(m_text, m_maxCharacters) : m_text;
    return {metrics.horizontalAdvance(shown) + kHalfGrid, metrics.height() + kHalfGrid};
}

QSize CopyLabel::minimumSizeHint() const {
    const QFontMetrics metrics(fixedFont());
    return {qMin(sizeHint().width(), metrics.horizontalAdvance(QLatin1Char('0')) * 8), sizeHint().height()};
}

void CopyLabel::copy() {
    QGuiApplication::clipboard()->setText(m_text);
    m_copied = true;
    update();
    QTimer::singleShot(kFlash, this, [this] {
        m_copied = false;
        update();
    });
}

void CopyLabel::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    const QFont font = fixedFont();
    painter.setFont(font);
    const double advance = QFontMetricsF(font).horizontalAdvance(QLatin1Char('0'));
    const int fits = static_cast<int>(width() / qMax(1.0, advance));
    const int most = m_maxCharacters > 0 ? qMin(fits, m_maxCharacters) : fits;
    painter.setPen(theme.colour(m_copied ? Role::Accent : hasFocus() || underMouse() ? Role::Accent : Role::Text));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, m_copied ? tr("copied") : middleElided(m_text, most));
}

void CopyLabel::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !m_text.isEmpty()) copy();
}

void CopyLabel::keyPressEvent(QKeyEvent* event) {
    const bool activates = event->key() == Qt::Key_Return || event->key() == Qt::Key_Space;
    if (activates || event->matches(QKeySequence::Copy)) {
        copy();
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool CopyLabel::event(QEvent* event) {
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave) update();
    return QWidget::event(event);
}

}  // namespace orrery::ui::shared
