// SPDX-License-Identifier: MIT
#include "core/server/state/filter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <variant>

#include <fmt/format.h>

#include "core/server/state/filter_fields.h"
#include "core/server/state/go_text.h"
#include "core/server/state/query_duration.h"
#include "core/server/state/query_syntax.h"
#include "core/server/state/text_tokens.h"

namespace orrery::server {
namespace {

using Kind = QueryExpression::Kind;
using Word = QueryWord::Kind;
using Scalar = std::variant<bool, int64_t, double, std::string>;

constexpr const char* kInvalid = "invalid expression: ";
constexpr const char* kUnsupported = "operation is not supported: ";

std::string goType(const Scalar& value) {
    static constexpr std::array<const char*, 4> kNames = {"bool", "int64", "float64", "string"};
    return kNames[value.index()];
}

std::string goSyntax(const Scalar& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return goQuoted(*text);
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* whole = std::get_if<int64_t>(&value)) return std::to_string(*whole);
    return fmt::format("{}", std::get<double>(value));
}

template <typename Number>
std::optional<Number> readNumber(std::string_view text) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

Truth truth(bool holds) { return holds ? Truth::Yes : Truth::No; }
Truth opposite(Truth of) { return static_cast<Truth>(-static_cast<int>(of)); }

/// What a value has to stand in to what is wanted, for one operator.
template <typename Value>
using Order = bool (*)(const Value&, const Value&);

template <typename Value>
Order<Value> orderOf(std::string_view sign) {
    if (sign == "=") return [](const Value& left, const Value& right) { return left == right; };
    if (sign == "!=") return [](const Value& left, const Value& right) { return left != right; };
    if (sign == "<") return [](const Value& left, const Value& right) { return left < right; };
    if (sign == "<=") return [](const Value& left, const Value& right) { return left <= right; };
    if (sign == ">") return [](const Value& left, const Value& right) { return left > right; };
    return [](const Value& left, const Value& right) { return left >= right; };
}

/// One condition on one attribute, whatever it is read with.
template <typename Value, typename Reader>
Condition compared(const Reader& read, const std::string& sign, std::vector<Value> wanted) {
    if (sign == "in" || sign == "not in") {
        return [read, wanted = std::move(wanted), in = sign == "in"](const Run& run) {
            const auto value = read(run);
            if (!value) return Truth::Unknown;
            return truth((std::find(wanted.begin(), wanted.end(), *value) != wanted.end()) == in);
        };
    }
    return [read, order = orderOf<Value>(sign), wanted = std::move(wanted.front())](const Run& run) {
        const auto value = read(run);
        return value ? truth(order(*value, wanted)) : Truth::Unknown;
    };
}

template <typename Value, typename Reader>
Condition between(const Reader& read, bool negated, Value from, Value to) {
    return [read, negated, from, to](const Run& run) {
        const auto value = read(run);
        return value ? truth((from <= *value && *value <= to) != negated) : Truth::Unknown;
    };
}

template <typename Reader>
Condition missing(const Reader& read, bool negated) {
    return [read, negated](const Run& run) { return truth(read(run).has_value() == negated); };
}

Condition startsWith(const TextReader& read, bool negated, const std::string& prefix) {
    return [read, negated, prefix](const Run& run) {
        const auto value = read(run);
        return value ? truth(value->starts_with(prefix) != negated) : Truth::Unknown;
    };
}

bool isOneOf(std::string_view sign, std::initializer_list<std::string_view> known) {
    return std::find(known.begin(), known.end(), sign) != known.end();
}

bool isComparison(std::string_view sign) { return isOneOf(sign, {"=", "!=", "<", ">", "<=", ">=", "in", "not in"}); }

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    return text;
}

std::optional<int> statusNumber(const std::string& name) {
    for (int number = 0; enums::WorkflowExecutionStatus_IsValid(number); ++number) {
        const auto status = static_cast<enums::WorkflowExecutionStatus>(number);
        if (name == statusName(status) || name == enums::WorkflowExecutionStatus_Name(status)) return number;
    }
    return std::nullopt;
}

/// Reads values as an attribute's type wants them.
class Values {
public:
    explicit Values(const FilterField& field) : m_field(field) {}

    /// One value, or those of a list.
    std::vector<Scalar> all(const QueryExpression& expression) const {
        if (expression.kind != Kind::List) return {one(expression)};
        std::vector<Scalar> values;
        for (const QueryExpression& part : expression.parts) values.push_back(one(part));
        return values;
    }

    Scalar one(const QueryExpression& expression) const {
        switch (expression.kind) {
            case Kind::Value: return literal(expression);
            case Kind::Truth: return checked(expression.text == "true");
            case Kind::Sign: return withSign(expression);
            case Kind::GroupConcat: refuseQuery(std::string(kUnsupported) + "'group_concat'");
            case Kind::Function: refuseQuery(std::string(kUnsupported) + "nested func");
            case Kind::Name:
                refuseQuery(std::string(kUnsupported) +
                            "column name on the right side of comparison expression (did you forget to quote " +
                            goQuoted(queryText(expression)) + "?)");
            default: refuseQuery(std::string(kInvalid) + "unexpected value type " + expression.type);
        }
    }

private:
    Scalar literal(const QueryExpression& expression) const {
        const std::string& text = expression.text;
        if (expression.value == Word::Text) {
            // Quotes at the ends of the text itself are lost on the real server's way as well.
            const size_t first = text.find_first_not_of('\'');
            if (first == std::string::npos) return typed(std::string());
            return typed(text.substr(first, text.find_last_not_of('\'') - first + 1));
        }
        if (text.empty()) return typed(std::string());
        if (const auto whole = readNumber<int64_t>(text)) return typed(*whole);
        if (const auto fraction = readNumber<double>(text)) return typed(*fraction);
        refuseQuery(std::string(kInvalid) + "unable to parse value " + goQuoted(queryText(expression)));
    }

    Scalar withSign(const QueryExpression& expression) const {
        const QueryExpression& inner = expression.parts[0];
        if (expression.text != "+" && expression.text != "-") {
            const std::string name =
                expression.text + (std::isalpha(static_cast<unsigned char>(expression.text.back())) ? " " : "");
            refuseQuery(std::string(kUnsupported) + "unary operator " + goQuoted(name));
        }
        if (inner.kind != Kind::Value || inner.value == Word::Text) {
            refuseQuery(std::string(kInvalid) + "unary operator not supported in " + goQuoted(queryText(expression)));
        }
        const Scalar value = one(inner);
        const bool minus = expression.text == "-";
        if (const auto* whole = std::get_if<int64_t>(&value)) return minus ? -*whole : *whole;
        if (const auto* fraction = std::get_if<double>(&value)) return minus ? -*fraction : *fraction;
        refuseQuery(std::string(kInvalid) + "unary expression " + goQuoted(queryText(expression)));
    }

    Scalar typed(const Scalar& value) const {
        if (m_field.name == "ExecutionStatus") return status(value);
        if (m_field.name == "ExecutionDuration") return duration(value);
        return checked(value);
    }

    int64_t status(const Scalar& value) const {
        if (const auto* whole = std::get_if<int64_t>(&value)) {
            // The server looks only at the lower half.
            if (enums::WorkflowExecutionStatus_IsValid(int(*whole))) return int32_t(*whole);
            refuseQuery(fmt::format("{}invalid {} value {}", kInvalid, m_field.name, *whole));
        }
        if (const auto* text = std::get_if<std::string>(&value)) {
            if (const auto number = statusNumber(*text)) return *number;
            refuseQuery(fmt::format("{}invalid {} value '{}'", kInvalid, m_field.name, *text));
        }
        unexpected(value);
    }

    int64_t duration(const Scalar& value) const {
        if (const auto* whole = std::get_if<int64_t>(&value)) return *whole;
        if (const auto* text = std::get_if<std::string>(&value)) {
            if (const auto length = parseQueryDuration(*text)) return length->count();
            refuseQuery(
                fmt::format("{}invalid duration value for search attribute {}: {}", kInvalid, m_field.name, *text));
        }
        unexpected(value);
    }

    [[noreturn]] void unexpected(const Scalar& value) const {
        refuseQuery(
            fmt::format("{}unexpected value type {} for search attribute {}", kInvalid, goType(value), m_field.name));
    }

    Scalar checked(const Scalar& value) const {
        const auto* text = std::get_if<std::string>(&value);
        switch (m_field.type) {
            case enums::INDEXED_VALUE_TYPE_INT:
            case enums::INDEXED_VALUE_TYPE_DOUBLE:
                if (text == nullptr && !std::holds_alternative<bool>(value)) return value;
                break;
            case enums::INDEXED_VALUE_TYPE_BOOL:
                if (std::holds_alternative<bool>(value)) return value;
                break;
            case enums::INDEXED_VALUE_TYPE_DATETIME:
                if (text != nullptr) return time(*text);
                if (std::holds_alternative<int64_t>(value))
                    return int64_t(filterNumber(base::Timestamp(base::Duration(std::get<int64_t>(value)))));
                break;
            default:
                if (text == nullptr) break;
                if (m_field.type == enums::INDEXED_VALUE_TYPE_TEXT &&
                    text->find_first_not_of(" \t\n\v\f\r") == std::string::npos) {
                    refuseQuery(std::string(kInvalid) + "no tokens found filtering on Text type search attribute " +
                                m_field.alias);
                }
                return value;
        }
        refuseQuery(fmt::format("{}invalid value type for search attribute {} of type {}: {} (type: {})", kInvalid,
                                m_field.alias, typeName(m_field.type), goSyntax(value), goType(value)));
    }

    static Scalar time(const std::string& text) {
        const bool strict = text.size() > 10 && text[10] == 'T' && text.back() != 'z';
        const auto parsed = strict ? base::parseTimestamp(text) : std::nullopt;
        if (!parsed) refuseQuery(std::string(kInvalid) + "unable to parse datetime '" + text + "'");
        return int64_t(filterNumber(*parsed));
    }

    const FilterField& m_field;
};

FilterNumber numberOf(const Scalar& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    if (const auto* whole = std::get_if<int64_t>(&value)) return FilterNumber(*whole);
    return FilterNumber(std::get<double>(value));
}

template <typename To, typename Convert>
std::vector<To> converted(const std::vector<Scalar>& values, Convert convert) {
    std::vector<To> all;
    for (const Scalar& value : values) all.push_back(convert(value));
    return all;
}

std::string textOf(const Scalar& value) { return std::get<std::string>(value); }

/// Without the back-ticks that a quoted name may still hold.
std::string plainName(std::string name) {
    std::erase(name, '`');
    return name;
}

class Meaning {
public:
    explicit Meaning(const Namespace& ns) : m_ns(ns) {}

    bool sawDivision() const { return m_sawDivision; }

    FilterField field(const QueryExpression& expression) {
        if (expression.kind != Kind::Name) {
            refuseQuery(std::string(kInvalid) + "must be a column name but was " + expression.type);
        }
        const std::string name = plainName(expression.text);
        const auto found = filterField(m_ns, name);
        if (!found) refuseQuery("invalid search attribute: " + name);
        if (found->name == "TemporalNamespaceDivision") m_sawDivision = true;
        return *found;
    }

    Condition of(const QueryExpression& expression) {
        switch (expression.kind) {
            case Kind::Brackets: return of(expression.parts[0]);
            case Kind::Not: return [inner = of(expression.parts[0])](const Run& run) { return opposite(inner(run)); };
            case Kind::And: return both(of(expression.parts[0]), of(expression.parts[1]));
            case Kind::Or: {
                Condition left = of(expression.parts[0]);
                return [left = std::move(left), right = of(expression.parts[1])](const Run& run) {
                    const Truth first = left(run);
                    return first == Truth::Yes ? first : std::max(first, right(run));
                };
            }
            case Kind::Comparison: return comparison(expression);
            case Kind::Range: return range(expression);
            case Kind::Is: return is(expression);
            case Kind::Function: refuseQuery(std::string(kUnsupported) + "function expression");
            case Kind::Name: refuseQuery(std::string(kInvalid) + "incomplete expression");
            default: refuseQuery(std::string(kUnsupported) + "expression of type " + expression.type);
        }
    }

    static Condition both(Condition left, Condition right) {
        return [left = std::move(left), right = std::move(right)](const Run& run) {
            const Truth first = left(run);
            return first == Truth::No ? first : std::min(first, right(run));
        };
    }

private:
    Condition comparison(const QueryExpression& expression) {
        const FilterField on = field(expression.parts[0]);
        const std::string& sign = expression.text;
        const QueryExpression& right = expression.parts[1];
        const std::vector<Scalar> values = Values(on).all(right);
        const bool keyword = on.type == enums::INDEXED_VALUE_TYPE_KEYWORD;
        if (!isSupported(on.type, sign)) {
            refuseQuery(fmt::format("{}operator '{}' not supported for {} type search attribute '{}'", kUnsupported,
                                    upper(sign), typeName(on.type), on.alias));
        }
        const bool list = right.kind == Kind::List;
        if (list != isOneOf(sign, {"in", "not in"})) {
            refuseQuery(std::string(kInvalid) + "unexpected value type " + right.type);
        }
        if (keyword && isOneOf(sign, {"starts_with", "not starts_with"})) return prefix(on, sign, values.front());
        if (isNumberField(on)) {
            return compared<FilterNumber>(numberReader(on), sign, converted<FilterNumber>(values, numberOf));
        }
        if (keyword) return compared<std::string>(textReader(on), sign, converted<std::string>(values, textOf));
        const bool negated = sign == "!=" || sign == "not in";
        if (on.type == enums::INDEXED_VALUE_TYPE_TEXT) return words(on, negated, textOf(values.front()));
        return listed(on, negated, converted<std::string>(values, textOf));
    }

    static bool isSupported(enums::IndexedValueType type, const std::string& sign) {
        switch (type) {
            case enums::INDEXED_VALUE_TYPE_KEYWORD:
                return isComparison(sign) || isOneOf(sign, {"starts_with", "not starts_with"});
            case enums::INDEXED_VALUE_TYPE_KEYWORD_LIST: return isOneOf(sign, {"=", "!=", "in", "not in"});
            case enums::INDEXED_VALUE_TYPE_TEXT: return isOneOf(sign, {"=", "!="});
            default: return isComparison(sign);
        }
    }

    static Condition prefix(const FilterField& on, const std::string& sign, const Scalar& value) {
        if (on.name == "ExecutionStatus") {
            const auto status = static_cast<enums::WorkflowExecutionStatus>(std::get<int64_t>(value));
            refuseQuery(fmt::format("{}right-hand side of \"{}\" operator must be a literal string (got: {})", kInvalid,
                                    sign, statusName(status)));
        }
        return startsWith(textReader(on), sign != "starts_with", textOf(value));
    }

    /// A store's index of words knows nothing of runs without the attribute, so they are not among those that match.
    static Condition words(const FilterField& on, bool negated, const std::string& wanted) {
        return [read = textReader(on), negated, wanted](const Run& run) {
            const auto text = read(run);
            return truth((text && matchesText(*text, wanted)) != negated);
        };
    }

    static Condition listed(const FilterField& on, bool negated, std::vector<std::string> wanted) {
        return [read = listReader(on), negated, wanted = std::move(wanted)](const Run& run) {
            const auto items = read(run);
            const bool any =
                items && std::find_first_of(items->begin(), items->end(), wanted.begin(), wanted.end()) != items->end();
            return truth(any != negated);
        };
    }

    Condition range(const QueryExpression& expression) {
        const FilterField on = field(expression.parts[0]);
        const bool ordered = isOneOf(typeName(on.type), {"Datetime", "Double", "Int", "Keyword"});
        if (!ordered) {
            refuseQuery(fmt::format("{}cannot do range condition on search attribute '{}' of type {}", kInvalid,
                                    on.alias, typeName(on.type)));
        }
        const Scalar from = Values(on).one(expression.parts[1]);
        const Scalar to = Values(on).one(expression.parts[2]);
        const bool negated = expression.text != "between";
        if (isNumberField(on)) return between(numberReader(on), negated, numberOf(from), numberOf(to));
        return between(textReader(on), negated, textOf(from), textOf(to));
    }

    Condition is(const QueryExpression& expression) {
        const FilterField on = field(expression.parts[0]);
        if (!isOneOf(expression.text, {"is null", "is not null"})) {
            refuseQuery(std::string(kInvalid) + "'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'");
        }
        const bool negated = expression.text == "is not null";
        if (isNumberField(on)) return missing(numberReader(on), negated);
        if (on.type == enums::INDEXED_VALUE_TYPE_KEYWORD_LIST) return missing(listReader(on), negated);
        return missing(textReader(on), negated);
    }

    const Namespace& m_ns;
    bool m_sawDivision = false;
};

std::string groupField(Meaning& meaning, const std::vector<QueryExpression>& groupBy) {
    if (groupBy.size() > 1) refuseQuery(std::string(kUnsupported) + "'GROUP BY' clause supports only a single field");
    const FilterField by = meaning.field(groupBy.front());
    const bool allowed = by.name == "ExecutionStatus" || by.name == "TemporalNamespaceDivision" ||
                         by.name.starts_with("TemporalLowCardinalityKeyword");
    if (!allowed) {
        refuseQuery(std::string(kUnsupported) + "'GROUP BY' clause is not supported for search attribute " + by.alias);
    }
    return by.name;
}

void checkOrder(Meaning& meaning, const std::vector<QueryExpression>& orderBy) {
    for (const QueryExpression& each : orderBy) {
        if (meaning.field(each).type == enums::INDEXED_VALUE_TYPE_TEXT) {
            refuseQuery(std::string(kUnsupported) + "unable to sort by search attribute type Text");
        }
    }
    if (!orderBy.empty()) refuseQuery(std::string(kUnsupported) + "'ORDER BY' clause");
}

/// Equalities that hold for every run the expression takes.
void collectKey(const QueryExpression& expression, const Namespace& ns, FilterKey& key) {
    if (expression.kind == Kind::Brackets) return collectKey(expression.parts[0], ns, key);
    if (expression.kind == Kind::And) {
        for (const QueryExpression& part : expression.parts) collectKey(part, ns, key);
        return;
    }
    if (expression.kind != Kind::Comparison || expression.text != "=") return;
    const auto field = filterField(ns, plainName(expression.parts[0].text));
    const Scalar value = Values(*field).one(expression.parts[1]);
    if (field->name == "WorkflowId") key.workflowId = textOf(value);
    if (field->name == "RunId") key.runId = textOf(value);
    if (field->name == "WorkflowType") key.workflowType = textOf(value);
    if (field->name == "ExecutionStatus") key.status = int(std::get<int64_t>(value));
}

}  // namespace

Filter parseFilter(const std::string& query, const Namespace& ns) {
    const QuerySyntax syntax = parseQuery(query);
    if (syntax.limited) refuseQuery(std::string(kUnsupported) + "'LIMIT' clause");
    Filter filter;
    Meaning meaning(ns);
    if (syntax.where) filter.condition = meaning.of(*syntax.where);
    if (!syntax.groupBy.empty()) filter.groupBy = groupField(meaning, syntax.groupBy);
    checkOrder(meaning, syntax.orderBy);
    if (syntax.where) collectKey(*syntax.where, ns, filter.key);
    if (!meaning.sawDivision()) {
        // Whoever does not ask for the server's own runs does not see them.
        Condition own = [](const Run& run) {
            return truth(run.searchAttributes->indexed_fields().count("TemporalNamespaceDivision") == 0);
        };
        filter.condition = filter.condition ? Meaning::both(std::move(own), std::move(filter.condition)) : own;
    }
    if (!filter.condition) filter.condition = [](const Run&) { return Truth::Yes; };
    return filter;
}

std::string statusName(enums::WorkflowExecutionStatus status) {
    switch (status) {
        case enums::WORKFLOW_EXECUTION_STATUS_RUNNING: return "Running";
        case enums::WORKFLOW_EXECUTION_STATUS_COMPLETED: return "Completed";
        case enums::WORKFLOW_EXECUTION_STATUS_FAILED: return "Failed";
        case enums::WORKFLOW_EXECUTION_STATUS_CANCELED: return "Canceled";
        case enums::WORKFLOW_EXECUTION_STATUS_TERMINATED: return "Terminated";
        case enums::WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: return "ContinuedAsNew";
        case enums::WORKFLOW_EXECUTION_STATUS_TIMED_OUT: return "TimedOut";
        case enums::WORKFLOW_EXECUTION_STATUS_PAUSED: return "Paused";
        default: return "Unspecified";
    }
}

}  // namespace orrery::server
