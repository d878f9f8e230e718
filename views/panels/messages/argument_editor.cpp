// SPDX-License-Identifier: MIT
#include "views/panels/messages/argument_editor.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QStyle>
#include <QTextBlock>

#include "core/gateway/arguments.h"
#include "views/shared/text_format.h"
#include "views/shared/widgets.h"

namespace orrery::ui::messages {
namespace {

using namespace shared;

constexpr int kLines = 3;

int number(const gateway::Problem& problem, const char* field) {
    const auto found = problem.fields.find(field);
    return found == problem.fields.end() ? 0 : text(found->second).toInt();
}

}  // namespace

ArgumentEditor::ArgumentEditor(QWidget* parent)
    : QWidget(parent), m_field(new QPlainTextEdit(this)), m_error(makeLabel({}, "error", this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_field);
    column->addWidget(m_error);
    m_field->setObjectName(QStringLiteral("arguments"));
    m_field->setAccessibleName(tr("Input as JSON"));
    m_field->setFont(fixedFont());
    m_field->setTabChangesFocus(true);
    m_field->setPlaceholderText(tr("JSON; empty for no argument"));
    m_field->setFixedHeight(kLines * QFontMetrics(fixedFont()).lineSpacing() + 4 * kGrid);
    m_field->installEventFilter(this);
    m_error->setWordWrap(true);
    m_error->hide();
    connect(m_field, &QPlainTextEdit::textChanged, m_error, &QWidget::hide);
}

void ArgumentEditor::setText(const QString& json) { m_field->setPlainText(json); }

QString ArgumentEditor::text() const { return m_field->toPlainText(); }

std::optional<::orrery::payload::Payloads> ArgumentEditor::payloads() {
    auto parsed = gateway::jsonArguments(text().toStdString());
    if (parsed) return std::move(parsed).value();
    m_error->setText(shared::text(parsed.problem().message));
    m_error->show();
    putCursor(number(parsed.problem(), "line"), number(parsed.problem(), "column"));
    m_field->setFocus();
    return std::nullopt;
}

void ArgumentEditor::putCursor(int line, int column) {
    if (line <= 0) return;
    const QTextBlock block = m_field->document()->findBlockByNumber(line - 1);
    QTextCursor cursor(block);
    cursor.movePosition(QTextCursor::Right, QTextCursor::MoveAnchor,
                        std::min(std::max(column - 1, 0), block.length() - 1));
    cursor.movePosition(QTextCursor::Right, QTextCursor::KeepAnchor);
    m_field->setTextCursor(cursor);
}

bool ArgumentEditor::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter && key->modifiers().testFlag(Qt::ControlModifier)) {
            Q_EMIT sendRequested();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace orrery::ui::messages
