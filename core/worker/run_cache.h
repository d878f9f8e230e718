// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/worker/run.h"
#include "core/worker/task_codec.h"

namespace orrery::worker {

/// A run that the worker knows: its code when it is cached, and the tasks that wait for it.
struct CachedRun {
    std::string runId;
    /// Null until the first task, and after something made the cached state unusable. Shared with the pool's job that
    /// runs the code; nobody else touches it while `busy`.
    std::shared_ptr<Run> run;
    bool busy = false;
    /// The newest only: the server gives a second one when it has given up the first.
    std::optional<ReceivedTask> nextTask;
    std::deque<ReceivedTask> nextQueries;
};

/// Runs by id, least recently used last. Plain data for one strand.
class RunCache {
public:
    /// Finds or makes it, and counts it as used now.
    const std::shared_ptr<CachedRun>& use(const std::string& runId);
    void erase(const std::string& runId);
    /// Takes idle runs out until at most `limit` are left; the caller decides where they are destroyed.
    std::vector<std::shared_ptr<CachedRun>> shrink(size_t limit);
    std::vector<std::shared_ptr<CachedRun>> clear();
    size_t size() const { return m_byId.size(); }

private:
    using List = std::list<std::shared_ptr<CachedRun>>;
    List m_byUse;
    std::unordered_map<std::string, List::iterator> m_byId;
};

}  // namespace orrery::worker
