// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace orrery::server {

/// A stream of numbers that never repeats itself (splitmix64): a counter, scattered. The counter is all there is to
/// keep.
class SeededRandom {
public:
    explicit SeededRandom(uint64_t seed) : m_counter(seed) {}

    uint64_t next() {
        uint64_t z = (m_counter += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    uint64_t counter() const { return m_counter; }

private:
    uint64_t m_counter;
};

}  // namespace orrery::server
