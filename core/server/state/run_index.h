// SPDX-License-Identifier: MIT
// All runs in the order in which they are listed, so that a page costs what is on it: running ones first, then the last
// closed, then the last started, then by run id. Each run is in one drawer, for its namespace, type and status; a list
// goes through the drawers it needs side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

#include "core/server/state/run.h"

namespace orrery::server {

/// What every run that a filter takes has in common, as far as that is plain: it narrows what has to be looked at.
struct FilterKey {
    std::optional<std::string> workflowId;
    std::optional<std::string> runId;
    std::optional<std::string> workflowType;
    std::optional<int> status;
};

/// Where a run stands in lists. Outlives the run, so pages go on where they ended whatever happened meanwhile.
struct ListPlace {
    base::Timestamp closed;  ///< the end of time for open runs
    base::Timestamp started;
    std::string runId;
};

ListPlace listPlace(const Run& run);
bool comesBefore(const ListPlace& left, const ListPlace& right);

class RunIndex {
public:
    /// Files a run, or files it anew when it changed.
    void put(const Run& run);
    /// Before a run goes away.
    void remove(const Run& run);
    size_t size() const { return m_filed.size(); }

    /// In the order of lists, from behind `after`, until `visitor` says false. Gives at least those the key allows.
    void visit(const std::string& ns, const FilterKey& key, const std::optional<ListPlace>& after,
               const std::function<bool(const Run&)>& visitor) const;

private:
    struct Entry {
        base::Timestamp closed;
        base::Timestamp started;
        const Run* run = nullptr;
    };
    struct Before {
        using is_transparent = void;
        bool operator()(const Entry& left, const Entry& right) const;
        bool operator()(const ListPlace& left, const Entry& right) const;
        bool operator()(const Entry& left, const ListPlace& right) const;
    };
    using Drawer = std::set<Entry, Before>;
    /// By workflow type, then by status.
    using Cabinet = std::map<std::string, std::map<int, Drawer>, std::less<>>;
    struct Filed {
        Drawer* drawer = nullptr;
        int status = 0;
        Drawer::const_iterator at;
    };

    void takeOut(const Run& run, const Filed& filed);

    std::unordered_map<std::string, Cabinet> m_cabinets;  ///< by namespace
    std::unordered_map<const Run*, Filed> m_filed;
};

}  // namespace orrery::server
