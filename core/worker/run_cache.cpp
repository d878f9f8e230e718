// SPDX-License-Identifier: MIT
#include "core/worker/run_cache.h"

namespace orrery::worker {

const std::shared_ptr<CachedRun>& RunCache::use(const std::string& runId) {
    const auto found = m_byId.find(runId);
    if (found != m_byId.end()) {
        m_byUse.splice(m_byUse.begin(), m_byUse, found->second);
    } else {
        m_byUse.push_front(std::make_shared<CachedRun>());
        m_byUse.front()->runId = runId;
        m_byId[runId] = m_byUse.begin();
    }
    return m_byUse.front();
}

void RunCache::erase(const std::string& runId) {
    const auto found = m_byId.find(runId);
    if (found == m_byId.end()) return;
    m_byUse.erase(found->second);
    m_byId.erase(found);
}

std::vector<std::shared_ptr<CachedRun>> RunCache::shrink(size_t limit) {
    std::vector<std::shared_ptr<CachedRun>> out;
    for (auto run = m_byUse.end(); run != m_byUse.begin() && m_byId.size() > limit;) {
        --run;
        if ((*run)->busy) continue;
        m_byId.erase((*run)->runId);
        out.push_back(std::move(*run));
        run = m_byUse.erase(run);
    }
    return out;
}

std::vector<std::shared_ptr<CachedRun>> RunCache::clear() {
    std::vector<std::shared_ptr<CachedRun>> out(m_byUse.begin(), m_byUse.end());
    m_byUse.clear();
    m_byId.clear();
    return out;
}

}  // namespace orrery::worker
