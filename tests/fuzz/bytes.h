// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace orrery::fuzz {

/// Decisions read from the fuzzer's input, one after the other; zero when there is no more.
class Bytes {
public:
    Bytes(const uint8_t* data, size_t size) : m_at(data), m_end(data + size) {}

    bool empty() const { return m_at == m_end; }
    uint8_t byte() { return empty() ? uint8_t{0} : *m_at++; }
    uint32_t number() {
        const uint32_t high = byte();
        return high << 8 | byte();
    }
    size_t below(size_t limit) { return limit <= 1 ? 0 : (limit > 256 ? number() : byte()) % limit; }
    std::string text(size_t most) {
        const size_t size = std::min(most, size_t(m_end - m_at));
        const std::string result(reinterpret_cast<const char*>(m_at), size);
        m_at += size;
        return result;
    }
    std::string rest() { return text(size_t(m_end - m_at)); }

private:
    const uint8_t* m_at;
    const uint8_t* m_end;
};

}  // namespace orrery::fuzz
