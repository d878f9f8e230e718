// SPDX-License-Identifier: MIT
#include "core/server/store/log_check.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace orrery::server {
namespace {

// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
constexpr size_t kHeaderSize = 32;
constexpr size_t kFrameHeaderSize = 24;
constexpr uint32_t kMagic = 0x377f0682;  // its last bit: sums are of big-endian words

using Sum = std::array<uint32_t, 2>;
using Salts = std::array<uint32_t, 2>;

uint32_t bigEndian(const char* bytes) {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | uint8_t(bytes[i]);
    return value;
}

uint32_t littleEndian(const char* bytes) {
    uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | uint8_t(bytes[i]);
    return value;
}

std::array<uint32_t, 2> pairAt(const char* bytes) { return {bigEndian(bytes), bigEndian(bytes + 4)}; }

bool isPageSize(uint32_t size) { return size >= 512 && size <= 65536 && (size & (size - 1)) == 0; }

/// The page size that the file itself names, for a log whose own header is bad.
uint32_t pageSizeOf(const std::string& path) {
    std::array<char, 18> header{};
    std::ifstream(path, std::ios::binary).read(header.data(), header.size());
    const uint32_t size = uint32_t(uint8_t(header[16])) << 8 | uint8_t(header[17]);
    return size == 1 ? 65536 : size;
}

/// Goes through the frames. Each one's sum covers all before it, so that a frame can be held against the sum that
/// stands in the one before, whatever came earlier.
class LogReader {
public:
    explicit LogReader(const std::string& path) : m_file(path + "-wal", std::ios::binary) {
        std::array<char, kHeaderSize> header{};
        if (!m_file.read(header.data(), header.size())) return;
        const uint32_t magic = bigEndian(header.data());
        m_bigWords = (magic & 1) != 0;
        m_pageSize = bigEndian(header.data() + 8);
        const Sum sum = sumOf({header.data(), kHeaderSize - 8}, {});
        if ((magic & ~1U) == kMagic && isPageSize(m_pageSize) && sum == pairAt(header.data() + 24)) {
            m_salts = pairAt(header.data() + 16);
            m_whole = true;
        } else {
            m_bigWords = false;
            m_pageSize = pageSizeOf(path);
        }
        m_stored = pairAt(header.data() + 24);
    }

    /// The number of the frame that shows the damage.
    std::optional<int64_t> damage() {
        if (!m_file || !isPageSize(m_pageSize)) return std::nullopt;
        std::vector<char> frame(kFrameHeaderSize + m_pageSize);
        bool groupEnded = false;  // right before this frame, behind the first bad one
        for (int64_t number = 1; m_file.read(frame.data(), std::streamsize(frame.size())); ++number) {
            const bool follows = takeFrame(frame);
            m_whole = m_whole && follows;
            if (m_whole) continue;
            if (follows && groupEnded) return number;
            groupEnded = follows && bigEndian(frame.data() + 4) != 0;
        }
        return std::nullopt;
    }

private:
    Sum sumOf(std::string_view bytes, Sum sum) const {
        const auto word = m_bigWords ? bigEndian : littleEndian;
        for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
            sum[0] += word(bytes.data() + i) + sum[1];
            sum[1] += word(bytes.data() + i + 4) + sum[0];
        }
        return sum;
    }

    /// Whether the frame was written right after the one before it.
    bool takeFrame(const std::vector<char>& frame) {
        const Salts salts = pairAt(frame.data() + 8);
        const Sum sum = sumOf({frame.data() + kFrameHeaderSize, m_pageSize}, sumOf({frame.data(), 8}, m_stored));
        m_stored = pairAt(frame.data() + 16);
        const bool follows = salts == m_salts.value_or(m_lastSalts) && sum == m_stored;
        m_lastSalts = salts;
        return follows;
    }

    std::ifstream m_file;
    bool m_bigWords = false;
    uint32_t m_pageSize = 0;
    std::optional<Salts> m_salts;  ///< of the header, when that is sound
    Salts m_lastSalts{};
    Sum m_stored{};        ///< in the header or frame that was read last
    bool m_whole = false;  ///< nothing bad so far
};

}  // namespace

std::optional<std::string> logDamage(const std::string& path) {
    const auto frame = LogReader(path).damage();
    if (!frame) return std::nullopt;
    return fmt::format("{}-wal has lost something before its frame {}", path, *frame);
}

}  // namespace orrery::server
