// SPDX-License-Identifier: MIT
// JSON and base64 as text: reformatting without a tree, quoting, decoding.
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "core/payload/json.h"
#include "core/payload/utf8.h"

namespace orrery::payload {
namespace {

bool isJson(std::string_view text) {
    try {
        JsonReader reader(text);
        reader.skip();
        reader.end();
        return true;
    } catch (const JsonError&) {
        return false;
    }
}

/// Copies the string literal at `at` and gives the place behind it. The text was checked before.
size_t copyLiteral(std::string_view text, size_t at, std::string& out) {
    size_t end = at + 1;
    while (text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    out.append(text, at, end + 1 - at);
    return end + 1;
}

std::string reformat(std::string_view text, bool pretty) {
    std::string out;
    out.reserve(text.size() + 16);
    size_t depth = 0;
    const auto line = [&] {
        if (pretty) out.append(1, '\n').append(depth * 2, ' ');
    };
    for (size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"') {
            at = copyLiteral(text, at, out);
            continue;
        }
        ++at;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        if (c == '}' || c == ']') {
            --depth;
            if (out.back() != '{' && out.back() != '[') line();
        }
        out += c;
        if (c == '{' || c == '[') {
            ++depth;
            const size_t next = text.find_first_not_of(" \n\r\t", at);
            if (text[next] != '}' && text[next] != ']') line();
        } else if (c == ',') {
            line();
        } else if (c == ':' && pretty) {
            out += ' ';
        }
    }
    return out;
}

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> reverseAlphabet() {
    std::array<int8_t, 256> table{};
    for (auto& entry : table) entry = -1;
    for (size_t i = 0; i < kAlphabet.size(); ++i)
        table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
    table['-'] = 62;
    table['_'] = 63;
    return table;
}

constexpr auto kReverse = reverseAlphabet();

}  // namespace

std::optional<std::string> minifyJson(std::string_view text) {
    if (!isJson(text)) return std::nullopt;
    return reformat(text, false);
}

std::optional<std::string> prettyJson(std::string_view text) {
    if (!isJson(text)) return std::nullopt;
    return reformat(text, true);
}

std::string quoteJson(std::string_view text) {
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (size_t at = 0; at < text.size();) {
        const unsigned char c = static_cast<unsigned char>(text[at]);
        const size_t length = utf8Length(text, at);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            out.append(1, '\\').append(1, text[at]);
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c < 0x20 || c == 0x7F) {
            out += fmt::format("\\u{:04x}", c);
        } else {
            out.append(text, at, length);
        }
        at += length == 0 ? 1 : length;
    }
    out += '"';
    return out;
}

std::string toBase64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    const auto byte = [&](size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        out += kAlphabet[group >> 18];
        out += kAlphabet[group >> 12 & 63];
        out += i + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=';
        out += i + 2 < bytes.size() ? kAlphabet[group & 63] : '=';
    }
    return out;
}

std::optional<std::string> fromBase64(std::string_view text) {
    size_t length = text.size();
    while (length > 0 && text.size() - length < 2 && text[length - 1] == '=') --length;
    if (length % 4 == 1 || (length != text.size() && text.size() % 4 != 0)) return std::nullopt;
    std::string out;
    out.reserve(length / 4 * 3 + 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < length; ++i) {
        const int8_t value = kReverse[static_cast<unsigned char>(text[i])];
        if (value < 0) return std::nullopt;
        bits = bits << 6 | static_cast<uint32_t>(value);
        if (i % 4 == 1) out += static_cast<char>(bits >> 4 & 255);
        if (i % 4 == 2) out += static_cast<char>(bits >> 2 & 255);
        if (i % 4 == 3) out += static_cast<char>(bits & 255);
    }
    return out;
}

}  // namespace orrery::payload
