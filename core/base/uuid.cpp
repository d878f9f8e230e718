// SPDX-License-Identifier: MIT
#include "core/base/uuid.h"

#include <random>

#include <fmt/format.h>

namespace orrery::base {

std::string formatUuid4(std::array<uint64_t, 2> randomBits) {
    const uint64_t high = (randomBits[0] & ~0xF000ULL) | 0x4000ULL;
    const uint64_t low = (randomBits[1] & ~(3ULL << 62)) | (2ULL << 62);
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF,
                       low >> 48, low & 0xFFFF'FFFF'FFFFULL);
}

std::string randomUuid() {
    thread_local std::mt19937_64 engine([] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }());
    const uint64_t high = engine();
    return formatUuid4({high, engine()});
}

}  // namespace orrery::base
