// SPDX-License-Identifier: MIT
// A run as records and back. Every field of Run, or of what a run holds, that is to survive has its place here.
#pragma once

#include "core/server/state/world.h"
#include "core/server/store/store.h"

namespace orrery::server {

/// Adds what changed in the run since the last time, as its KeptMarks and collections have it.
void saveRun(Run& run, Change* change);

/// Puts together one run from its rows, which come in order of their kinds.
class RunLoader {
public:
    /// Throws base::Error(Unreadable) when the record or the events make no sense; so do all others.
    RunLoader(World& world, uint64_t number, std::string_view fixed, std::string_view events);

    void row(RowKind kind, std::string_view key, std::string_view record);
    /// After the last row. What waits for a worker is added to `tasks`.
    const Run& finish(std::vector<TaskRef>* tasks);

private:
    World& m_world;
    Run* m_run;
    bool m_hasState = false;
};

}  // namespace orrery::server
