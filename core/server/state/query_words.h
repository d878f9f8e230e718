// SPDX-License-Identifier: MIT
// The words of a list filter. Temporal's server reads a filter as the end of the statement
// "select * from table1 where FILTER" of a MySQL-like dialect; its messages count bytes of that statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::server {

/// Throws INVALID_ARGUMENT "invalid query: " + why.
[[noreturn]] void refuseQuery(const std::string& why);

struct QueryWord {
    enum class Kind : uint8_t {
        End,
        Error,         ///< no word at all, or one that does not end
        Name,          ///< also between back-quotes
        Keyword,       ///< in lower case
        Text,          ///< without its quotes and escapes
        Whole,         ///< 12
        Fraction,      ///< 1.5, 2e3
        Hexadecimal,   ///< 0x1f
        HexText,       ///< x'41'
        Bits,          ///< b'01'
        Argument,      ///< :name, ?
        ListArgument,  ///< ::name
        Sign           ///< = != < <= > >= <=> << >> -> ->> and single letters
    };
    Kind kind = Kind::End;
    std::string text;
};

class QueryWords {
public:
    /// The statement has to outlive this.
    explicit QueryWords(std::string_view statement) : m_text(statement) { next(); }

    const QueryWord& now() const { return m_now; }
    QueryWord take();
    bool is(QueryWord::Kind kind, std::string_view text) const { return m_now.kind == kind && m_now.text == text; }
    bool isSign(std::string_view sign) const { return is(QueryWord::Kind::Sign, sign); }
    bool isKeyword(std::string_view word) const { return is(QueryWord::Kind::Keyword, word); }
    bool takeSign(std::string_view sign);
    bool takeKeyword(std::string_view word);

    /// The word at hand must not stand where it stands.
    [[noreturn]] void refuse() const;
    /// One step down into brackets and the like; refuses a depth that no filter needs.
    void descend();
    [[noreturn]] void refuseDepth() const;
    void ascend() { --m_depth; }

private:
    void next();
    void skipBlanks();
    bool skipComment();
    void name();
    void quotedName();
    void number();
    void text(char quote);
    void coded(QueryWord::Kind kind, std::string_view digits);
    void argument();
    void sign();
    char at(size_t offset = 0) const { return m_at + offset < m_text.size() ? m_text[m_at + offset] : '\0'; }
    bool atEnd() const { return m_at >= m_text.size(); }
    void set(QueryWord::Kind kind, std::string word);
    std::string whereAbouts(size_t position, const QueryWord& word) const;

    std::string_view m_text;
    size_t m_at = 0;
    QueryWord m_now;
    QueryWord m_last;  ///< the word before, and where reading stood after it
    size_t m_lastAt = 0;
    int m_depth = 0;
};

/// Words that are never names unless back-quoted.
bool isReservedQueryWord(const std::string& lowered);
/// All words with a meaning of their own; names among them are shown back-quoted.
bool isQueryKeyword(const std::string& lowered);

}  // namespace orrery::server
