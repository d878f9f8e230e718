// SPDX-License-Identifier: MIT
#include "core/payload/utf8.h"

#include <fmt/format.h>

#include "core/payload/json.h"

namespace orrery::payload {

void appendUtf8(std::string& out, unsigned codePoint) {
    const auto put = [&](unsigned byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (codePoint < 0x80) {
        put(codePoint);
    } else if (codePoint < 0x800) {
        put(0xC0 | (codePoint >> 6));
        put(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
        put(0xE0 | (codePoint >> 12));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    } else {
        put(0xF0 | (codePoint >> 18));
        put(0x80 | ((codePoint >> 12) & 0x3F));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    }
}

size_t utf8Length(std::string_view text, size_t at) {
    const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned lead = byte(at);
    if (at >= text.size()) return 0;
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return tail(at + 1) ? 2 : 0;
    if (lead >= 0xE0 && lead < 0xF0) {
        const unsigned second = byte(at + 1);
        const bool good = !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second >= 0xA0);
        return good && tail(at + 1) && tail(at + 2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead < 0xF5) {
        const unsigned second = byte(at + 1);
        const bool good = !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second >= 0x90);
        return good && tail(at + 1) && tail(at + 2) && tail(at + 3) ? 4 : 0;
    }
    return 0;
}

bool isValidUtf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const size_t length = utf8Length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::string printableAt(std::string_view text, size_t at) {
    const size_t length = utf8Length(text, at);
    const unsigned char c = at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
    if (length == 0 || c < 0x20 || c == 0x7F) return fmt::format("\\x{:02X}", c);
    return std::string(text.substr(at, length));
}

}  // namespace orrery::payload
