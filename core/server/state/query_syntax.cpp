// SPDX-License-Identifier: MIT
#include "core/server/state/query_syntax.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string_view>

namespace orrery::server {
namespace {

using Kind = QueryExpression::Kind;
using Word = QueryWord::Kind;

QueryExpression made(Kind kind, std::string type, std::string text, std::vector<QueryExpression> parts = {}) {
    QueryExpression expression;
    expression.kind = kind;
    expression.type = "*sqlparser." + std::move(type);
    expression.text = std::move(text);
    expression.parts = std::move(parts);
    return expression;
}

template <typename... Parts>
std::vector<QueryExpression> parts(Parts&&... each) {
    std::vector<QueryExpression> all;
    (all.push_back(std::forward<Parts>(each)), ...);
    return all;
}

/// From loosely to tightly binding.
const std::vector<std::vector<std::string>>& arithmetic() {
    static const std::vector<std::vector<std::string>> levels = {
        {"|"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "div", "%", "mod"}, {"^"}};
    return levels;
}

/// Function-like words with forms of their own, and what messages call them.
const std::map<std::string, std::string>& specialCalls() {
    static const std::map<std::string, std::string> calls = {
        {"convert", "ConvertExpr"},  {"cast", "ConvertExpr"}, {"substr", "SubstrExpr"},
        {"substring", "SubstrExpr"}, {"match", "MatchExpr"},  {"group_concat", "GroupConcatExpr"},
        {"values", "ValuesFuncExpr"}};
    return calls;
}

class Parser {
public:
    explicit Parser(const std::string& statement) : m_words(statement) {
        for (int i = 0; i < 4; ++i) m_words.take();  // select * from table1
    }

    QuerySyntax parse() {
        QuerySyntax syntax;
        if (m_words.takeKeyword("where")) syntax.where = either();
        if (m_words.takeKeyword("group")) {
            need("by");
            syntax.groupBy = list();
        }
        if (m_words.takeKeyword("having")) either();
        if (m_words.takeKeyword("order")) {
            need("by");
            do {
                syntax.orderBy.push_back(either());
                if (!m_words.takeKeyword("asc")) m_words.takeKeyword("desc");
            } while (m_words.takeSign(","));
        }
        if (m_words.takeKeyword("limit")) {
            syntax.limited = true;
            either();
            if (m_words.takeSign(",") || m_words.takeKeyword("offset")) either();
        }
        m_words.takeSign(";");
        if (m_words.now().kind != Word::End) m_words.refuse();
        return syntax;
    }

private:
    void need(std::string_view keyword) {
        if (!m_words.takeKeyword(keyword)) m_words.refuse();
    }
    void needSign(std::string_view sign) {
        if (!m_words.takeSign(sign)) m_words.refuse();
    }

    std::vector<QueryExpression> list() {
        std::vector<QueryExpression> all;
        do all.push_back(either());
        while (m_words.takeSign(","));
        return all;
    }

    /// Each link of a chain such as a OR b OR c nests what came before one deeper, though nothing is read in brackets.
    void link() {
        constexpr int kMostLinks = 2000;
        if (++m_links > kMostLinks) m_words.refuseDepth();
    }

    QueryExpression either() {
        QueryExpression left = both();
        while (m_words.takeKeyword("or") || m_words.takeSign("||")) {
            link();
            left = made(Kind::Or, "OrExpr", "", parts(std::move(left), both()));
        }
        return left;
    }

    QueryExpression both() {
        QueryExpression left = denied();
        while (m_words.takeKeyword("and") || m_words.takeSign("&&")) {
            link();
            left = made(Kind::And, "AndExpr", "", parts(std::move(left), denied()));
        }
        return left;
    }

    QueryExpression denied() {
        if (m_words.takeKeyword("not")) {
            m_words.descend();
            QueryExpression inner = denied();
            m_words.ascend();
            return made(Kind::Not, "NotExpr", "", parts(std::move(inner)));
        }
        QueryExpression left = condition();
        while (m_words.takeKeyword("is")) {
            link();
            std::string suffix = "is ";
            if (m_words.takeKeyword("not")) suffix += "not ";
            const bool known = m_words.isKeyword("null") || m_words.isKeyword("true") || m_words.isKeyword("false");
            if (!known) m_words.refuse();
            left = made(Kind::Is, "IsExpr", suffix + m_words.take().text, parts(std::move(left)));
        }
        return left;
    }

    QueryExpression condition() {
        if (m_words.takeKeyword("exists")) {
            if (!m_words.isSign("(")) m_words.refuse();
            skipBrackets();
            return made(Kind::Other, "ExistsExpr", "");
        }
        if (m_words.takeKeyword("default")) {
            if (m_words.isSign("(")) skipBrackets();
            return made(Kind::Other, "Default", "");
        }
        QueryExpression left = calculation(0);
        static constexpr std::array<std::string_view, 7> kCompare = {"=", "<", ">", "<=", ">=", "!=", "<=>"};
        for (const std::string_view sign : kCompare) {
            if (m_words.takeSign(sign)) return comparison(std::move(left), std::string(sign), calculation(0));
        }
        const std::string no = m_words.takeKeyword("not") ? "not " : "";
        if (m_words.takeKeyword("in")) return comparison(std::move(left), no + "in", set());
        if (m_words.takeKeyword("like")) {
            QueryExpression like = comparison(std::move(left), no + "like", calculation(0));
            if (m_words.takeKeyword("escape")) calculation(0);
            return like;
        }
        if (m_words.isKeyword("regexp") || m_words.isKeyword("rlike")) {
            m_words.take();
            return comparison(std::move(left), no + "regexp", calculation(0));
        }
        if (m_words.takeKeyword("starts_with")) return comparison(std::move(left), no + "starts_with", calculation(0));
        if (m_words.takeKeyword("between")) {
            QueryExpression from = calculation(0);
            need("and");
            return made(Kind::Range, "RangeCond", no + "between",
                        parts(std::move(left), std::move(from), calculation(0)));
        }
        if (!no.empty()) m_words.refuse();
        return left;
    }

    static QueryExpression comparison(QueryExpression left, std::string sign, QueryExpression right) {
        return made(Kind::Comparison, "ComparisonExpr", std::move(sign), parts(std::move(left), std::move(right)));
    }

    /// What stands after IN.
    QueryExpression set() {
        if (m_words.now().kind == Word::ListArgument) {
            QueryExpression argument = made(Kind::Other, "", m_words.take().text);
            argument.type = "sqlparser.ListArg";
            return argument;
        }
        if (!m_words.isSign("(")) m_words.refuse();
        QueryExpression inner = brackets();
        if (inner.kind == Kind::Other) return inner;
        if (inner.kind == Kind::List) return inner;
        return listOf(std::move(inner.parts));
    }

    static QueryExpression listOf(std::vector<QueryExpression> items) {
        QueryExpression list = made(Kind::List, "", "", std::move(items));
        list.type = "sqlparser.ValTuple";
        return list;
    }

    QueryExpression brackets() {
        m_words.take();
        m_words.descend();
        if (m_words.isKeyword("select")) {
            skipTo(1);
            m_words.ascend();
            return made(Kind::Other, "Subquery", "");
        }
        std::vector<QueryExpression> items = list();
        needSign(")");
        m_words.ascend();
        if (items.size() == 1) return made(Kind::Brackets, "ParenExpr", "", std::move(items));
        return listOf(std::move(items));
    }

    void skipBrackets() {
        m_words.take();
        skipTo(1);
    }

    /// Over what is not read further, to behind the bracket that closes the outermost of `depth`.
    void skipTo(int depth) {
        while (depth > 0) {
            if (m_words.now().kind == Word::End || m_words.now().kind == Word::Error) m_words.refuse();
            if (m_words.isSign("(")) ++depth;
            if (m_words.isSign(")")) --depth;
            m_words.take();
        }
    }

    QueryExpression calculation(size_t level) {
        if (level == arithmetic().size()) return signedValue();
        QueryExpression left = calculation(level + 1);
        for (;;) {
            const auto& signs = arithmetic()[level];
            const auto found = std::find_if(signs.begin(), signs.end(), [this](const std::string& sign) {
                return m_words.isSign(sign) || m_words.isKeyword(sign);
            });
            if (found == signs.end()) return left;
            m_words.take();
            link();
            left = made(Kind::Other, "BinaryExpr", *found, parts(std::move(left), calculation(level + 1)));
        }
    }

    QueryExpression signedValue() {
        static constexpr std::array<std::string_view, 4> kSigns = {"+", "-", "~", "!"};
        static constexpr std::array<std::string_view, 3> kWords = {"binary", "_binary", "interval"};
        const bool sign = std::any_of(kSigns.begin(), kSigns.end(), [this](auto each) { return m_words.isSign(each); });
        const bool word =
            std::any_of(kWords.begin(), kWords.end(), [this](auto each) { return m_words.isKeyword(each); });
        if (!sign && !word) return collated();
        const std::string text = m_words.take().text;
        m_words.descend();
        QueryExpression inner = signedValue();
        m_words.ascend();
        if (text == "interval") {
            if (m_words.now().kind != Word::Name) m_words.refuse();
            m_words.take();
            return made(Kind::Other, "IntervalExpr", text);
        }
        const bool whole = inner.kind == Kind::Value && inner.value == Word::Whole;
        if (whole && text == "+") return inner;
        if (whole && text == "-") {
            inner.text = inner.text.starts_with('-') ? inner.text.substr(1) : "-" + inner.text;
            return inner;
        }
        return made(Kind::Sign, "UnaryExpr", text, parts(std::move(inner)));
    }

    QueryExpression collated() {
        QueryExpression inner = single();
        while (m_words.takeKeyword("collate")) {
            link();
            if (m_words.now().kind != Word::Name && m_words.now().kind != Word::Text) m_words.refuse();
            m_words.take();
            inner = made(Kind::Other, "CollateExpr", "", parts(std::move(inner)));
        }
        return inner;
    }

    QueryExpression single() {
        const QueryWord& word = m_words.now();
        switch (word.kind) {
            case Word::Text:
            case Word::Whole:
            case Word::Fraction:
            case Word::Hexadecimal:
            case Word::HexText:
            case Word::Bits:
            case Word::Argument: {
                QueryExpression value = made(Kind::Value, "SQLVal", word.text);
                value.value = word.kind;
                m_words.take();
                return value;
            }
            case Word::Name: return named();
            case Word::Keyword: return keyword();
            default: break;
        }
        if (!m_words.isSign("(")) m_words.refuse();
        return brackets();
    }

    QueryExpression keyword() {
        const std::string word = m_words.now().text;
        if (!isReservedQueryWord(word)) return named();
        if (word == "true" || word == "false") {
            m_words.take();
            QueryExpression truth = made(Kind::Truth, "", word);
            truth.type = "sqlparser.BoolVal";
            return truth;
        }
        if (word == "null") {
            m_words.take();
            return made(Kind::Other, "NullVal", word);
        }
        if (word == "case") return cases();
        if (word.starts_with("current_") || word.starts_with("utc_") || word.starts_with("local")) {
            m_words.take();
            if (m_words.takeSign("(")) needSign(")");
            return made(Kind::Function, "FuncExpr", word);
        }
        static constexpr std::array<std::string_view, 6> kCalls = {"left", "right", "if", "database", "mod", "replace"};
        const auto special = specialCalls().find(word);
        const bool plain = std::find(kCalls.begin(), kCalls.end(), word) != kCalls.end();
        if (!plain && special == specialCalls().end()) m_words.refuse();
        m_words.take();
        if (!m_words.isSign("(")) m_words.refuse();
        skipBrackets();
        if (plain) return made(Kind::Function, "FuncExpr", word);
        if (word == "match") {
            if (m_words.now().kind != Word::Keyword || m_words.take().text != "against") m_words.refuse();
            if (!m_words.isSign("(")) m_words.refuse();
            skipBrackets();
        }
        return made(word == "group_concat" ? Kind::GroupConcat : Kind::Other, special->second, word);
    }

    QueryExpression cases() {
        m_words.take();
        m_words.descend();
        if (!m_words.isKeyword("when")) either();
        do {
            need("when");
            either();
            need("then");
            either();
        } while (m_words.isKeyword("when"));
        if (m_words.takeKeyword("else")) either();
        need("end");
        m_words.ascend();
        return made(Kind::Other, "CaseExpr", "");
    }

    /// A name of up to three parts, perhaps of a function, perhaps with a JSON path behind it.
    QueryExpression named() {
        std::string name = m_words.take().text;
        for (int i = 0; i < 2 && m_words.takeSign("."); ++i) {
            if (m_words.now().kind != Word::Name && m_words.now().kind != Word::Keyword) m_words.refuse();
            name += "." + m_words.take().text;
        }
        if (m_words.takeSign("(")) {
            skipArguments();
            return made(Kind::Function, "FuncExpr", name);
        }
        QueryExpression column = made(Kind::Name, "ColName", std::move(name));
        if (!m_words.isSign("->") && !m_words.isSign("->>")) return column;
        const std::string sign = m_words.take().text;
        m_words.descend();
        QueryExpression path = single();
        m_words.ascend();
        return made(Kind::Other, "BinaryExpr", sign, parts(std::move(column), std::move(path)));
    }

    /// Of a function; no filter may call one, but its words have to be right.
    void skipArguments() {
        m_words.descend();
        m_words.takeKeyword("distinct");
        if (!m_words.isSign(")")) {
            do {
                if (!m_words.takeSign("*")) either();
            } while (m_words.takeSign(","));
        }
        needSign(")");
        m_words.ascend();
    }

    QueryWords m_words;
    int m_links = 0;
};

std::string nameText(const std::string& name) {
    std::string lowered = name;
    std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) || c == '_' || c == '@' || c == '.');
    });
    const bool digitFirst = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front()));
    return plain && !digitFirst && !isQueryKeyword(lowered) ? name : "`" + name + "`";
}

std::string escaped(const std::string& text) {
    static constexpr std::pair<char, char> kEscapes[] = {{'\0', '0'}, {'\'', '\''},  {'"', '"'},
                                                         {'\b', 'b'}, {'\n', 'n'},   {'\r', 'r'},
                                                         {'\t', 't'}, {'\x1a', 'Z'}, {'\\', '\\'}};
    std::string shown;
    for (const char letter : text) {
        const auto* found = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                                         [letter](const auto& each) { return each.first == letter; });
        if (found == std::end(kEscapes)) {
            shown.push_back(letter);
        } else {
            shown += {'\\', found->second};
        }
    }
    return shown;
}

}  // namespace

QuerySyntax parseQuery(const std::string& filter) {
    constexpr const char* kBlanks = " \t\n\v\f\r";
    const size_t first = filter.find_first_not_of(kBlanks);
    const std::string trimmed =
        first == std::string::npos ? "" : filter.substr(first, filter.find_last_not_of(kBlanks) - first + 1);
    std::string head = trimmed.substr(0, 8);
    std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    const bool bare = trimmed.empty() || head == "order by" || head == "group by";
    const std::string statement = "select * from table1 " + std::string(bare ? "" : "where ") + trimmed;
    return Parser(statement).parse();
}

std::string queryText(const QueryExpression& expression) {
    switch (expression.kind) {
        case Kind::Name: return nameText(expression.text);
        case Kind::Value:
            if (expression.value == Word::Text) return "'" + escaped(expression.text) + "'";
            if (expression.value == Word::HexText) return "X'" + expression.text + "'";
            if (expression.value == Word::Bits) return "B'" + expression.text + "'";
            return expression.text;
        case Kind::Sign: return expression.text + queryText(expression.parts[0]);
        case Kind::List: {
            std::string text;
            for (const auto& part : expression.parts) text += (text.empty() ? "" : ", ") + queryText(part);
            return "(" + text + ")";
        }
        default: return expression.text;
    }
}

}  // namespace orrery::server
