// SPDX-License-Identifier: MIT
#include "core/replay/compare.h"

#include <algorithm>

namespace orrery::replay {
namespace {

/// Above this many pairs the alignment is left out; the rows then stand in order.
constexpr size_t kMostPairs = 4'000'000;

ComparedCommand row(const Side* recorded, const Side* produced, Verdict verdict) {
    ComparedCommand one;
    one.verdict = verdict;
    if (recorded) one.recorded = recorded->shown();
    if (produced) {
        one.produced = produced->shown();
        one.source = produced->source;
    }
    return one;
}

class Comparer {
public:
    Comparer(const std::vector<Side>& recorded, const std::vector<Side>& produced)
        : m_recorded(recorded), m_produced(produced) {}

    Comparison compare() {
        while (m_i < m_recorded.size() || m_j < m_produced.size()) {
            if (passOverPatch()) continue;
            if (m_i < m_recorded.size() && m_j < m_produced.size() &&
                !differentIdentity(m_recorded[m_i], m_produced[m_j])) {
                pair(m_recorded[m_i++], m_produced[m_j++]);
                continue;
            }
            part();
            align();
            break;
        }
        return std::move(m_result);
    }

private:
    const Side* recorded() const { return m_i < m_recorded.size() ? &m_recorded[m_i] : nullptr; }
    const Side* produced() const { return m_j < m_produced.size() ? &m_produced[m_j] : nullptr; }

    bool passOverPatch() {
        if (produced() && !produced()->patchId.empty() && (!recorded() || recorded()->patchId != produced()->patchId)) {
            // The history does not know it, and the code asks for nothing else by it.
            m_j += m_j + 1 < m_produced.size() && m_produced[m_j + 1].changeVersion ? 2 : 1;
            return true;
        }
        if (recorded() && recorded()->deprecated && !(produced() && !produced()->patchId.empty())) {
            add(recorded(), nullptr, Verdict::Same);
            ++m_i;
            if (recorded() && recorded()->changeVersion) add(&m_recorded[m_i++], nullptr, Verdict::Same);
            return true;
        }
        return false;
    }

    void add(const Side* recorded, const Side* produced, Verdict verdict) {
        m_result.rows.push_back(row(recorded, produced, verdict));
    }

    void pair(const Side& recorded, const Side& produced) {
        std::vector<std::string> differing = differences(recorded, produced);
        const bool hard = differentIdentity(recorded, produced);
        add(&recorded, &produced, hard ? Verdict::Hard : differing.empty() ? Verdict::Same : Verdict::Soft);
        if (!hard && !differing.empty() && !m_result.parting) {
            m_result.parting = Parting{Verdict::Soft, &recorded, &produced, differing};
        }
        m_result.rows.back().differing = std::move(differing);
    }

    void part() { m_result.parting = Parting{Verdict::Hard, recorded(), produced(), {}}; }

    /// Alike for a reader, whatever numbers have shifted.
    static bool alike(const Side& left, const Side& right) {
        if (left.kind != right.kind) return false;
        for (size_t k = 0; k < std::min(left.fields.size(), right.fields.size()); ++k) {
            const Field& one = left.fields[k].shown;
            const bool number = one.name == "activity id" || one.name == "timer id";
            if (left.fields[k].identity && !number && one.value != right.fields[k].shown.value) return false;
        }
        return true;
    }

    void align() {
        const size_t rows = m_recorded.size() - m_i;
        const size_t columns = m_produced.size() - m_j;
        if (rows * columns > kMostPairs) {
            gap(m_recorded.size(), m_produced.size());
            return;
        }
        // Length of the longest common part of the rests that begin at (r, c).
        std::vector<uint32_t> common((rows + 1) * (columns + 1), 0);
        const auto at = [&common, columns](size_t r, size_t c) -> uint32_t& { return common[r * (columns + 1) + c]; };
        for (size_t r = rows; r-- > 0;) {
            for (size_t c = columns; c-- > 0;) {
                at(r, c) = alike(m_recorded[m_i + r], m_produced[m_j + c]) ? at(r + 1, c + 1) + 1
                                                                           : std::max(at(r + 1, c), at(r, c + 1));
            }
        }
        const size_t i = m_i;
        const size_t j = m_j;
        size_t r = 0;
        size_t c = 0;
        while (r < rows && c < columns) {
            if (alike(m_recorded[i + r], m_produced[j + c]) && at(r, c) == at(r + 1, c + 1) + 1) {
                gap(i + r, j + c);
                pair(m_recorded[m_i++], m_produced[m_j++]);
                ++r;
                ++c;
            } else if (at(r + 1, c) >= at(r, c + 1)) {
                ++r;
            } else {
                ++c;
            }
        }
        gap(m_recorded.size(), m_produced.size());
    }

    /// What has no counterpart: side by side as far as both go.
    void gap(size_t recordedEnd, size_t producedEnd) {
        while (m_i < recordedEnd || m_j < producedEnd) {
            const Side* left = m_i < recordedEnd ? &m_recorded[m_i++] : nullptr;
            const Side* right = m_j < producedEnd ? &m_produced[m_j++] : nullptr;
            add(left, right, Verdict::Hard);
            if (left && right && left->kind == right->kind) m_result.rows.back().differing = differences(*left, *right);
        }
    }

    const std::vector<Side>& m_recorded;
    const std::vector<Side>& m_produced;
    size_t m_i = 0;
    size_t m_j = 0;
    Comparison m_result;
};

}  // namespace

Comparison compare(const std::vector<Side>& recorded, const std::vector<Side>& produced) {
    return Comparer(recorded, produced).compare();
}

Comparison notCompared(const std::vector<Side>& produced) {
    Comparison result;
    for (const Side& one : produced) result.rows.push_back(row(nullptr, &one, Verdict::Open));
    return result;
}

}  // namespace orrery::replay
