// SPDX-License-Identifier: MIT
#include "core/server/state/run_index.h"

#include <algorithm>
#include <vector>

namespace orrery::server {
namespace {

base::Timestamp closedTime(const Run& run) { return run.open() ? base::Timestamp::max() : run.closeTime; }

template <typename Left, typename Right>
bool isBefore(const Left& left, const Right& right, const std::string& leftId, const std::string& rightId) {
    if (left.closed != right.closed) return left.closed > right.closed;
    if (left.started != right.started) return left.started > right.started;
    return leftId < rightId;
}

}  // namespace

ListPlace listPlace(const Run& run) { return {closedTime(run), run.startTime, run.runId}; }

bool comesBefore(const ListPlace& left, const ListPlace& right) {
    return isBefore(left, right, left.runId, right.runId);
}

bool RunIndex::Before::operator()(const Entry& left, const Entry& right) const {
    return isBefore(left, right, left.run->runId, right.run->runId);
}

bool RunIndex::Before::operator()(const ListPlace& left, const Entry& right) const {
    return isBefore(left, right, left.runId, right.run->runId);
}

bool RunIndex::Before::operator()(const Entry& left, const ListPlace& right) const {
    return isBefore(left, right, left.run->runId, right.runId);
}

void RunIndex::put(const Run& run) {
    const Entry entry{closedTime(run), run.startTime, &run};
    Filed& filed = m_filed[&run];
    if (filed.drawer != nullptr) {
        const bool same =
            filed.status == int(run.status) && filed.at->closed == entry.closed && filed.at->started == entry.started;
        if (same) return;
        takeOut(run, filed);
    }
    Drawer& drawer = m_cabinets[run.ns][run.typeName()][int(run.status)];
    // What starts or closes now comes first, so it costs the same among few and among many.
    filed = {&drawer, int(run.status), drawer.insert(drawer.begin(), entry)};
}

void RunIndex::remove(const Run& run) {
    const auto found = m_filed.find(&run);
    if (found == m_filed.end()) return;
    takeOut(run, found->second);
    m_filed.erase(found);
}

void RunIndex::takeOut(const Run& run, const Filed& filed) {
    filed.drawer->erase(filed.at);
    if (!filed.drawer->empty()) return;
    // A list goes through all drawers, and there have been many types in the end.
    Cabinet& cabinet = m_cabinets[run.ns];
    const auto type = cabinet.find(run.typeName());
    type->second.erase(filed.status);
    if (type->second.empty()) cabinet.erase(type);
}

void RunIndex::visit(const std::string& ns, const FilterKey& key, const std::optional<ListPlace>& after,
                     const std::function<bool(const Run&)>& visitor) const {
    const auto cabinet = m_cabinets.find(ns);
    if (cabinet == m_cabinets.end()) return;
    struct Reader {
        Drawer::const_iterator next;
        Drawer::const_iterator end;
    };
    std::vector<Reader> readers;
    for (const auto& [type, byStatus] : cabinet->second) {
        if (key.workflowType && type != *key.workflowType) continue;
        for (const auto& [status, drawer] : byStatus) {
            if (key.status && status != *key.status) continue;
            const Reader reader{after ? drawer.upper_bound(*after) : drawer.begin(), drawer.end()};
            if (reader.next != reader.end) readers.push_back(reader);
        }
    }
    // A heap with the reader whose run comes first on top.
    const auto later = [](const Reader& left, const Reader& right) { return Before()(*right.next, *left.next); };
    std::make_heap(readers.begin(), readers.end(), later);
    while (!readers.empty()) {
        std::pop_heap(readers.begin(), readers.end(), later);
        Reader& reader = readers.back();
        if (!visitor(*reader.next->run)) return;
        if (++reader.next == reader.end) {
            readers.pop_back();
        } else {
            std::push_heap(readers.begin(), readers.end(), later);
        }
    }
}

}  // namespace orrery::server
