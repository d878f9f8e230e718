// SPDX-License-Identifier: MIT
#include "views/screens/debugger/command_model.h"

#include <QStringList>
#include <algorithm>

#include "views/screens/debugger/replay_format.h"
#include "views/shared/text_format.h"

namespace orrery::ui::debugger {

using replay::CommandSide;
using replay::ComparedCommand;
using replay::Verdict;
using shared::text;

namespace {

constexpr int kDetailCharacters = 160;

const std::optional<CommandSide>* sideOf(const ComparedCommand& command, int column) {
    if (column == CommandModel::Recorded) return &command.recorded;
    return column == CommandModel::Produced ? &command.produced : nullptr;
}

QString fieldOf(const std::optional<CommandSide>& side, const std::string& name) {
    if (!side) return {};
    for (const replay::Field& field : side->fields) {
        if (field.name == name) return shared::oneLine(text(field.value), kDetailCharacters);
    }
    return CommandModel::tr("none");
}

}  // namespace

void CommandModel::setCommands(std::vector<ComparedCommand> commands) {
    beginResetModel();
    m_commands = std::move(commands);
    endResetModel();
}

int CommandModel::firstDifference() const {
    const auto found = std::find_if(m_commands.begin(), m_commands.end(), [](const ComparedCommand& command) {
        return command.verdict == Verdict::Soft || command.verdict == Verdict::Hard;
    });
    return found == m_commands.end() ? -1 : static_cast<int>(found - m_commands.begin());
}

int CommandModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_commands.size());
}

int CommandModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

// A difference in the fields stands with them: "activity 3, charge_card · input: 41.5".
QString CommandModel::words(const ComparedCommand& command, int column) const {
    if (column == EventColumn) {
        return command.recorded && command.recorded->eventId != 0 ? QString::number(command.recorded->eventId)
                                                                  : QString();
    }
    if (column == VerdictColumn) return verdictWords(command);
    const std::optional<CommandSide>& side = *sideOf(command, column);
    if (!side) {
        if (command.verdict == Verdict::Open) return column == Recorded ? tr("not recorded yet") : QString();
        return tr("nothing");
    }
    QStringList parts{text(side->text)};
    for (const std::string& name : command.differing) {
        const QString value = fieldOf(side, name);
        if (!parts.first().contains(value)) parts << QStringLiteral("%1: %2").arg(text(name), value);
    }
    return parts.join(QStringLiteral(" · "));
}

QVariant CommandModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const ComparedCommand& command = m_commands[static_cast<size_t>(index.row())];
    const auto* side = sideOf(command, index.column());
    switch (role) {
        case Qt::DisplayRole: return words(command, index.column());
        case Qt::ToolTipRole: {
            if (side == nullptr || !*side) return words(command, index.column());
            QStringList lines{text((*side)->text)};
            for (const replay::Field& field : (*side)->fields) {
                lines << QStringLiteral("%1: %2").arg(text(field.name),
                                                      shared::oneLine(text(field.value), kDetailCharacters));
            }
            return lines.join(QLatin1Char('\n'));
        }
        case Qt::TextAlignmentRole:
            return int(Qt::AlignVCenter | (index.column() == EventColumn ? Qt::AlignRight : Qt::AlignLeft));
        case EventIdRole: return qlonglong(command.recorded ? command.recorded->eventId : 0);
        case VerdictRole: return int(command.verdict);
        case IconRole:
        case ColourRole: {
            if (side == nullptr || !*side) return {};
            const shared::Look look = commandLook((*side)->kind);
            return role == IconRole ? int(look.icon) : int(look.role);
        }
        default: return {};
    }
}

QVariant CommandModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        return int(Qt::AlignVCenter | (section == EventColumn ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case EventColumn: return tr("Event");
        case Recorded: return tr("Recorded");
        case Produced: return tr("Produced by this code");
        default: return tr("Verdict");
    }
}

}  // namespace orrery::ui::debugger
