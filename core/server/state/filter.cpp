// SPDX-License-Identifier: MIT
#include "core/server/state/filter.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/server/state/search_attributes.h"

namespace orrery::server {
namespace {

using Test = std::function<bool(const Run&)>;

[[noreturn]] void bad(const std::string& why) { throw invalidArgument("invalid query: " + why); }

struct Word {
    enum class Kind { End, Name, Text, Sign } kind = Kind::End;
    std::string text;
};

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    return text;
}

class Words {
public:
    explicit Words(const std::string& text) : m_text(text) { next(); }

    const Word& now() const { return m_now; }
    Word take() {
        Word taken = m_now;
        next();
        return taken;
    }
    bool takeSign(const std::string& sign) {
        if (m_now.kind != Word::Kind::Sign || m_now.text != sign) return false;
        next();
        return true;
    }
    bool takeKeyword(const std::string& keyword) {
        if (m_now.kind != Word::Kind::Name || upper(m_now.text) != keyword) return false;
        next();
        return true;
    }

private:
    void next() {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at]))) ++m_at;
        if (m_at == m_text.size()) {
            m_now = {};
            return;
        }
        const char first = m_text[m_at];
        if (first == '\'' || first == '"' || first == '`') return quoted(first);
        if (std::string_view("=!<>(),").find(first) != std::string_view::npos) return sign();
        const size_t begin = m_at;
        while (m_at < m_text.size() && !std::isspace(static_cast<unsigned char>(m_text[m_at])) &&
               std::string_view("=!<>(),'\"`").find(m_text[m_at]) == std::string_view::npos) {
            ++m_at;
        }
        m_now = {Word::Kind::Name, m_text.substr(begin, m_at - begin)};
    }

    void quoted(char quote) {
        std::string value;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size()) {
                value.push_back(m_text[++m_at]);
            } else if (m_text[m_at] == quote) {
                ++m_at;
                m_now = {quote == '`' ? Word::Kind::Name : Word::Kind::Text, value};
                return;
            } else {
                value.push_back(m_text[m_at]);
            }
        }
        bad(std::string("a text that begins with ") + quote + " does not end");
    }

    void sign() {
        std::string text(1, m_text[m_at++]);
        if (m_at < m_text.size() && m_text[m_at] == '=' && text != "=" && text != "(" && text != ")" && text != ",") {
            text.push_back(m_text[m_at++]);
        } else if (text == "<" && m_at < m_text.size() && m_text[m_at] == '>') {
            ++m_at;
            text = "!=";
        }
        m_now = {Word::Kind::Sign, text};
    }

    const std::string& m_text;
    size_t m_at = 0;
    Word m_now;
};

std::function<std::string(const Run&)> textField(const std::string& name) {
    if (name == "WorkflowId") return [](const Run& run) { return run.workflowId; };
    if (name == "WorkflowType") return [](const Run& run) { return run.typeName(); };
    if (name == "RunId") return [](const Run& run) { return run.runId; };
    if (name == "TaskQueue") return [](const Run& run) { return run.taskQueue(); };
    if (name == "ExecutionStatus") return [](const Run& run) { return statusName(run.status); };
    return nullptr;
}

std::function<std::optional<base::Timestamp>(const Run&)> timeField(const std::string& name) {
    if (name == "StartTime") return [](const Run& run) { return std::optional(run.startTime); };
    if (name == "ExecutionTime") return [](const Run& run) { return std::optional(run.executionTime); };
    if (name == "CloseTime") {
        return [](const Run& run) { return run.open() ? std::nullopt : std::optional(run.closeTime); };
    }
    return nullptr;
}

/// Statuses may be given as a name, as the enum's full name, or as its number.
std::string normalStatus(const std::string& value) {
    for (int number = 1; number <= 8; ++number) {
        const auto status = static_cast<enums::WorkflowExecutionStatus>(number);
        if (upper(value) == upper(statusName(status)) || value == std::to_string(number) ||
            value == enums::WorkflowExecutionStatus_Name(status)) {
            return statusName(status);
        }
    }
    bad("'" + value + "' is no execution status");
}

class Parser {
public:
    Parser(const std::string& query, const std::map<std::string, int>& attributes)
        : m_attributes(attributes), m_words(query) {}

    Filter parse() {
        Filter filter;
        if (m_words.now().kind != Word::Kind::End && !atGroupBy()) filter.matches = either();
        if (m_words.takeKeyword("GROUP")) {
            if (!m_words.takeKeyword("BY")) bad("'GROUP' without 'BY'");
            const std::string field = m_words.take().text;
            if (field != "ExecutionStatus")
                bad("'GROUP BY' is only supported for ExecutionStatus, not for '" + field + "'");
            filter.groupByStatus = true;
        }
        if (upper(m_words.now().text) == "ORDER") bad("'ORDER BY' is not supported");
        if (m_words.now().kind != Word::Kind::End) bad("'" + m_words.now().text + "' is not expected here");
        return filter;
    }

private:
    bool atGroupBy() const { return m_words.now().kind == Word::Kind::Name && upper(m_words.now().text) == "GROUP"; }

    Test either() {
        Test left = both();
        while (m_words.takeKeyword("OR")) {
            left = [left, right = both()](const Run& run) { return left(run) || right(run); };
        }
        return left;
    }

    Test both() {
        Test left = one();
        while (m_words.takeKeyword("AND")) {
            left = [left, right = one()](const Run& run) { return left(run) && right(run); };
        }
        return left;
    }

    Test one() {
        if (m_words.takeSign("(")) {
            Test inner = either();
            if (!m_words.takeSign(")")) bad("a bracket is not closed");
            return inner;
        }
        const Word name = m_words.take();
        if (name.kind != Word::Kind::Name) bad("a field name is expected, not '" + name.text + "'");
        if (const auto field = textField(name.text)) return textTest(name.text, field);
        if (const auto field = timeField(name.text)) return timeTest(name.text, field);
        if (const auto custom = m_attributes.find(name.text); custom != m_attributes.end()) {
            return attributeTest(custom->first, custom->second);
        }
        bad("invalid expression: column name '" + name.text + "' is not a valid search attribute");
    }

    std::string value(const std::string& field) {
        const Word word = m_words.take();
        if (word.kind != Word::Kind::Text && word.kind != Word::Kind::Name) bad("a value for " + field + " is missing");
        return field == "ExecutionStatus" ? normalStatus(word.text) : word.text;
    }

    Test textTest(const std::string& name, std::function<std::string(const Run&)> field) {
        if (m_words.takeSign("=")) return [field, v = value(name)](const Run& run) { return field(run) == v; };
        if (m_words.takeSign("!=")) return [field, v = value(name)](const Run& run) { return field(run) != v; };
        const bool negated = m_words.takeKeyword("NOT");
        if (m_words.takeKeyword("STARTS_WITH")) {
            return [field, v = value(name), negated](const Run& run) { return field(run).starts_with(v) != negated; };
        }
        if (m_words.takeKeyword("IN")) {
            if (!m_words.takeSign("(")) bad("'IN' needs a list in brackets");
            std::set<std::string> values;
            do values.insert(value(name));
            while (m_words.takeSign(","));
            if (!m_words.takeSign(")")) bad("the list after 'IN' is not closed");
            return [field, values, negated](const Run& run) { return (values.count(field(run)) != 0) != negated; };
        }
        bad("'" + m_words.now().text + "' is not supported for " + name + "; use =, !=, IN or STARTS_WITH");
    }

    Test timeTest(const std::string& name, std::function<std::optional<base::Timestamp>(const Run&)> field) {
        if (m_words.takeKeyword("IS")) {
            const bool negated = m_words.takeKeyword("NOT");
            if (!m_words.takeKeyword("NULL")) bad("'IS' needs NULL");
            return [field, negated](const Run& run) { return field(run).has_value() == negated; };
        }
        if (m_words.takeKeyword("BETWEEN")) {
            const auto low = time(name);
            if (!m_words.takeKeyword("AND")) bad("'BETWEEN' needs two times joined by AND");
            return [field, low, high = time(name)](const Run& run) {
                const auto at = field(run);
                return at && *at >= low && *at <= high;
            };
        }
        const Word sign = m_words.take();
        const auto compare = [field](auto&& holds) -> Test {
            return [field, holds](const Run& run) {
                const auto at = field(run);
                return at && holds(*at);
            };
        };
        const auto v = [&] { return time(name); };
        if (sign.text == "=") return compare([t = v()](base::Timestamp at) { return at == t; });
        if (sign.text == "!=") return compare([t = v()](base::Timestamp at) { return at != t; });
        if (sign.text == "<") return compare([t = v()](base::Timestamp at) { return at < t; });
        if (sign.text == "<=") return compare([t = v()](base::Timestamp at) { return at <= t; });
        if (sign.text == ">") return compare([t = v()](base::Timestamp at) { return at > t; });
        if (sign.text == ">=") return compare([t = v()](base::Timestamp at) { return at >= t; });
        bad("'" + sign.text + "' is not supported for " + name);
    }

    base::Timestamp time(const std::string& field) {
        const std::string text = value(field);
        if (const auto parsed = base::parseTimestamp(text)) return *parsed;
        if (!text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == std::string::npos) {
            return base::Timestamp(base::Duration(std::stoll(text)));
        }
        bad("'" + text + "' is no time for " + field + "; write it like 2026-03-12T09:14:03Z");
    }

    /// A test that holds when any of the run's values stands to the word as `holds` wants it.
    static Test anyOrder(const std::string& name, int type, const std::string& word, bool (*holds)(int)) {
        return [name, type, word, holds](const Run& run) {
            const auto orders = compareAttribute(run, name, type, word);
            return std::any_of(orders.begin(), orders.end(), holds);
        };
    }

    Test attributeTest(const std::string& name, int type) {
        if (m_words.takeKeyword("IS")) {
            const bool negated = m_words.takeKeyword("NOT");
            if (!m_words.takeKeyword("NULL")) bad("'IS' needs NULL");
            return [name, negated](const Run& run) { return hasAttribute(run, name) == negated; };
        }
        const bool negated = m_words.takeKeyword("NOT");
        if (const Test listed = listTest(name, type)) {
            if (!negated) return listed;
            return [name, listed](const Run& run) { return hasAttribute(run, name) && !listed(run); };
        }
        const std::string sign = m_words.take().text;
        const auto test = [&](bool (*holds)(int)) { return anyOrder(name, type, value(name), holds); };
        if (negated) bad("'" + sign + "' is not expected after NOT");
        if (sign == "=") return test([](int order) { return order == 0; });
        if (sign == "!=") {
            const Test same = test([](int order) { return order == 0; });
            return [name, same](const Run& run) { return hasAttribute(run, name) && !same(run); };
        }
        if (sign == "<") return test([](int order) { return order < 0; });
        if (sign == "<=") return test([](int order) { return order <= 0; });
        if (sign == ">") return test([](int order) { return order > 0; });
        if (sign == ">=") return test([](int order) { return order >= 0; });
        bad("'" + sign + "' is not supported for " + name);
    }

    /// IN, BETWEEN and STARTS_WITH; empty when none of them stands here.
    Test listTest(const std::string& name, int type) {
        const auto same = [](int order) { return order == 0; };
        if (m_words.takeKeyword("STARTS_WITH")) {
            return [name, begin = value(name)](const Run& run) {
                const auto texts = attributeTexts(run, name);
                return std::any_of(texts.begin(), texts.end(),
                                   [&](const auto& text) { return text.starts_with(begin); });
            };
        }
        if (m_words.takeKeyword("BETWEEN")) {
            const Test low = anyOrder(name, type, value(name), [](int order) { return order >= 0; });
            if (!m_words.takeKeyword("AND")) bad("'BETWEEN' needs two values joined by AND");
            const Test high = anyOrder(name, type, value(name), [](int order) { return order <= 0; });
            return [low, high](const Run& run) { return low(run) && high(run); };
        }
        if (!m_words.takeKeyword("IN")) return nullptr;
        if (!m_words.takeSign("(")) bad("'IN' needs a list in brackets");
        Test any = [](const Run&) { return false; };
        do
            any = [left = any, right = anyOrder(name, type, value(name), same)](const Run& run) {
                return left(run) || right(run);
            };
        while (m_words.takeSign(","));
        if (!m_words.takeSign(")")) bad("the list after 'IN' is not closed");
        return any;
    }

    const std::map<std::string, int>& m_attributes;
    Words m_words;
};

}  // namespace

Filter parseFilter(const std::string& query, const std::map<std::string, int>& attributes) {
    return Parser(query, attributes).parse();
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
