// SPDX-License-Identifier: MIT
// A world that is kept, without threads. Header only.
#pragma once

#ifndef Q_MOC_RUN

#include <optional>

#include "core/server/store/keeper.h"
#include "tests/support/rows_store.h"

namespace orrery::test {

/// Takes what each input changed to the disk at once.
class KeptWorld {
public:
    KeptWorld(server::World& world, Rows& disk, base::Timestamp wall) : m_disk(disk), m_store(disk) {
        m_keeper.emplace(world, m_store, wall);
    }

    /// After each input, before its answers leave.
    void save() {
        last = m_keeper->take();
        if (last) m_disk.apply(*last);
    }

    std::optional<server::Change> last;

private:
    Rows& m_disk;
    RowsStore m_store;
    std::optional<server::Keeper> m_keeper;
};

}  // namespace orrery::test

#endif  // Q_MOC_RUN
