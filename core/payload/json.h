// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace orrery::payload {

/// JSON text that is not as it must be. Code Unreadable; fields "line", "column" (1-based, in characters) and "reason".
class JsonError : public base::Error {
public:
    JsonError(std::string_view text, size_t offset, const std::string& reason);
    size_t offset() const noexcept { return m_offset; }

private:
    size_t m_offset;
};

/// Reads JSON front to back without building a tree. Strict RFC 8259 in UTF-8. The text outlives the reader. Every
/// member throws JsonError at the first character that does not fit.
///
///   reader.enterObject();
///   while (reader.nextKey(key)) key == "id" ? use(reader.string()) : reader.skip();
class JsonReader {
public:
    enum class Kind { Object, Array, String, Number, Bool, Null };

    explicit JsonReader(std::string_view text);

    /// Kind of the value that comes next.
    Kind peek();
    void enterObject();
    /// Steps to the next member; false at the end, which is consumed. The key is valid until the next call of any kind.
    bool nextKey(std::string_view& key);
    void enterArray();
    bool nextItem();

    /// Decoded text, valid until the next call of any kind.
    std::string_view string();
    /// Digits as written.
    std::string_view number();
    bool boolean();
    void null();
    /// Checks the next value of any kind and steps over it; gives its source text.
    std::string_view skip();
    /// Only white space may follow.
    void end();

    /// Where the next value begins.
    size_t offset();
    /// Back to a place that offset() gave, at the same level of nesting.
    void rewind(size_t offset);
    std::string_view text() const { return m_text; }
    [[noreturn]] void fail(size_t offset, const std::string& reason) const;

private:
    void space();
    void expect(char wanted, const char* reason);
    std::string_view quoted();
    void escape();
    unsigned hex4();
    void word(std::string_view wanted);
    void skipValue(int depth);

    std::string_view m_text;
    size_t m_at = 0;
    bool m_first = false;
    std::string m_scratch;
};

/// The same JSON on one line, or indented by two; nullopt when the text is not JSON. Digits and order are kept.
std::optional<std::string> minifyJson(std::string_view text);
std::optional<std::string> prettyJson(std::string_view text);

/// A JSON string literal with quotes. Invalid UTF-8 becomes U+FFFD.
std::string quoteJson(std::string_view text);

bool isValidUtf8(std::string_view text);

std::string toBase64(std::string_view bytes);
/// Standard or URL alphabet, with or without padding; nullopt for anything else.
std::optional<std::string> fromBase64(std::string_view text);

}  // namespace orrery::payload
