// SPDX-License-Identifier: MIT
// The shape of a list filter, before anybody asks what its names mean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/server/state/query_words.h"

namespace orrery::server {

struct QueryExpression {
    enum class Kind : uint8_t {
        Name,        ///< text: the name; qualified ones are joined by dots
        Value,       ///< value: what kind of word, text: as written
        Truth,       ///< text: "true" or "false"
        List,        ///< parts
        Brackets,    ///< parts[0]
        Not,         ///< parts[0]
        And,         ///< parts[0], parts[1]
        Or,          ///< parts[0], parts[1]
        Comparison,  ///< text: the operator, parts[0] and parts[1]
        Range,       ///< text: "between" or "not between", parts: what, from, to
        Is,          ///< text: "is null", ..., parts[0]
        Sign,        ///< text: the unary operator, parts[0]
        Function,
        GroupConcat,
        Other  ///< what the dialect has but no filter may
    };
    Kind kind = Kind::Other;
    std::string text;
    QueryWord::Kind value = QueryWord::Kind::End;
    std::vector<QueryExpression> parts;
    /// What messages call an expression of this kind.
    std::string type;
};

struct QuerySyntax {
    std::optional<QueryExpression> where;
    std::vector<QueryExpression> groupBy;
    std::vector<QueryExpression> orderBy;
    bool limited = false;
};

/// Throws INVALID_ARGUMENT "invalid query: malformed SQL query: ..." with the place.
QuerySyntax parseQuery(const std::string& filter);

/// As messages repeat it.
std::string queryText(const QueryExpression& expression);

}  // namespace orrery::server
