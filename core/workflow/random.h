// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace orrery::workflow {

/// xoshiro256** seeded through splitmix64. The algorithm is frozen: histories depend on its numbers. Also usable as a
/// generator for std::shuffle, but the standard distributions differ between libraries; prefer the functions here.
class Random {
public:
    using result_type = uint64_t;

    explicit Random(uint64_t seed);

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~result_type{0}; }
    result_type operator()();

    /// In [0, 1), 53 bits.
    double uniform();
    /// Both ends included, every value equally likely. Throws base::Error(InvalidArgument) when low > high.
    int64_t between(int64_t low, int64_t high);
    /// Version 4 UUID from this stream.
    std::string uuid4();

private:
    std::array<uint64_t, 4> m_state{};
};

}  // namespace orrery::workflow
