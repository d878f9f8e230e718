// SPDX-License-Identifier: MIT
#include "views/panels/payload/payload_view.h"

#include <QEvent>
#include <QTextBlock>
#include <algorithm>

#include "views/shared/theme.h"

namespace orrery::ui::payload {

namespace {

// Beyond this a text widget is the wrong tool; the whole can still be saved.
constexpr qsizetype kMostCharacters = 300'000;

}  // namespace

PayloadView::PayloadView(QWidget* parent) : QPlainTextEdit(parent) {
    setProperty("payload", true);
    setReadOnly(true);
    setFont(shared::fixedFont(shared::TextSize::Small));
    setWordWrapMode(QTextOption::WrapAnywhere);
    setTabChangesFocus(true);
    document()->setDocumentMargin(shared::kGrid);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

void PayloadView::setContent(const QString& text) {
    const QString shown = text.size() <= kMostCharacters
                              ? text
                              : text.left(kMostCharacters) + tr("\n\u2026 cut, %1 characters in all").arg(text.size());
    if (shown == toPlainText()) return;
    setPlainText(shown);
    fitHeight();
}

void PayloadView::fitHeight() {
    if (m_maxLines == 0) return;
    int lines = 0;
    for (QTextBlock block = document()->firstBlock(); block.isValid() && lines < m_maxLines; block = block.next()) {
        const int shownLines = block.layout() ? block.layout()->lineCount() : 1;
        lines += std::max(1, shownLines);
    }
    lines = std::clamp(lines, 1, m_maxLines);
    setVerticalScrollBarPolicy(lines < m_maxLines ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    const int frame = 2 * (shared::kHairline + shared::kGrid + shared::kGrid);
    setFixedHeight(lines * QFontMetrics(font()).lineSpacing() + frame);
}

QSize PayloadView::sizeHint() const { return {shared::kInspectorWidth - 2 * shared::kPadding, height()}; }

void PayloadView::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    // Later: a height set while the layout above is at work would be overlooked by it, and its other rows pressed
    // together.
    if (event->size().width() != event->oldSize().width()) {
        QMetaObject::invokeMethod(this, &PayloadView::fitHeight, Qt::QueuedConnection);
    }
}

void PayloadView::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::StyleChange) fitHeight();
}

}  // namespace orrery::ui::payload
