// SPDX-License-Identifier: MIT
#include "core/server/state/query_words.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "core/server/state/service_error.h"

namespace orrery::server {
namespace {

using Kind = QueryWord::Kind;

constexpr int kDeepest = 200;

constexpr const char* kReserved =
    "_binary add all alter analyze and as asc auto_increment between binary boolean by case cast collate "
    "column constraint convert create cross current_date current_time current_timestamp database databases "
    "default delete desc describe distinct div drop else end escape exists explain extended false for force "
    "from full group group_concat having if ignore in index inner insert interval into is join key left like "
    "limit localtime localtimestamp lock match maxvalue mod natural next not null on or order outer "
    "processlist regexp rename replace right rlike schema select separator set show sql_cache sql_no_cache "
    "starts_with straight_join stream substr substring table tables then to true union unique update use "
    "using utc_date utc_time utc_timestamp values when where ";

/// These have a meaning of their own but may be names as well.
constexpr const char* kFree =
    "accessible against asensitive before begin bigint bit blob bool both call cascade change char character "
    "charset check comment commit committed condition continue current_user cursor date datetime day_hour "
    "day_microsecond day_minute day_second dec decimal declare delayed deterministic distinctrow double "
    "duplicate each elseif enclosed enum escaped exit expansion fetch float float4 float8 foreign fulltext "
    "generated geometry geometrycollection get global grant high_priority hour_microsecond hour_minute "
    "hour_second infile inout insensitive int int1 int2 int3 int4 int8 integer io_after_gtids isolation "
    "iterate json key_block_size keys kill language last_insert_id leading leave less level linear lines "
    "linestring load long longblob longtext loop low_priority master_bind mediumblob mediumint mediumtext "
    "middleint minute_microsecond minute_second mode modifies multilinestring multipoint multipolygon names "
    "nchar no_write_to_binlog numeric offset only optimize optimizer_costs option optionally out outfile "
    "partition point polygon precision primary procedure query range read read_write reads real references "
    "release reorganize repair repeat repeatable require resignal restrict return revoke rollback schemas "
    "second_microsecond sensitive serializable session share signal signed smallint spatial specific sql "
    "sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl start starting "
    "status stored terminated text than time timestamp tinyblob tinyint tinytext trailing transaction "
    "trigger truncate uncommitted undo unlock unsigned usage varbinary varchar varcharacter variables "
    "varying view vindex vindexes virtual vitess_keyspaces vitess_shards vitess_tablets vschema_tables while "
    "with write xor year year_month zerofill ";

std::set<std::string> splitWords(const char* words) {
    std::istringstream in(words);
    return {std::istream_iterator<std::string>(in), std::istream_iterator<std::string>()};
}

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// What a letter after a backslash stands for.
char unescaped(char letter) {
    switch (letter) {
        case '0': return '\0';
        case 'b': return '\b';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'Z': return '\x1a';
        default: return letter;
    }
}

}  // namespace

void refuseQuery(const std::string& why) { throw invalidArgument("invalid query: " + why); }

bool isReservedQueryWord(const std::string& lowered) {
    static const std::set<std::string> words = splitWords(kReserved);
    return words.count(lowered) != 0;
}

bool isQueryKeyword(const std::string& lowered) {
    static const std::set<std::string> words = splitWords(kFree);
    return isReservedQueryWord(lowered) || words.count(lowered) != 0;
}

QueryWord QueryWords::take() {
    m_last = m_now;
    m_lastAt = m_at;
    next();
    return m_last;
}

bool QueryWords::takeSign(std::string_view sign) {
    if (!isSign(sign)) return false;
    take();
    return true;
}

bool QueryWords::takeKeyword(std::string_view word) {
    if (!isKeyword(word)) return false;
    take();
    return true;
}

std::string QueryWords::whereAbouts(size_t position, const QueryWord& word) const {
    std::string text = " at position " + std::to_string(std::min(position, m_text.size()) + 1);
    // Signs are not repeated: one sees them.
    const bool shown = word.kind != Kind::Sign && word.kind != Kind::End && !word.text.empty();
    return shown ? text + " near '" + word.text + "'" : text;
}

void QueryWords::refuse() const { refuseQuery("malformed SQL query: syntax error" + whereAbouts(m_at, m_now)); }

void QueryWords::descend() {
    if (++m_depth >= kDeepest) refuseDepth();
}

void QueryWords::refuseDepth() const {
    refuseQuery("malformed SQL query: max nesting level reached" + whereAbouts(m_lastAt, m_last));
}

void QueryWords::set(Kind kind, std::string word) { m_now = {kind, std::move(word)}; }

bool QueryWords::skipComment() {
    const bool line = at() == '#' || (at() == '-' && at(1) == '-') || (at() == '/' && at(1) == '/');
    if (line) {
        m_at = std::min(m_text.find('\n', m_at), m_text.size() - 1) + 1;
        return true;
    }
    if (at() != '/' || at(1) != '*') return false;
    const size_t end = m_text.find("*/", m_at + 2);
    if (end == std::string_view::npos) return false;
    m_at = end + 2;
    return true;
}

void QueryWords::skipBlanks() {
    while (!atEnd() && (std::string_view(" \n\r\t").find(at()) != std::string_view::npos || skipComment())) {
        if (std::string_view(" \n\r\t").find(at()) != std::string_view::npos && !atEnd()) ++m_at;
    }
}

void QueryWords::next() {
    skipBlanks();
    const char first = at();
    if (atEnd()) return set(Kind::End, "");
    if (isLetter(first)) return name();
    if (isDigit(first) || (first == '.' && isDigit(at(1)))) return number();
    if (first == '\'' || first == '"') return text(first);
    if (first == '`') return quotedName();
    if (first == ':' || first == '?') return argument();
    sign();
}

void QueryWords::name() {
    if ((at() == 'x' || at() == 'X') && at(1) == '\'') return coded(Kind::HexText, "0123456789abcdefABCDEF");
    if ((at() == 'b' || at() == 'B') && at(1) == '\'') return coded(Kind::Bits, "01");
    const size_t begin = m_at;
    while (isLetter(at()) || isDigit(at())) ++m_at;
    std::string word(m_text.substr(begin, m_at - begin));
    std::string lowered = word;
    std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    if (isQueryKeyword(lowered)) return set(Kind::Keyword, std::move(lowered));
    set(Kind::Name, std::move(word));
}

/// x'41', b'01'
void QueryWords::coded(Kind kind, std::string_view digits) {
    m_at += 2;
    const size_t begin = m_at;
    while (!atEnd() && digits.find(at()) != std::string_view::npos) ++m_at;
    const std::string word(m_text.substr(begin, m_at - begin));
    if (at() != '\'') return set(Kind::Error, word);
    ++m_at;
    set(kind == Kind::HexText && word.size() % 2 != 0 ? Kind::Error : kind, word);
}

void QueryWords::quotedName() {
    std::string word;
    for (++m_at; !atEnd(); ++m_at) {
        if (at() == '`') {
            ++m_at;
            if (at() != '`') return set(word.empty() ? Kind::Error : Kind::Name, std::move(word));
        }
        word.push_back(at());
    }
    set(Kind::Error, std::move(word));
}

void QueryWords::text(char quote) {
    std::string word;
    for (++m_at; !atEnd(); ++m_at) {
        if (at() == '\\') {
            ++m_at;
            if (atEnd()) break;
            word.push_back(unescaped(at()));
            continue;
        }
        if (at() == quote) {
            ++m_at;
            // Two of them in a row are one letter of the text.
            if (atEnd() || at() != quote) return set(Kind::Text, std::move(word));
        }
        word.push_back(at());
    }
    set(Kind::Error, std::move(word));
}

void QueryWords::number() {
    const size_t begin = m_at;
    const auto digits = [this](std::string_view of) {
        while (!atEnd() && of.find(at()) != std::string_view::npos) ++m_at;
    };
    constexpr std::string_view kDecimal = "0123456789";
    Kind kind = Kind::Whole;
    if (at() == '0' && (at(1) == 'x' || at(1) == 'X')) {
        kind = Kind::Hexadecimal;
        m_at += 2;
        digits("0123456789abcdefABCDEF");
    } else {
        digits(kDecimal);
        if (at() == '.') {
            kind = Kind::Fraction;
            ++m_at;
            digits(kDecimal);
        }
        if (at() == 'e' || at() == 'E') {
            kind = Kind::Fraction;
            ++m_at;
            if (at() == '+' || at() == '-') ++m_at;
            digits(kDecimal);
        }
    }
    // No letter may follow a number.
    set(isLetter(at()) ? Kind::Error : kind, std::string(m_text.substr(begin, m_at - begin)));
}

void QueryWords::argument() {
    const size_t begin = m_at;
    if (m_text[m_at++] == '?') return set(Kind::Argument, ":v1");
    Kind kind = Kind::Argument;
    if (at() == ':') {
        kind = Kind::ListArgument;
        ++m_at;
    }
    if (!isLetter(at())) kind = Kind::Error;
    while (kind != Kind::Error && (isLetter(at()) || isDigit(at()) || at() == '.')) ++m_at;
    set(kind, std::string(m_text.substr(begin, m_at - begin)));
}

void QueryWords::sign() {
    static constexpr std::string_view kLong[] = {"<=>", "->>", "<>", "<<", "<=", ">=", ">>", "->", "!=", "&&", "||"};
    const std::string_view rest = m_text.substr(m_at);
    for (const std::string_view sign : kLong) {
        if (!rest.starts_with(sign)) continue;
        m_at += sign.size();
        return set(Kind::Sign, std::string(sign == "<>" ? "!=" : sign));
    }
    const char letter = m_text[m_at++];
    if (letter == '/' && at() == '*') {
        std::string comment(rest);
        m_at = m_text.size();
        return set(Kind::Error, std::move(comment));
    }
    if (std::string_view("=<>!,;()+-*/%^~&|.").find(letter) != std::string_view::npos) {
        return set(Kind::Sign, std::string(1, letter));
    }
    // A byte of a longer letter alone could not be sent.
    const bool plain = static_cast<unsigned char>(letter) < 0x80;
    set(Kind::Error, plain ? std::string(1, letter) : std::string());
}

}  // namespace orrery::server
