// SPDX-License-Identifier: MIT
#include "views/panels/payload/attributes_model.h"

#include <QStringList>
#include <functional>

#include "views/shared/text_format.h"
#include "views/shared/tokens.h"

namespace orrery::ui::payload {

namespace {

constexpr int kValueCharacters = 400;

}  // namespace

AttributesModel::AttributesModel(QObject* parent) : QAbstractItemModel(parent), m_root(std::make_unique<Item>()) {
    m_root->node = &m_node;
}

AttributesModel::~AttributesModel() = default;

std::unique_ptr<AttributesModel::Item> AttributesModel::wrap(const history::Node& node, Item* parent, int row) {
    auto item = std::make_unique<Item>();
    item->node = &node;
    item->parent = parent;
    item->row = row;
    for (const history::Node& child : node.children) {
        item->children.push_back(wrap(child, item.get(), static_cast<int>(item->children.size())));
    }
    return item;
}

void AttributesModel::setRoot(history::Node root) {
    beginResetModel();
    m_node = std::move(root);
    m_root = wrap(m_node, nullptr, 0);
    endResetModel();
}

AttributesModel::Item* AttributesModel::itemOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<Item*>(index.internalPointer()) : m_root.get();
}

QModelIndex AttributesModel::index(int row, int column, const QModelIndex& parent) const {
    const Item* item = itemOf(parent);
    if (parent.column() > 0 || row < 0 || column < 0 || column >= ColumnCount ||
        row >= static_cast<int>(item->children.size())) {
        return {};
    }
    return createIndex(row, column, item->children[static_cast<size_t>(row)].get());
}

QModelIndex AttributesModel::parent(const QModelIndex& child) const {
    Item* parent = child.isValid() ? itemOf(child)->parent : nullptr;
    return parent == nullptr || parent == m_root.get() ? QModelIndex() : createIndex(parent->row, 0, parent);
}

int AttributesModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(itemOf(parent)->children.size());
}

int AttributesModel::columnCount(const QModelIndex&) const { return ColumnCount; }

QVariant AttributesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const history::Node& node = *itemOf(index)->node;
    switch (role) {
        case Qt::DisplayRole:
            if (index.column() == Key) return shared::text(node.key);
            return shared::oneLine(shared::text(node.value), kValueCharacters);
        case Qt::ToolTipRole:
            if (index.column() == Value && !node.encoding.empty()) return shared::text(node.encoding);
            return {};
        case Qt::FontRole:
            if (index.column() == Value && node.kind == history::Node::Kind::Payload) {
                return shared::fixedFont(shared::TextSize::Small);
            }
            return {};
        case KindRole: return static_cast<int>(node.kind);
        default: return {};
    }
}

QVariant AttributesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == Key ? tr("Attribute") : tr("Value");
}

Qt::ItemFlags AttributesModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (itemOf(index)->children.empty()) flags |= Qt::ItemNeverHasChildren;
    return flags;
}

QString AttributesModel::path(const QModelIndex& index) const {
    QString path;
    for (const Item* item = itemOf(index); item != m_root.get(); item = item->parent) {
        const QString key = shared::text(item->node->key);
        const bool joins = path.isEmpty() || path.startsWith(QLatin1Char('['));
        path = key + (joins ? QString() : QStringLiteral(".")) + path;
    }
    return path;
}

QString AttributesModel::branchText(const QModelIndex& index) const {
    QStringList lines;
    const std::function<void(const history::Node&, int)> add = [&](const history::Node& node, int depth) {
        const QString value = node.value.empty() ? QString() : QStringLiteral(": ") + shared::text(node.value);
        lines += QString(2 * depth, QLatin1Char(' ')) + shared::text(node.key) + value;
        for (const history::Node& child : node.children) add(child, depth + 1);
    };
    add(*itemOf(index)->node, 0);
    return lines.join(QLatin1Char('\n'));
}

}  // namespace orrery::ui::payload
