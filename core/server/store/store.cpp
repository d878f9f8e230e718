// SPDX-License-Identifier: MIT
#include "core/server/store/store.h"

#include <cstring>

namespace orrery::server {

void Change::add(Change later) {
    for (const uint64_t run : later.removedRuns) {
        rows.erase(rows.lower_bound({run, RowKind(0), {}}), rows.lower_bound({run + 1, RowKind(0), {}}));
        events.erase(events.lower_bound({run, 0}), events.lower_bound({run + 1, 0}));
        removedRuns.insert(run);
    }
    for (auto& [key, record] : later.rows) rows.insert_or_assign(key, std::move(record));
    events.merge(later.events);
}

uint64_t sumOf(std::string_view bytes) {
    constexpr uint64_t kFactor = 0x9fb21c651e98df25ULL;
    const auto stir = [](uint64_t sum, uint64_t word) {
        sum = (sum ^ word) * kFactor;
        return sum ^ (sum >> 29);
    };
    uint64_t sum = stir(kFactor, bytes.size());
    while (bytes.size() >= sizeof(uint64_t)) {
        uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        sum = stir(sum, word);
        bytes.remove_prefix(sizeof word);
    }
    uint64_t rest = 0;
    if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
    return stir(sum, rest);
}

std::string numberKey(uint64_t number) {
    std::string key(sizeof number, '\0');
    for (auto byte = key.rbegin(); byte != key.rend(); ++byte, number >>= 8) *byte = char(uint8_t(number));
    return key;
}

std::optional<uint64_t> numberOf(std::string_view key) {
    if (key.size() != sizeof(uint64_t)) return std::nullopt;
    uint64_t number = 0;
    for (const char byte : key) number = number << 8 | uint8_t(byte);
    return number;
}

}  // namespace orrery::server
