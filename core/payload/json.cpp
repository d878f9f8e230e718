// SPDX-License-Identifier: MIT
#include "core/payload/json.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/payload/utf8.h"

namespace orrery::payload {
namespace {

/// Real documents nest far less; the limit keeps hostile ones from ending the stack.
constexpr int kDeepest = 500;

struct Place {
    size_t line = 1;
    size_t column = 1;
};

Place placeOf(std::string_view text, size_t offset) {
    offset = std::min(offset, text.size());
    Place place;
    size_t lineStart = 0;
    for (size_t i = 0; i < offset; ++i) {
        if (text[i] != '\n') continue;
        ++place.line;
        lineStart = i + 1;
    }
    for (size_t i = lineStart; i < offset; ++i) place.column += (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    return place;
}

base::Error::Fields fieldsOf(std::string_view text, size_t offset, const std::string& reason) {
    const Place place = placeOf(text, offset);
    return {{"line", std::to_string(place.line)}, {"column", std::to_string(place.column)}, {"reason", reason}};
}

std::string messageOf(std::string_view text, size_t offset, const std::string& reason) {
    const Place place = placeOf(text, offset);
    return fmt::format("line {}, column {}: {}", place.line, place.column, reason);
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

JsonError::JsonError(std::string_view text, size_t offset, const std::string& reason)
    : base::Error(base::ErrorCode::Unreadable, messageOf(text, offset, reason), fieldsOf(text, offset, reason)),
      m_offset(offset) {}

JsonReader::JsonReader(std::string_view text) : m_text(text) {
    if (m_text.starts_with("\xEF\xBB\xBF")) m_at = 3;
}

void JsonReader::fail(size_t offset, const std::string& reason) const { throw JsonError(m_text, offset, reason); }

void JsonReader::space() {
    while (m_at < m_text.size()) {
        const char c = m_text[m_at];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
        ++m_at;
    }
}

void JsonReader::expect(char wanted, const char* reason) {
    space();
    if (m_at >= m_text.size()) fail(m_at, fmt::format("the text ends where {}", reason));
    if (m_text[m_at] != wanted) fail(m_at, fmt::format("found '{}' where {}", printableAt(m_text, m_at), reason));
    ++m_at;
}

JsonReader::Kind JsonReader::peek() {
    space();
    if (m_at >= m_text.size()) fail(m_at, "the text ends where a value must stand");
    switch (m_text[m_at]) {
        case '{': return Kind::Object;
        case '[': return Kind::Array;
        case '"': return Kind::String;
        case 't':
        case 'f': return Kind::Bool;
        case 'n': return Kind::Null;
        default: break;
    }
    if (m_text[m_at] == '-' || isDigit(m_text[m_at])) return Kind::Number;
    fail(m_at, fmt::format("found '{}' where a value must stand", printableAt(m_text, m_at)));
}

void JsonReader::enterObject() {
    expect('{', "an object must begin");
    m_first = true;
}

bool JsonReader::nextKey(std::string_view& key) {
    space();
    if (m_at < m_text.size() && m_text[m_at] == '}') {
        ++m_at;
        m_first = false;
        return false;
    }
    if (!m_first) {
        expect(',', "',' or '}' must stand");
        space();
    }
    m_first = false;
    if (m_at >= m_text.size()) fail(m_at, "the text ends inside an object");
    if (m_text[m_at] != '"') fail(m_at, fmt::format("found '{}' where a key must stand", printableAt(m_text, m_at)));
    key = quoted();
    // Spaces between the key and its colon do not touch the key's own memory.
    expect(':', "':' must stand");
    return true;
}

void JsonReader::enterArray() {
    expect('[', "an array must begin");
    m_first = true;
}

bool JsonReader::nextItem() {
    space();
    if (m_at < m_text.size() && m_text[m_at] == ']') {
        ++m_at;
        m_first = false;
        return false;
    }
    if (!m_first) {
        expect(',', "',' or ']' must stand");
        space();
        if (m_at < m_text.size() && m_text[m_at] == ']') fail(m_at, "found ']' where a value must stand");
    }
    m_first = false;
    if (m_at >= m_text.size()) fail(m_at, "the text ends inside an array");
    return true;
}

std::string_view JsonReader::string() {
    space();
    if (m_at >= m_text.size() || m_text[m_at] != '"') fail(m_at, "a string must stand here");
    return quoted();
}

std::string_view JsonReader::quoted() {
    const size_t begin = ++m_at;
    bool plain = true;
    bool wide = false;
    m_scratch.clear();
    size_t copied = begin;
    while (m_at < m_text.size()) {
        const unsigned char c = static_cast<unsigned char>(m_text[m_at]);
        if (c == '"') {
            if (!plain) m_scratch.append(m_text, copied, m_at - copied);
            const std::string_view value = plain ? m_text.substr(begin, m_at - begin) : std::string_view(m_scratch);
            if (wide && !isValidUtf8(value)) fail(begin - 1, "the string is not valid UTF-8");
            ++m_at;
            return value;
        }
        if (c < 0x20) fail(m_at, "a control character inside a string");
        wide |= c >= 0x80;
        if (c != '\\') {
            ++m_at;
            continue;
        }
        plain = false;
        m_scratch.append(m_text, copied, m_at - copied);
        escape();
        copied = m_at;
    }
    fail(begin - 1, "the text ends inside the string that begins here");
}

unsigned JsonReader::hex4() {
    unsigned value = 0;
    for (int i = 0; i < 4; ++i, ++m_at) {
        const char c = m_at < m_text.size() ? m_text[m_at] : '\0';
        unsigned digit = 0;
        if (isDigit(c)) {
            digit = static_cast<unsigned>(c - '0');
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            digit = static_cast<unsigned>((c | 0x20) - 'a') + 10;
        } else {
            fail(m_at, "\\u needs four hexadecimal digits");
        }
        value = value * 16 + digit;
    }
    return value;
}

void JsonReader::escape() {
    ++m_at;
    const char c = m_at < m_text.size() ? m_text[m_at] : '\0';
    const size_t place = m_at++;
    switch (c) {
        case '"':
        case '\\':
        case '/': m_scratch += c; return;
        case 'b': m_scratch += '\b'; return;
        case 'f': m_scratch += '\f'; return;
        case 'n': m_scratch += '\n'; return;
        case 'r': m_scratch += '\r'; return;
        case 't': m_scratch += '\t'; return;
        case 'u': break;
        default: fail(place, "an unknown escape in a string");
    }
    unsigned code = hex4();
    if (code >= 0xD800 && code < 0xDC00 && m_text.substr(m_at, 2) == "\\u") {
        const size_t back = m_at;
        m_at += 2;
        const unsigned low = hex4();
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else {
            m_at = back;
        }
    }
    appendUtf8(m_scratch, code >= 0xD800 && code < 0xE000 ? 0xFFFDU : code);
}

std::string_view JsonReader::number() {
    space();
    const size_t begin = m_at;
    const auto at = [&] { return m_at < m_text.size() ? m_text[m_at] : '\0'; };
    const auto digits = [&] {
        if (!isDigit(at())) fail(m_at, "a digit must stand here");
        while (isDigit(at())) ++m_at;
    };
    if (at() == '-') ++m_at;
    if (at() == '0') {
        ++m_at;
        if (isDigit(at())) fail(m_at, "a number must not begin with 0");
    } else {
        digits();
    }
    if (at() == '.') {
        ++m_at;
        digits();
    }
    if (at() == 'e' || at() == 'E') {
        ++m_at;
        if (at() == '+' || at() == '-') ++m_at;
        digits();
    }
    return m_text.substr(begin, m_at - begin);
}

void JsonReader::word(std::string_view wanted) {
    if (m_text.substr(m_at, wanted.size()) != wanted) fail(m_at, "a value must be true, false, null, or in quotes");
    m_at += wanted.size();
}

bool JsonReader::boolean() {
    space();
    const bool value = m_at < m_text.size() && m_text[m_at] == 't';
    word(value ? "true" : "false");
    return value;
}

void JsonReader::null() {
    space();
    word("null");
}

std::string_view JsonReader::skip() {
    const size_t begin = offset();
    skipValue(0);
    return m_text.substr(begin, m_at - begin);
}

void JsonReader::skipValue(int depth) {
    if (depth > kDeepest) fail(m_at, "nested too deeply");
    std::string_view key;
    switch (peek()) {
        case Kind::Object:
            enterObject();
            while (nextKey(key)) skipValue(depth + 1);
            break;
        case Kind::Array:
            enterArray();
            while (nextItem()) skipValue(depth + 1);
            break;
        case Kind::String: quoted(); break;
        case Kind::Number: number(); break;
        case Kind::Bool: boolean(); break;
        case Kind::Null: null(); break;
    }
}

void JsonReader::end() {
    space();
    if (m_at < m_text.size()) {
        fail(m_at, fmt::format("found '{}' after the end of the document", printableAt(m_text, m_at)));
    }
}

size_t JsonReader::offset() {
    space();
    return m_at;
}

void JsonReader::rewind(size_t offset) {
    m_at = offset;
    m_first = false;
}

}  // namespace orrery::payload
