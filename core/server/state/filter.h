// SPDX-License-Identifier: MIT
// The visibility query language, as far as it is supported: ExecutionStatus, WorkflowType, WorkflowId, RunId,
// StartTime, CloseTime, TaskQueue and custom search attributes with = != < <= > >= IN BETWEEN STARTS_WITH, joined by
// AND, OR and brackets.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/server/state/run.h"

namespace orrery::server {

struct Filter {
    std::function<bool(const Run&)> matches;  ///< empty: everything
    bool groupByStatus = false;
};

/// Throws INVALID_ARGUMENT "invalid query: ..." that names what is not understood.
/// `attributes` are the namespace's custom ones: name -> IndexedValueType.
Filter parseFilter(const std::string& query, const std::map<std::string, int>& attributes = {});

/// "Running", "Completed", "ContinuedAsNew": how statuses are written in queries and groups.
std::string statusName(enums::WorkflowExecutionStatus status);

}  // namespace orrery::server
