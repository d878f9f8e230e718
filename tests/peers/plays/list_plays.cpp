// SPDX-License-Identifier: MIT
// Search attributes, memos, lists and counts.
#include <temporal/api/operatorservice/v1/request_response.pb.h>

#include "tests/peers/plays/commands.h"
#include "tests/peers/plays/scripts.h"

namespace orrery::test {
namespace {

constexpr const char* kAdd = "OperatorService/AddSearchAttributes";

/// One of each type, known from now on.
void addAttributes(Play& p) {
    std::string request;
    for (const char* type : {"BOOL", "INT", "DOUBLE", "DATETIME", "KEYWORD", "KEYWORD_LIST", "TEXT"}) {
        request +=
            std::string("search_attributes { key: 'Play_") + type + "' value: INDEXED_VALUE_TYPE_" + type + " } ";
    }
    p.ask<temporal::api::operatorservice::v1::AddSearchAttributesResponse>(kAdd, request);
}

std::string field(const std::string& name, const std::string& data) {
    return "indexed_fields { key: '" + name + "' value { " + json(data) + " } } ";
}

/// Three runs a, b and c of the script, which all its filters name with AND: a and b have attributes, b is closed.
void three(Play& p) {
    addAttributes(p);
    p.start("$w-a", "search_attributes { " + field("Play_BOOL", "true") + field("Play_INT", "12") +
                        field("Play_DOUBLE", "1.5") + field("Play_DATETIME", "\"2026-01-02T03:04:05.125Z\"") +
                        field("Play_KEYWORD", "\"red\"") + field("Play_KEYWORD_LIST", "[\"x\",\"y z\"]") +
                        field("Play_TEXT", "\"The quick-brown fox\"") + " }");
    p.start("$w-b", "search_attributes { " + field("Play_BOOL", "false") + field("Play_INT", "-3") +
                        field("Play_DOUBLE", "20") + field("Play_DATETIME", "\"2027-01-02T03:04:05.125Z\"") +
                        field("Play_KEYWORD", "\"blue its\"") + field("Play_KEYWORD_LIST", "[\"x\"]") +
                        field("Play_TEXT", "\"Jumps over\"") + " }");
    p.terminate("workflow_execution { workflow_id: '$w-b' }");
    p.start("$w-c", "");
    p.counted("TaskQueue = '$q'", 3);
    p.counted("TaskQueue = '$q' AND CloseTime IS NOT NULL", 1);
}

/// Who each of the filters takes.
void takes(Play& p, std::initializer_list<const char*> filters) {
    three(p);
    for (const char* filter : filters) p.taken("TaskQueue = '$q' AND (" + std::string(filter) + ")");
    for (const char* each : {"a", "c"})
        p.terminate(std::string("workflow_execution { workflow_id: '$w-") + each + "' }");
}

constexpr PlayScript kPlays[] = {
    {"attributes from the start",
     [](Play& p) {
         three(p);
         p.describe("$w-a");
         p.list("WorkflowId = '$w-a'", 1);
         p.list("WorkflowId = '$w-b'", 1);
     }},
    {"attributes are upserted",
     [](Play& p) {
         addAttributes(p);
         p.start("search_attributes { " + field("Play_INT", "1") + " }");
         p.step({upsert("Play_INT", json("2")), upsert("Play_KEYWORD", json("\"late\"")), timer("t")});
         p.describe();
         p.signal("s");
         p.step({upsert("Play_INT", json("null")), upsert("Play_KEYWORD", json("[]"))});
         p.list("WorkflowId = '$w' AND Play_INT IS NULL", 1);
         p.terminate();
     }},
    {"attributes of wrong types",
     [](Play& p) {
         addAttributes(p);
         for (const char* type : {"BOOL", "INT", "DOUBLE", "DATETIME", "KEYWORD", "TEXT"}) {
             p.start(std::string("$w-") + type, "");
             p.step({upsert(std::string("Play_") + type, json("{}"))});
             p.step({done()});
         }
     }},
    {"attributes nobody knows",
     [](Play& p) {
         p.start();
         p.step({upsert("Nobody", json("1"))});
         p.step({upsert("ExecutionStatus", json("\"Running\"")), done()});
         p.terminate();
     }},
    {"attributes of the server",
     [](Play& p) {
         p.start();
         p.step(
             {upsert("TemporalChangeVersion", json("[\"fix-1\"]")), upsert("BuildIds", json("[\"b\"]")), timer("t")});
         p.describe();
         p.list("WorkflowId = '$w' AND TemporalChangeVersion = 'fix-1'", 1);
         p.terminate();
     }},
    {"attributes go on in the next run",
     [](Play& p) {
         addAttributes(p);
         p.start("search_attributes { " + field("Play_INT", "1") + " } memo { fields { key: 'm' value { " + json("1") +
                 " } } }");
         p.step({again("search_attributes { " + field("Play_KEYWORD", "\"k\"") + " }")});
         p.next();
         p.describe();
         p.step({done()});
     }},
    {"memo changes",
     [](Play& p) {
         p.start("memo { fields { key: 'a' value { " + json("1") + " } } fields { key: 'b' value { " + json("2") +
                 " } } }");
         p.step({memo("b", json("3")), memo("c", json("4")),
                 memo("a", "metadata { key: 'encoding' value: 'binary/null' }"), timer("t")});
         p.describe();
         p.terminate();
         p.list("WorkflowId = '$w' AND ExecutionStatus = 'Terminated'", 1);
     }},
    {"attributes are added and removed",
     [](Play& p) {
         addAttributes(p);
         p.call(kAdd, "search_attributes { key: 'Play_INT' value: INDEXED_VALUE_TYPE_TEXT }");
         p.call(kAdd, "");
         p.call(kAdd, "search_attributes { key: 'WorkflowId' value: INDEXED_VALUE_TYPE_TEXT }");
         p.call(kAdd, "search_attributes { key: 'TemporalOwn' value: INDEXED_VALUE_TYPE_TEXT }");
         p.call("OperatorService/RemoveSearchAttributes", "search_attributes: 'Nobody'");
         p.call("OperatorService/RemoveSearchAttributes", "search_attributes: 'WorkflowId'");
         p.call("OperatorService/RemoveSearchAttributes", "");
         p.note("-");
         p.note("-");
     }},
    {"filters of ids and types",
     [](Play& p) {
         takes(p, {"WorkflowId = '$w-a'", "WorkflowId != '$w-a'", "WorkflowId IN ('$w-a', '$w-c')",
                   "WorkflowId NOT IN ('$w-a')", "WorkflowId STARTS_WITH '$w-'", "WorkflowId NOT STARTS_WITH '$w-'",
                   "WorkflowId STARTS_WITH '%'", "WorkflowType = 'T'", "WorkflowType = 't'", "`WorkflowId` = \"$w-b\"",
                   "WorkflowId > '$w-a'", "WorkflowId BETWEEN '$w-a' AND '$w-b'",
                   "WorkflowId NOT BETWEEN '$w-a' AND '$w-b'", "TaskQueue = 'x'", "RunId = '$r'", "RunId IS NULL",
                   "ParentWorkflowId IS NULL", "RootWorkflowId = '$w-a'", "TemporalWorkflowId = '$w-a'"});
     }},
    {"filters of states",
     [](Play& p) {
         takes(p, {"ExecutionStatus = 'Running'",
                   "ExecutionStatus = 1",
                   "ExecutionStatus != 'Running'",
                   "ExecutionStatus IN ('Running', 'Terminated')",
                   "ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_TERMINATED'",
                   "NOT ExecutionStatus = 'Running'",
                   "ExecutionStatus = 'Running' OR ExecutionStatus = 'Terminated'",
                   "CloseTime IS NULL",
                   "CloseTime IS NOT NULL",
                   "NOT (CloseTime > '2020-01-01T00:00:00Z')",
                   "CloseTime > '2020-01-01T00:00:00Z'",
                   "StartTime > '2020-01-01T00:00:00Z'",
                   "StartTime < 1000",
                   "StartTime > 1000",
                   "StartTime BETWEEN '2020-01-01T00:00:00Z' AND '2100-01-01T00:00:00+01:00'",
                   "ExecutionDuration < '1h'",
                   "ExecutionDuration < '00:30:00'",
                   "ExecutionDuration > 5000000000000",
                   "ExecutionDuration IS NULL",
                   "HistoryLength = 3",
                   "HistoryLength > 100",
                   "ScheduleId = '$w-a'"});
     }},
    {"filters of attributes",
     [](Play& p) {
         takes(p, {"Play_BOOL = true",
                   "Play_BOOL != true",
                   "Play_BOOL = false OR Play_INT = 12",
                   "Play_INT = 12",
                   "Play_INT > 0",
                   "Play_INT < 0",
                   "Play_INT <= -3",
                   "Play_INT IN (12, 13)",
                   "Play_INT NOT IN (12)",
                   "Play_INT BETWEEN -5 AND 5",
                   "Play_INT NOT BETWEEN -5 AND 5",
                   "Play_INT != 12",
                   "NOT Play_INT = 12",
                   "Play_INT IS NULL",
                   "Play_INT IS NOT NULL",
                   "Play_INT < 12.5",
                   "Play_DOUBLE = 1.5",
                   "Play_DOUBLE >= 1.5",
                   "Play_DOUBLE > 1e1",
                   "Play_DOUBLE < -1",
                   "Play_DATETIME < '2026-06-01T00:00:00Z'",
                   "Play_DATETIME BETWEEN '2026-06-01T00:00:00Z' AND '2028-01-01T00:00:00Z'",
                   "Play_KEYWORD = 'red'",
                   "Play_KEYWORD = 'RED'",
                   "Play_KEYWORD STARTS_WITH 're'",
                   "Play_KEYWORD NOT STARTS_WITH 're'",
                   "Play_KEYWORD != 'red'",
                   "Play_KEYWORD IN ('red', 'green')",
                   "Play_KEYWORD > 'c'"});
     }},
    {"filters of lists and texts",
     [](Play& p) {
         takes(p,
               {"Play_KEYWORD_LIST = 'x'", "Play_KEYWORD_LIST = 'y z'", "Play_KEYWORD_LIST = 'y'",
                "Play_KEYWORD_LIST != 'y z'", "Play_KEYWORD_LIST IN ('q', 'y z')",
                "Play_KEYWORD_LIST NOT IN ('q', 'y z')", "Play_KEYWORD_LIST IS NULL", "Play_KEYWORD_LIST IS NOT NULL",
                "NOT Play_KEYWORD_LIST = 'y z'", "Play_TEXT = 'quick'", "Play_TEXT = 'QUICK'", "Play_TEXT = 'slow fox'",
                "Play_TEXT = 'quick-brown'", "Play_TEXT = 'brown-quick'", "Play_TEXT = 'qui'", "Play_TEXT != 'quick'",
                "Play_TEXT IS NULL", "Play_TEXT IS NOT NULL", "NOT Play_TEXT = 'quick'"});
     }},
    {"filters with NOT, OR and brackets",
     [](Play& p) {
         takes(p, {"NOT (Play_INT = 12 OR Play_INT = -3)", "NOT (Play_INT = 12 AND CloseTime IS NULL)",
                   "Play_INT = 12 OR Play_INT = -3 AND CloseTime IS NULL",
                   "(Play_INT = 12 OR Play_INT = -3) AND CloseTime IS NULL", "NOT NOT Play_INT = 12",
                   "not Play_INT = 12 and not CloseTime is null", "((Play_INT = 12))",
                   "Play_INT = 12 && CloseTime IS NULL || Play_INT = -3",
                   "Play_INT = 12 -- the rest of the line is a comment)\n", "Play_INT /* a comment */ = 12"});
     }},
    {"filters that are refused",
     [](Play& p) {
         for (const char* filter : {"WorkflowId ~ 'a'",
                                    "WorkflowId = 'a' OR",
                                    "(WorkflowId = 'a'))",
                                    "WorkflowId == 'a'",
                                    "WorkflowId = 'a' 'b'",
                                    "= 'a'",
                                    "AND",
                                    "WorkflowId IN ()",
                                    "WorkflowId BETWEEN 'a' OR 'b'",
                                    "RunId = 1 ORDER BY",
                                    "WorkflowId = 'a' GROUP",
                                    "WorkflowId = 'a",
                                    "WorkflowId = 'a'; drop table x",
                                    "WorkflowId = 'a' LIMIT",
                                    "`WorkflowId = 'a'",
                                    "WorkflowId IS 1",
                                    "NOT",
                                    "WorkflowId NOT = 'a'",
                                    "WorkflowId = NOT 'a'",
                                    "WorkflowId IN 'a'",
                                    "(((",
                                    "WorkflowId = 12a",
                                    "WorkflowId = 'a' -- b\n OR",
                                    "WorkflowId BETWEEN 'a'",
                                    "WorkflowId = 'a' AND AND RunId = 'b'",
                                    "ExecutionStatus = 'Sleeping'",
                                    "StartTime > 'noon'",
                                    "WorkflowId = upper('a')"}) {
             p.refused(filter);
         }
     }},
    {"pages",
     [](Play& p) {
         three(p);
         auto page = p.ask<wsv::ListWorkflowExecutionsResponse>("ListWorkflowExecutions",
                                                                "page_size: 1 query: \"TaskQueue = '$q'\"");
         for (int i = 0; i < 4 && !page.next_page_token().empty(); ++i) {
             p.note("page of " + std::to_string(page.executions_size()));
             page = p.ask<wsv::ListWorkflowExecutionsResponse>(
                 "ListWorkflowExecutions",
                 "page_size: 1 query: \"TaskQueue = '$q'\" " + Play::bytes("next_page_token", page.next_page_token()));
         }
         p.note("last page of " + std::to_string(page.executions_size()));
         for (const char* each : {"a", "c"})
             p.terminate(std::string("workflow_execution { workflow_id: '$w-") + each + "' }");
     }},
    {"counts by status",
     [](Play& p) {
         three(p);
         p.call("CountWorkflowExecutions", "query: \"TaskQueue = '$q' GROUP BY ExecutionStatus\"");
         p.call("CountWorkflowExecutions", "query: \"TaskQueue = '$q'\"");
         p.call("CountWorkflowExecutions", "query: \"WorkflowId = '$w-nobody' GROUP BY ExecutionStatus\"");
         p.terminate("workflow_execution { workflow_id: '$w-a' }");
     }},
    {"older lists",
     [](Play& p) {
         three(p);
         const std::string times =
             "start_time_filter { earliest_time { seconds: 1 } latest_time { seconds: 4000000000 } } ";
         p.call("ListOpenWorkflowExecutions", times + "execution_filter { workflow_id: '$w-a' }");
         p.call("ListOpenWorkflowExecutions", times + "execution_filter { workflow_id: '$w-b' }");
         p.call("ListClosedWorkflowExecutions", times + "execution_filter { workflow_id: '$w-b' }");
         p.call("ListClosedWorkflowExecutions", times + "status_filter { status: WORKFLOW_EXECUTION_STATUS_RUNNING }");
     }},
};

}  // namespace

std::span<const PlayScript> listPlays() { return kPlays; }

}  // namespace orrery::test
