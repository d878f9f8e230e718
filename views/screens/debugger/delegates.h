// SPDX-License-Identifier: MIT
#pragma once

#include <QStyledItemDelegate>

/// How the lists of the debugger are painted. UI thread.
namespace orrery::ui::debugger {

/// A task: number, words, and a word for what went wrong. The shown one on a brass ground.
class TaskDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// A command: differences on a red ground, with a word.
class CommandDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// Words with a link before or behind them: "event 40  fraud_check completed", "OrderApproval::process  order.cpp:47".
class LinkDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    /// Of events the link comes first and takes a column of its own; of frames it follows the name.
    enum class Kind { Events, Frames };
    LinkDelegate(Kind kind, QObject* parent) : QStyledItemDelegate(parent), m_kind(kind) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintJob(QPainter* painter, const QRect& rect, const QModelIndex& index) const;
    void paintFrame(QPainter* painter, const QRect& rect, const QModelIndex& index) const;

    Kind m_kind;
};

}  // namespace orrery::ui::debugger
