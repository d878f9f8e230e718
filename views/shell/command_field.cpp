// SPDX-License-Identifier: MIT
#include "views/shell/command_field.h"

#include <QApplication>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTimer>

#include "views/shared/theme.h"

namespace orrery::ui::shell {
namespace {

using namespace shared;

constexpr int kRowsShown = 12;

class EntryDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->fillRect(option.rect, theme.tint(Role::Accent, kSelectionTint));
        }
        const QRect inner = option.rect.adjusted(kPadding, 0, -kPadding, 0);
        const bool enabled = option.state.testFlag(QStyle::State_Enabled) && index.flags().testFlag(Qt::ItemIsEnabled);
        painter->setFont(option.font);
        painter->setPen(theme.colour(enabled ? Role::Text : Role::Disabled));
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, index.data().toString());
        painter->setPen(theme.colour(enabled ? Role::Secondary : Role::Disabled));
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, index.data(PaletteModel::DetailRole).toString());
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {0, kRow + kGrid}; }
};

}  // namespace

CommandField::CommandField(std::function<std::vector<PaletteEntry>()> entries, QWidget* parent)
    : QLineEdit(parent), m_entries(std::move(entries)), m_model(new PaletteModel(this)), m_list(new QListView(parent)) {
    setObjectName(QStringLiteral("commandField"));
    setProperty("search", true);
    setPlaceholderText(tr("Search, or type a command"));
    setAccessibleName(tr("Search, or type a command"));
    m_list->setObjectName(QStringLiteral("commandList"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new EntryDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::Box);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->hide();
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) {
        m_list->setCurrentIndex(index);
        runCurrent();
    });
    connect(this, &QLineEdit::textEdited, this, [this](const QString& typed) {
        m_model->setQuery(typed);
        showList();
    });
}

void CommandField::open() {
    if (hasFocus()) return showEntries();
    m_before = QApplication::focusWidget();
    setFocus(Qt::ShortcutFocusReason);
}

void CommandField::close() {
    m_list->hide();
    clear();
    if (hasFocus() && m_before) m_before->setFocus(Qt::OtherFocusReason);
    if (hasFocus()) clearFocus();
}

void CommandField::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    if (event->reason() == Qt::ActiveWindowFocusReason || event->reason() == Qt::PopupFocusReason) return;
    showEntries();
}

void CommandField::showEntries() {
    m_model->setEntries(m_entries());
    m_model->setQuery(text());
    showList();
}

void CommandField::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    m_list->hide();
}

void CommandField::showList() {
    if (m_list->parentWidget() != window()) m_list->setParent(window());
    const int rows = std::min(kRowsShown, m_model->rowCount());
    const QPoint below = mapTo(window(), QPoint(0, height() + kHalfGrid));
    m_list->setGeometry(below.x(), below.y(), width(), rows * (kRow + kGrid) + kGrid);
    m_list->setVisible(rows > 0);
    m_list->raise();
    m_list->setCurrentIndex(m_model->index(0, 0));
}

void CommandField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape: return close();
        case Qt::Key_Return:
        case Qt::Key_Enter: return runCurrent();
        case Qt::Key_Down:
        case Qt::Key_Up:
        case Qt::Key_PageDown:
        case Qt::Key_PageUp: QApplication::sendEvent(m_list, event); return;
        default: QLineEdit::keyPressEvent(event);
    }
}

// The focus goes back first, so that the command acts on the page that was in front and may move the focus itself.
void CommandField::runCurrent() {
    const PaletteEntry* entry = m_model->entry(m_list->currentIndex());
    if (entry == nullptr || !entry->enabled) return;
    auto run = entry->run;
    close();
    QTimer::singleShot(0, this, run);
}

void CommandField::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (!text().isEmpty()) return;
    QPainter painter(this);
    painter.setPen(Theme::instance().colour(Role::Secondary));
    painter.drawText(rect().adjusted(0, 0, -2 * kGrid, 0), Qt::AlignVCenter | Qt::AlignRight, tr("Ctrl K"));
}

}  // namespace orrery::ui::shell
