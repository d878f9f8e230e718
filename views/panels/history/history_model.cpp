// SPDX-License-Identifier: MIT
#include "views/panels/history/history_model.h"

#include <QStringList>
#include <algorithm>

#include "views/shared/group_text.h"
#include "views/shared/kinds.h"
#include "views/shared/text_format.h"

namespace orrery::ui::history_table {

namespace {

constexpr int kDetailCharacters = 160;

}  // namespace

void HistoryModel::showHistory(const shared::HistoryView& view) {
    beginResetModel();
    m_view = view;
    m_texts.clear();
    m_lines.clear();
    m_linesTo = 0;
    m_rowOfGroup.clear();
    if (m_view) appendLines();
    endResetModel();
}

void HistoryModel::setMode(Mode mode) {
    if (m_mode == mode) return;
    m_mode = mode;
    showHistory(m_view);
}

void HistoryModel::setHistory(const shared::HistoryView& view) {
    const bool grown = m_view && view && view.history->size() >= m_view.history->size();
    if (!grown) {
        showHistory(view);
        return;
    }
    const int before = lineCount();
    int after = static_cast<int>(view.history->size());
    if (m_mode == Mode::Compact) {
        // Count first: rows must be announced before they are there.
        after = before;
        size_t group = m_rowOfGroup.size();
        for (size_t i = m_linesTo; i < view.history->size(); ++i) {
            const int32_t of = view.groups->ofEvent[i];
            if (of < 0 || static_cast<size_t>(of) >= group) ++after;
            if (of >= 0) group = std::max(group, static_cast<size_t>(of) + 1);
        }
    }
    // What is there may have gone on: a group that closed, a time that now belongs to another day. That comes first,
    // for an insertion must leave the rows before it as they are.
    m_view = view;
    m_texts.clear();
    if (before > 0) Q_EMIT dataChanged(index(0, 0), index(before - 1, ColumnCount - 1));
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        appendLines();
        endInsertRows();
    } else {
        appendLines();
    }
}

void HistoryModel::appendLines() {
    if (m_mode == Mode::All) {
        m_linesTo = m_view.history->size();
        return;
    }
    const auto& ofEvent = m_view.groups->ofEvent;
    for (size_t i = m_linesTo; i < m_view.history->size(); ++i) {
        const int32_t group = ofEvent[i];
        if (group < 0) {
            m_lines.push_back({-1, static_cast<uint32_t>(i)});
            continue;
        }
        if (static_cast<size_t>(group) < m_rowOfGroup.size()) continue;
        m_rowOfGroup.resize(static_cast<size_t>(group) + 1, -1);
        m_rowOfGroup.back() = static_cast<int32_t>(m_lines.size());
        m_lines.push_back({group, static_cast<uint32_t>(i)});
    }
    m_linesTo = m_view.history->size();
}

int HistoryModel::lineCount() const {
    if (!m_view) return 0;
    return static_cast<int>(m_mode == Mode::All ? m_linesTo : m_lines.size());
}

int HistoryModel::rowOf(int64_t eventId) const {
    if (!m_view || eventId == 0) return -1;
    const auto position = m_view.history->indexOf(eventId);
    if (!position || *position >= m_linesTo) return -1;
    if (m_mode == Mode::All) return static_cast<int>(*position);
    const int32_t group = m_view.groups->ofEvent[*position];
    if (group >= 0) return m_rowOfGroup[static_cast<size_t>(group)];
    const auto line = std::lower_bound(m_lines.begin(), m_lines.end(), *position,
                                       [](const Line& l, size_t at) { return l.event < at; });
    return line != m_lines.end() && line->event == *position ? static_cast<int>(line - m_lines.begin()) : -1;
}

int64_t HistoryModel::eventIdOf(int row) const {
    const size_t position = m_mode == Mode::All ? static_cast<size_t>(row) : m_lines[static_cast<size_t>(row)].event;
    return (*m_view.history)[position].id();
}

int64_t HistoryModel::groupIdOf(int row) const {
    const int32_t group = m_mode == Mode::All ? m_view.groups->ofEvent[static_cast<size_t>(row)]
                                              : m_lines[static_cast<size_t>(row)].group;
    return group < 0 ? 0 : m_view.groups->list[static_cast<size_t>(group)].firstEventId;
}

QString HistoryModel::time(std::optional<base::Timestamp> at) const {
    // The day is said only where it is another one than that of the start.
    const auto start = m_view.history->empty() ? std::nullopt : (*m_view.history)[0].time();
    return at ? shared::timeText(*at, start ? *start : *at, true) : QString();
}

HistoryModel::Texts HistoryModel::eventTexts(size_t position) const {
    const history::Event event = (*m_view.history)[position];
    const std::string type = event.typeName();
    const shared::Look look = shared::look(event.category());
    Texts texts;
    texts.column[Number] = QString::number(event.id());
    texts.column[Time] = time(event.time());
    texts.column[Event] = shared::eventWord(type);
    texts.column[Name] = shared::oneLine(shared::text(event.name()), kDetailCharacters);
    texts.column[Details] = shared::oneLine(shared::text(event.details()), kDetailCharacters);
    texts.failed = shared::isFailure(type);
    texts.colour = static_cast<int>(texts.failed ? shared::Role::Failed : look.role);
    texts.icon = static_cast<int>(look.icon);
    return texts;
}

HistoryModel::Texts HistoryModel::groupTexts(const history::EventGroup& group) const {
    const shared::Look look = shared::look(group.kind);
    const shared::Look state = shared::look(group.state);
    Texts texts;
    texts.column[Number] = QString::number(group.eventIds.front());
    if (group.eventIds.size() > 1) {
        texts.column[Number] += QStringLiteral("\u2013") + QString::number(group.eventIds.back());
    }
    const auto first = m_view.history->find(group.firstEventId);
    texts.column[Time] = time(first ? first->time() : std::nullopt);
    texts.column[Event] = look.word;
    if (group.kind != history::GroupKind::WorkflowTask) {
        texts.column[Name] = shared::oneLine(shared::text(group.name), kDetailCharacters);
    }
    QStringList details;
    if (group.state != history::GroupState::Completed) details += state.word.toLower();
    if (group.attempts > 1) details += tr("%1 attempts").arg(group.attempts);
    const auto ran = group.kind == history::GroupKind::Timer ? std::nullopt : shared::groupRan(group, std::nullopt);
    if (ran) details += shared::durationText(*ran);
    const std::string& last = group.lastFailure.empty() ? group.detail : group.lastFailure;
    if (!last.empty()) details += shared::oneLine(shared::text(last), kDetailCharacters);
    texts.column[Details] = details.join(QStringLiteral(" \u00b7 "));
    texts.failed = group.state == history::GroupState::Failed || group.state == history::GroupState::TimedOut;
    texts.colour = static_cast<int>(texts.failed ? state.role : look.role);
    texts.icon = static_cast<int>(look.icon);
    return texts;
}

const HistoryModel::Texts& HistoryModel::texts(int row) const {
    if (const Texts* kept = m_texts.object(row)) return *kept;
    const int32_t group = m_mode == Mode::All ? -1 : m_lines[static_cast<size_t>(row)].group;
    const size_t event = m_mode == Mode::All ? static_cast<size_t>(row) : m_lines[static_cast<size_t>(row)].event;
    auto* made = new Texts(group < 0 ? eventTexts(event) : groupTexts(m_view.groups->list[static_cast<size_t>(group)]));
    m_texts.insert(row, made);
    return *made;
}

bool HistoryModel::matches(int row, const QString& needle) const {
    // A search walks all rows: it must not push the rows on screen out of the cache.
    const int32_t group = m_mode == Mode::All ? -1 : m_lines[static_cast<size_t>(row)].group;
    const size_t event = m_mode == Mode::All ? static_cast<size_t>(row) : m_lines[static_cast<size_t>(row)].event;
    const Texts texts = group < 0 ? eventTexts(event) : groupTexts(m_view.groups->list[static_cast<size_t>(group)]);
    return std::any_of(std::begin(texts.column), std::end(texts.column),
                       [&](const QString& column) { return column.contains(needle, Qt::CaseInsensitive); });
}

QString HistoryModel::rowText(int row) const {
    const Texts& all = texts(row);
    return QStringList(std::begin(all.column), std::end(all.column)).join(QLatin1Char('\t'));
}

int HistoryModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : lineCount(); }

int HistoryModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= lineCount()) return {};
    switch (role) {
        case Qt::DisplayRole: return texts(index.row()).column[index.column()];
        case Qt::ToolTipRole:
            if (index.column() == Time) {
                const auto event = m_view.history->find(eventIdOf(index.row()));
                return event && event->time() ? shared::exactTimeText(*event->time()) : QString();
            }
            return {};
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(index.column() == Number ? Qt::AlignRight | Qt::AlignVCenter
                                                                : Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::AccessibleTextRole: return texts(index.row()).column[index.column()];
        case EventIdRole: return QVariant::fromValue<qint64>(eventIdOf(index.row()));
        case GroupIdRole: return QVariant::fromValue<qint64>(groupIdOf(index.row()));
        case ColourRole: return texts(index.row()).colour;
        case IconRole: return texts(index.row()).icon;
        case FailedRole: return texts(index.row()).failed;
        default: return {};
    }
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(section == Number ? Qt::AlignRight | Qt::AlignVCenter
                                                     : Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Number: return QStringLiteral("#");
        case Time: return tr("Time");
        case Event: return tr("Event");
        case Name: return tr("Name");
        case Details: return tr("Details");
        default: return {};
    }
}

Qt::ItemFlags HistoryModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

}  // namespace orrery::ui::history_table
