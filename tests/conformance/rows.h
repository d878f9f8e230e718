// SPDX-License-Identifier: MIT
// The requests of tests/data/conformance/requests.json: data, so that any server can be asked the same.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace orrery::test {

using Json = nlohmann::ordered_json;

/// One call of a row or of what has to happen before it.
struct Step {
    std::string rpc;                          ///< "StartWorkflowExecution", or "OperatorService/AddSearchAttributes"
    Json request;                             ///< as protobuf JSON, with ${variables} still in it
    std::map<std::string, std::string> save;  ///< variable -> path in the answer ("executions.0.runId")
    bool aside = false;                       ///< a call that waits: nobody waits for its answer
};

/// One request whose answer counts.
struct Row {
    std::string name;  ///< "<rpc>: <what is wrong with it>", unique
    std::vector<Step> before;
    Step step;
    std::vector<std::string> answer;  ///< fields of a good answer that belong to the table
    bool events = false;              ///< what the request left in the history of ${id} belongs to the table
};

struct Rows {
    std::vector<Step> first;  ///< once, before all rows
    std::vector<Row> rows;
};

/// Reads and checks the file. Throws std::exception with a message that names the place when it is not well formed.
Rows readRows(const std::string& path);

using Variables = std::map<std::string, std::string>;

/// Replaces ${name} by the variable, ${<text>*<number>} by the text repeated. Throws std::runtime_error for an unknown
/// variable.
Json expand(const Json& value, const Variables& variables);

/// Follows "executions.0.runId"; null when there is no such place.
Json at(const Json& value, const std::string& path);

}  // namespace orrery::test
