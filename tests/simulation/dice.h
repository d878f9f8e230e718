// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace orrery::simulation {

/// A small stream of random numbers (splitmix64) that is the same with every compiler and library.
class Dice {
public:
    explicit Dice(uint64_t seed) : m_state(seed) {}

    uint64_t next() {
        uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    int below(int limit) { return limit <= 1 ? 0 : int(next() % uint64_t(limit)); }
    bool oneIn(int chances) { return below(chances) == 0; }

private:
    uint64_t m_state;
};

/// Sums up what happened, in order.
class Digest {
public:
    void add(uint64_t value) { m_value = (m_value ^ value) * 0x100000001b3ULL; }
    template <typename Text>
    void addText(const Text& text) {
        for (const char c : text) add(uint8_t(c));
        add(text.size());
    }
    uint64_t value() const { return m_value; }

private:
    uint64_t m_value = 0xcbf29ce484222325ULL;
};

}  // namespace orrery::simulation
