// SPDX-License-Identifier: MIT
// Between a world and its store: what an input changed, and a world from what was kept.
#pragma once

#include <optional>

#include "core/server/state/world.h"
#include "core/server/store/store.h"

namespace orrery::server {

/// Belongs to whoever gives the world its inputs, and lives on the same thread or under the same lock.
class Keeper {
public:
    /// Before the first input. Fills the world with what the store has; one that has nothing leaves it as it is. Throws
    /// base::Error when what is kept cannot be read.
    Keeper(World& world, Store& store, base::Timestamp wall);

    /// What changed since the last call; nullopt for nothing. Call it after settle(), and let no reply of that input
    /// leave before the store has it.
    std::optional<Change> take();

private:
    struct Marks {
        World::Counters counters;
        uint64_t nextDue = 0;
        uint64_t clockVersion = 0;
        int64_t clientLocks = 0;
        size_t sleepers = 0;
        bool operator==(const Marks&) const = default;
    };
    Marks marks() const;

    World& m_world;
    Marks m_kept;
};

}  // namespace orrery::server
