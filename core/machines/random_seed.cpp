// SPDX-License-Identifier: MIT
#include "core/machines/random_seed.h"

#include <bit>
#include <string>

namespace orrery::machines {
namespace {

struct SipState {
    uint64_t a = 0x736f6d6570736575;
    uint64_t b = 0x646f72616e646f6d;
    uint64_t c = 0x6c7967656e657261;
    uint64_t d = 0x7465646279746573;

    void round() {
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }

    void word(uint64_t value) {
        d ^= value;
        round();
        a ^= value;
    }
};

}  // namespace

uint64_t randomSeed(std::string_view runId) {
    std::string bytes(runId);
    bytes += '\xff';
    SipState state;
    uint64_t word = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
        word |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * (i % 8));
        if (i % 8 == 7) {
            state.word(word);
            word = 0;
        }
    }
    state.word(word | static_cast<uint64_t>(bytes.size()) << 56);
    state.c ^= 0xff;
    for (int i = 0; i < 3; ++i) state.round();
    return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace orrery::machines
