// SPDX-License-Identifier: MIT
#include "views/shell/palette_model.h"

#include <algorithm>

namespace orrery::ui::shell {
namespace {

constexpr int kLetter = 1;
constexpr int kFollows = 3;
constexpr int kWordStart = 5;

bool startsWord(const QString& text, int at) { return at == 0 || !text.at(at - 1).isLetterOrNumber(); }

}  // namespace

int paletteScore(const QString& query, const QString& text) {
    if (query.trimmed().isEmpty()) return kLetter;
    int score = 0;
    int at = -1;
    for (const QChar wanted : query) {
        if (wanted.isSpace()) continue;
        const int next = static_cast<int>(text.indexOf(wanted, at + 1, Qt::CaseInsensitive));
        if (next < 0) return 0;
        score += kLetter;
        if (at >= 0 && next == at + 1) score += kFollows;
        if (startsWord(text, next)) score += kWordStart;
        at = next;
    }
    return text.contains(query, Qt::CaseInsensitive) ? score * 2 : score;
}

void PaletteModel::setEntries(std::vector<PaletteEntry> entries) {
    beginResetModel();
    m_entries = std::move(entries);
    rank();
    endResetModel();
}

void PaletteModel::setQuery(const QString& query) {
    if (query == m_query) return;
    beginResetModel();
    m_query = query;
    rank();
    endResetModel();
}

void PaletteModel::rank() {
    std::vector<std::pair<int, int>> scored;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        const int score = paletteScore(m_query, m_entries[i].text);
        if (score > 0) scored.emplace_back(score, static_cast<int>(i));
    }
    std::sort(scored.begin(), scored.end(), [this](const auto& a, const auto& b) {
        const bool enabledA = m_entries[static_cast<size_t>(a.second)].enabled;
        const bool enabledB = m_entries[static_cast<size_t>(b.second)].enabled;
        if (enabledA != enabledB) return enabledA;
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    m_ranked.clear();
    for (const auto& [score, index] : scored) m_ranked.push_back(index);
}

const PaletteEntry* PaletteModel::entry(const QModelIndex& index) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return nullptr;
    return &m_entries[static_cast<size_t>(m_ranked[static_cast<size_t>(index.row())])];
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_ranked.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    const PaletteEntry* found = entry(index);
    if (found == nullptr) return {};
    if (role == Qt::DisplayRole) return found->text;
    if (role == DetailRole) return found->detail;
    if (role == IconRole) return found->icon;
    return {};
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const {
    const PaletteEntry* found = entry(index);
    if (found == nullptr) return Qt::NoItemFlags;
    return found->enabled ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
                          : Qt::ItemNeverHasChildren;
}

}  // namespace orrery::ui::shell
