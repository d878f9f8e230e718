// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "core/server/store/keeper.h"
#include "tests/support/rows_store.h"

namespace orrery::simulation {

/// What the server's writing thread does (core/server/store/store_writer.h), without the thread: what inputs changed
/// waits here until the disk has it, in one commit. The disk outlives the processes.
class Storage {
public:
    Storage();

    /// A process begins: its world gets what the disk has.
    void begin(server::World& world, base::Timestamp wall);
    /// It is over; what was not written is lost.
    void end();

    /// After each input: gathers what it changed.
    void take();
    bool hasUnwritten() const { return !m_unwritten.empty(); }
    /// True when the disk has everything now. Else there is trouble, until a later try gets through.
    bool write();
    bool inTrouble() const { return m_trouble; }
    /// The disk is full, or broken.
    void setFailing(bool failing) { m_failing = failing; }
    bool failing() const { return m_failing; }

    /// Where a world that is made of what the disk has differs from this one; empty for nowhere.
    std::string difference(const server::World& world, base::Timestamp wall);

private:
    test::Rows m_disk;
    test::RowsStore m_store;
    std::optional<server::Keeper> m_keeper;
    server::Change m_unwritten;
    bool m_failing = false;
    bool m_trouble = false;
};

}  // namespace orrery::simulation
