// SPDX-License-Identifier: MIT
// What a list filter means: which runs it takes. The language is that of Temporal's server with an SQL store:
// = != < <= > >= IN BETWEEN STARTS_WITH "IS NULL" and their opposites on system, predefined and custom search
// attributes, joined by AND, OR, NOT and brackets. As in SQL, what an attribute that is missing would have to fulfil
// is neither true nor false, and NOT leaves it so.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/server/state/world.h"

namespace orrery::server {

/// In this order NOT mirrors, AND is the least and OR the greatest.
enum class Truth : int8_t { No = -1, Unknown = 0, Yes = 1 };

using Condition = std::function<Truth(const Run&)>;

struct Filter {
    Condition condition;  ///< never empty
    FilterKey key;
    /// Name of the attribute to count by; List takes no notice of it.
    std::optional<std::string> groupBy;

    bool takes(const Run& run) const { return condition(run) == Truth::Yes; }
};

/// Throws INVALID_ARGUMENT "invalid query: ..." in the words of Temporal's server.
Filter parseFilter(const std::string& query, const Namespace& ns);

/// "Running", "Completed", "ContinuedAsNew": how statuses are written in queries and groups.
std::string statusName(enums::WorkflowExecutionStatus status);

}  // namespace orrery::server
