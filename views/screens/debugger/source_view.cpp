// SPDX-License-Identifier: MIT
#include "views/screens/debugger/source_view.h"

#include <QPainter>
#include <QScrollBar>
#include <QSyntaxHighlighter>
#include <QTextBlock>

#include "views/screens/debugger/cpp_source_format.h"
#include "views/shared/theme.h"

namespace orrery::ui::debugger {

using namespace shared;

class SourceView::Numbers final : public QWidget {
public:
    explicit Numbers(SourceView* view) : QWidget(view), m_view(view) {}

protected:
    void paintEvent(QPaintEvent* event) override {
        QPainter painter(this);
        m_view->paintNumbers(painter, event->rect());
    }

private:
    SourceView* m_view;
};

class SourceView::Highlighter final : public QSyntaxHighlighter {
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString& line) override {
        auto state = previousBlockState() == int(SourceState::Comment) ? SourceState::Comment : SourceState::Code;
        for (const SourceSpan& span : sourceSpans(line, state)) {
            setFormat(span.from, span.length, Theme::instance().colour(span.role));
        }
        setCurrentBlockState(int(state));
    }
};

SourceView::SourceView(QWidget* parent)
    : QPlainTextEdit(parent), m_numbers(new Numbers(this)), m_highlighter(new Highlighter(document())) {
    setObjectName(QStringLiteral("debugSource"));
    setAccessibleName(tr("Source"));
    setProperty("source", true);
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFont(fixedFont());
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setTabStopDistance(4 * QFontMetricsF(font()).horizontalAdvance(QLatin1Char(' ')));
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        if (dy != 0) {
            m_numbers->scroll(0, dy);
        } else {
            m_numbers->update(0, rect.y(), m_numbers->width(), rect.height());
        }
    });
    connect(this, &QPlainTextEdit::blockCountChanged, this, &SourceView::placeNumbers);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_highlighter->rehighlight();
        markLine();
    });
    // Once a person looks elsewhere, the view stays there until the next step.
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] { m_following = false; });
    placeNumbers();
}

SourceView::~SourceView() = default;

void SourceView::showSource(const QString& path, const QString& text) {
    m_path = path;
    setAccessibleName(path.isEmpty() ? tr("Source") : tr("Source %1").arg(path));
    if (text == m_text) return;
    m_text = text;
    m_marked = 0;
    m_others.clear();
    setPlainText(text);
    markLine();
}

void SourceView::setMarked(int line, std::set<int> others) {
    const bool moved = line != m_marked;
    m_marked = line;
    m_others = std::move(others);
    markLine();
    m_following = true;
    if (moved || !markShown()) reveal();
}

bool SourceView::markShown() const {
    const QTextBlock block = document()->findBlockByNumber(m_marked - 1);
    return m_marked > 0 && block.isValid() && viewport()->rect().contains(cursorRect(QTextCursor(block)));
}

void SourceView::reveal() {
    const QTextBlock block = document()->findBlockByNumber(m_marked - 1);
    if (m_marked <= 0 || !block.isValid()) return;
    setTextCursor(QTextCursor(block));
    const QRect shown = cursorRect();
    // Lines around it stay readable: centre it only when it comes near an edge.
    if (shown.top() < 2 * shown.height() || shown.bottom() > viewport()->height() - 2 * shown.height()) centerCursor();
}

void SourceView::markLine() {
    QList<QTextEdit::ExtraSelection> selections;
    const auto add = [&](int line, qreal strength) {
        const QTextBlock block = document()->findBlockByNumber(line - 1);
        if (line <= 0 || !block.isValid()) return;
        QTextEdit::ExtraSelection selection;
        selection.format.setBackground(Theme::instance().tint(Role::Brass, strength));
        selection.format.setProperty(QTextFormat::FullWidthSelection, true);
        selection.cursor = QTextCursor(block);
        selections.append(selection);
    };
    for (const int line : m_others) {
        if (line != m_marked) add(line, kHoverTint);
    }
    add(m_marked, kSelectionTint);
    setExtraSelections(selections);
    m_numbers->update();
}

int SourceView::numbersWidth() const {
    const int digits = std::max(3, static_cast<int>(QString::number(blockCount()).size()));
    // Room for the marker before and a gap behind.
    return (digits + 4) * QFontMetrics(font()).horizontalAdvance(QLatin1Char('0'));
}

void SourceView::placeNumbers() {
    setViewportMargins(numbersWidth(), 0, 0, 0);
    m_numbers->setGeometry(contentsRect().x(), contentsRect().y(), numbersWidth(), contentsRect().height());
}

void SourceView::paintNumbers(QPainter& painter, const QRect& rect) const {
    const Theme& theme = Theme::instance();
    painter.fillRect(rect, theme.colour(Role::Surface));
    painter.setFont(font());
    const int column = QFontMetrics(font()).horizontalAdvance(QLatin1Char('0'));
    QTextBlock block = firstVisibleBlock();
    QRectF place = blockBoundingGeometry(block).translated(contentOffset());
    while (block.isValid() && place.top() <= rect.bottom()) {
        const int line = block.blockNumber() + 1;
        const QRect row(0, qRound(place.top()), m_numbers->width(), qRound(place.height()));
        const bool here = line == m_marked;
        const bool also = !here && m_others.contains(line);
        if (here || also) painter.fillRect(row, theme.tint(Role::Brass, here ? kSelectionTint : kHoverTint));
        painter.setPen(theme.colour(here || also ? Role::Brass : Role::Disabled));
        if (here)
            painter.drawText(row.adjusted(column / 2, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("▸"));
        painter.drawText(row.adjusted(0, 0, -2 * column, 0), Qt::AlignRight | Qt::AlignVCenter, QString::number(line));
        block = block.next();
        place = blockBoundingGeometry(block).translated(contentOffset());
    }
}

void SourceView::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    placeNumbers();
    if (m_following) reveal();
}

void SourceView::wheelEvent(QWheelEvent* event) {
    m_following = false;
    QPlainTextEdit::wheelEvent(event);
}

void SourceView::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::StyleChange) placeNumbers();
}

}  // namespace orrery::ui::debugger
