// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/server/store/store.h"

namespace orrery::simulation {

/// What survives a crash, as a store of the server. A commit that is cut off changes nothing.
class Disk final : public server::Store {
public:
    void load(server::StoreReader& reader) override {
        for (const auto& [key, bytes] : m_events) reader.events(key.first, key.second, bytes);
        for (const auto& [key, record] : m_rows) reader.row(key.run, key.kind, key.key, record);
        reader.end();
    }

    void commit(const server::Change& change) override {
        for (const auto& [key, bytes] : change.events) m_events[key] = bytes;
        for (const auto& [key, record] : change.rows) {
            if (record) {
                m_rows[key] = *record;
            } else {
                m_rows.erase(key);
            }
        }
        for (const uint64_t run : change.removedRuns) {
            std::erase_if(m_events, [run](const auto& entry) { return entry.first.first == run; });
            std::erase_if(m_rows, [run](const auto& entry) { return entry.first.run == run; });
        }
        ++m_commits;
    }

    size_t rows() const { return m_rows.size() + m_events.size(); }
    uint64_t commits() const { return m_commits; }

private:
    std::map<server::RowKey, std::string> m_rows;
    std::map<std::pair<uint64_t, int64_t>, std::string> m_events;
    uint64_t m_commits = 0;
};

}  // namespace orrery::simulation
