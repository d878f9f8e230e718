// SPDX-License-Identifier: MIT
#include "core/base/uuid.h"

#include <random>

namespace orrery::base {

namespace {

/// The variant's two bits are set here. By hand, for every run, task and query gets its id while others wait.
std::string formatUuid(uint64_t high, uint64_t low) {
    low = (low & ~(3ULL << 62)) | (2ULL << 62);
    std::string text = "00000000-0000-0000-0000-000000000000";
    int digits = 32;
    for (auto place = text.rbegin(); place != text.rend(); ++place) {
        if (*place == '-') continue;
        uint64_t& half = --digits < 16 ? high : low;
        *place = "0123456789abcdef"[half & 0xF];
        half >>= 4;
    }
    return text;
}

}  // namespace

std::string formatUuid4(std::array<uint64_t, 2> randomBits) {
    return formatUuid((randomBits[0] & ~0xF000ULL) | 0x4000ULL, randomBits[1]);
}

std::string formatUuid7(Timestamp time, std::array<uint64_t, 2> randomBits) {
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    return formatUuid(uint64_t(millis) << 16 | 0x7000 | (randomBits[0] & 0xFFF), randomBits[1]);
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
