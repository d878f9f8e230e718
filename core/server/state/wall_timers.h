// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "core/base/time.h"

namespace orrery::server {

/// What happens in wall time whatever the virtual clock does: how long a worker that is gone is waited for.
class WallTimers {
public:
    using Key = std::pair<base::Timestamp, uint64_t>;

    Key add(base::Timestamp time, std::function<void()> job) {
        const Key key{time, m_nextNumber++};
        m_jobs.emplace(key, std::move(job));
        return key;
    }

    void cancel(std::optional<Key>& key) {
        if (key) m_jobs.erase(*key);
        key.reset();
    }

    void fire(base::Timestamp wall) {
        while (!m_jobs.empty() && m_jobs.begin()->first.first <= wall) {
            const auto job = std::move(m_jobs.begin()->second);
            m_jobs.erase(m_jobs.begin());
            job();
        }
    }

    std::optional<base::Timestamp> next() const {
        if (m_jobs.empty()) return std::nullopt;
        return m_jobs.begin()->first.first;
    }

private:
    std::map<Key, std::function<void()>> m_jobs;
    uint64_t m_nextNumber = 1;
};

}  // namespace orrery::server
