// SPDX-License-Identifier: MIT
#include "core/workflow/random.h"

#include <bit>

#include "core/base/error.h"
#include "core/base/uuid.h"

namespace orrery::workflow {

Random::Random(uint64_t seed) {
    for (uint64_t& word : m_state) {
        seed += 0x9E3779B97F4A7C15ULL;
        uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        word = mixed ^ (mixed >> 31);
    }
}

Random::result_type Random::operator()() {
    const uint64_t result = std::rotl(m_state[1] * 5, 7) * 9;
    const uint64_t shifted = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= shifted;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

double Random::uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

int64_t Random::between(int64_t low, int64_t high) {
    if (low > high) {
        throw base::Error(
            base::ErrorCode::InvalidArgument,
            "between(" + std::to_string(low) + ", " + std::to_string(high) + "): the first is the greater one.");
    }
    const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
    if (span == 0) return static_cast<int64_t>((*this)());
    // Numbers below this remainder would favour the low results.
    const uint64_t unfair = (0 - span) % span;
    uint64_t drawn = (*this)();
    while (drawn < unfair) drawn = (*this)();
    return static_cast<int64_t>(static_cast<uint64_t>(low) + drawn % span);
}

std::string Random::uuid4() {
    const uint64_t first = (*this)();
    const uint64_t second = (*this)();
    return base::formatUuid4({first, second});
}

}  // namespace orrery::workflow
