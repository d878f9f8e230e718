// SPDX-License-Identifier: MIT
#include "tests/simulation/storage.h"

#include "core/base/error.h"
#include "tests/support/world_fields.h"

namespace orrery::simulation {

Storage::Storage()
    : m_store(m_disk, [this](const server::Change&) {
          if (m_failing) throw base::Error(base::ErrorCode::Unavailable, "the disk is full");
      }) {}

void Storage::begin(server::World& world, base::Timestamp wall) { m_keeper.emplace(world, m_store, wall); }

void Storage::end() {
    m_keeper.reset();
    m_unwritten = {};
    m_trouble = false;
}

void Storage::take() {
    if (auto change = m_keeper->take()) m_unwritten.add(std::move(*change));
}

bool Storage::write() {
    try {
        if (hasUnwritten()) m_store.commit(m_unwritten);
    } catch (const base::Error&) {
        m_trouble = true;
        return false;
    }
    m_unwritten = {};
    m_trouble = false;
    return true;
}

std::string Storage::difference(const server::World& world, base::Timestamp wall) {
    server::World other(world.options);
    const server::Keeper keeper(other, m_store, wall);
    const auto all = test::differencesOf(world, other);
    return all.empty() ? std::string() : all.front();
}

}  // namespace orrery::simulation
