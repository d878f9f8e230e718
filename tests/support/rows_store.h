// SPDX-License-Identifier: MIT
// A store in memory that can be told to fail. Header only, so that only those who use it link the server.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "core/server/store/store.h"

namespace orrery::test {

/// The disk: outlives the stores that write to it, as a file outlives the processes that have it open.
struct Rows {
    std::map<server::RowKey, std::string> rows;
    std::map<std::pair<uint64_t, int64_t>, std::string> events;
    bool operator==(const Rows&) const = default;

    void apply(const server::Change& change) {
        for (const auto& [key, record] : change.rows) {
            if (record) {
                rows.insert_or_assign(key, *record);
            } else {
                rows.erase(key);
            }
        }
        for (const auto& [key, bytes] : change.events) events.insert_or_assign(key, bytes);
        for (const uint64_t run : change.removedRuns) {
            rows.erase(rows.lower_bound({run, server::RowKind(0), {}}),
                       rows.lower_bound({run + 1, server::RowKind(0), {}}));
            events.erase(events.lower_bound({run, 0}), events.lower_bound({run + 1, 0}));
        }
    }
};

class RowsStore final : public server::Store {
public:
    /// Sees every change before it is kept; throws to refuse it.
    using Fault = std::function<void(const server::Change&)>;
    explicit RowsStore(Rows& disk, Fault fault = {}) : m_disk(disk), m_fault(std::move(fault)) {}

    void load(server::StoreReader& reader) override {
        for (const auto& [key, bytes] : m_disk.events) reader.events(key.first, key.second, bytes);
        for (const auto& [key, record] : m_disk.rows) reader.row(key.run, key.kind, key.key, record);
        reader.end();
    }
    void commit(const server::Change& change) override {
        if (m_fault) m_fault(change);
        m_disk.apply(change);
    }

private:
    Rows& m_disk;
    Fault m_fault;
};

}  // namespace orrery::test
