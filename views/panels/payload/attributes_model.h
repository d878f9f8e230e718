// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractItemModel>
#include <memory>
#include <vector>

#include "core/history/event.h"

namespace orrery::ui::payload {

/// The attributes of an event as a tree of names and values. Index ids are pointers: small integers make Qt's hash of
/// persistent indexes collide, and closing an expanded view then takes minutes. Owns its copy of the tree.
class AttributesModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Key, Value, ColumnCount };
    enum Role { KindRole = Qt::UserRole };

    explicit AttributesModel(QObject* parent = nullptr);
    ~AttributesModel() override;

    void setRoot(history::Node root);
    /// "input.payloads[0]" of the index, to find it again after the next event was chosen.
    QString path(const QModelIndex& index) const;
    /// Text of a whole branch, indented.
    QString branchText(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Item {
        const history::Node* node = nullptr;
        Item* parent = nullptr;
        int row = 0;
        std::vector<std::unique_ptr<Item>> children;
    };
    static std::unique_ptr<Item> wrap(const history::Node& node, Item* parent, int row);
    Item* itemOf(const QModelIndex& index) const;

    history::Node m_node;
    std::unique_ptr<Item> m_root;
};

}  // namespace orrery::ui::payload
