// SPDX-License-Identifier: MIT
#include "core/gateway/arguments.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace orrery::gateway {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// One past the JSON value that begins at `at`. Only as good as needed to tell values apart: whether it is valid JSON
/// is the parser's business.
size_t valueEnd(std::string_view text, size_t at) {
    int depth = 0;
    bool inString = false;
    for (size_t i = at; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\') ++i;
            if (c != '"') continue;
            inString = false;
            if (depth == 0) return i + 1;
        } else if (c == '"') {
            if (depth == 0 && i != at) return i;
            inString = true;
        } else if (c == '{' || c == '[') {
            if (depth == 0 && i != at) return i;
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth <= 0) return i + 1;
        } else if (depth == 0 && (c == ',' || kBlanks.find(c) != std::string_view::npos)) {
            return i;
        }
    }
    return text.size();
}

Problem problemAt(std::string_view whole, size_t offset, std::string_view what) {
    const std::string_view before = whole.substr(0, std::min(offset, whole.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t lineStart = before.rfind('\n');
    const size_t column = before.size() - (lineStart == std::string_view::npos ? 0 : lineStart + 1) + 1;
    return Problem{base::ErrorCode::InvalidArgument,
                   fmt::format("no valid JSON at line {}, column {}: {}", line, column, what),
                   {{"line", std::to_string(line)}, {"column", std::to_string(column)}}};
}

/// The value in [begin, end) of `whole`.
Outcome<payload::Payload> parseValue(std::string_view whole, size_t begin, size_t end) {
    const std::string_view text = whole.substr(begin, end - begin);
    try {
        static_cast<void>(nlohmann::json::parse(text));
    } catch (const nlohmann::json::parse_error& error) {
        const bool atEnd = error.byte > text.size();
        const size_t inText = error.byte == 0 ? 0 : error.byte - 1;
        return problemAt(whole, begin + inText, atEnd ? "the value ends too early" : "this is not expected here");
    }
    return payload::Payload{{{"encoding", "json/plain"}}, std::string(text)};
}

}  // namespace

Outcome<payload::Payload> jsonArgument(std::string_view text) {
    const std::string_view value = trimmed(text);
    if (value.empty()) return problemAt(text, 0, "there is no value (write null for none)");
    const auto begin = static_cast<size_t>(value.data() - text.data());
    return parseValue(text, begin, begin + value.size());
}

Outcome<payload::Payloads> jsonArguments(std::string_view text) {
    payload::Payloads values;
    size_t at = 0;
    bool afterComma = false;
    while (true) {
        at = text.find_first_not_of(kBlanks, at);
        if (at == std::string_view::npos) break;
        if (text[at] == ',') {
            if (afterComma || values.empty()) return problemAt(text, at, "a value is missing before this comma");
            afterComma = true;
            ++at;
            continue;
        }
        const size_t end = valueEnd(text, at);
        auto value = parseValue(text, at, end);
        if (!value.ok()) return value.problem();
        values.push_back(std::move(value).value());
        afterComma = false;
        at = end;
    }
    if (afterComma) return problemAt(text, text.size(), "a value is missing after the last comma");
    return values;
}

}  // namespace orrery::gateway
