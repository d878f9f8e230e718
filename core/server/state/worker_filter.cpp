// SPDX-License-Identifier: MIT
#include "core/server/state/worker_filter.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include <temporal/api/worker/v1/message.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/go_text.h"
#include "core/server/state/query_syntax.h"
#include "core/server/state/service_error.h"

namespace orrery::server {
namespace {

using Expression = QueryExpression;
using Kind = Expression::Kind;
using temporal::api::worker::v1::WorkerHeartbeat;

/// nullopt: it cannot be asked.
using Answer = std::optional<bool>;

std::optional<std::string> textOf(const WorkerHeartbeat& worker, const std::string& name) {
    if (name == "WorkerInstanceKey") return worker.worker_instance_key();
    if (name == "WorkerIdentity") return worker.worker_identity();
    if (name == "HostName") return worker.host_info().host_name();
    if (name == "TaskQueue") return worker.task_queue();
    if (name == "DeploymentName") return worker.deployment_version().deployment_name();
    if (name == "BuildId") return worker.deployment_version().build_id();
    if (name == "SdkName") return worker.sdk_name();
    if (name == "SdkVersion") return worker.sdk_version();
    // A keyword of the language: in lower case when it comes from a filter.
    if (name == "WorkerStatus" || name == "status" || name == "Status") {
        return goEnumName(temporal::api::enums::v1::WorkerStatus_Name(worker.status()), "WORKER_STATUS_");
    }
    return std::nullopt;
}

bool isTime(const std::string& name) { return name == "StartTime" || name == "HeartbeatTime"; }

std::optional<base::Timestamp> timeOf(const WorkerHeartbeat& worker, const std::string& name) {
    const bool start = name == "StartTime";
    if (start ? !worker.has_start_time() : !worker.has_heartbeat_time()) return std::nullopt;
    return payload::fromProto(start ? worker.start_time() : worker.heartbeat_time());
}

bool isValue(const Expression& part) { return part.kind == Kind::Value; }

std::optional<base::Timestamp> wantedTime(const Expression& part) {
    if (!isValue(part) || part.value != QueryWord::Kind::Text) return std::nullopt;
    return base::parseTimestamp(part.text);
}

Answer compareText(const std::string& value, const std::string& sign, const std::string& wanted) {
    if (wanted.empty()) return std::nullopt;
    if (sign == "=") return value == wanted;
    if (sign == "!=") return value != wanted;
    if (sign == "starts_with") return value.starts_with(wanted);
    if (sign == "not starts_with") return !value.starts_with(wanted);
    return std::nullopt;
}

Answer compareTime(base::Timestamp value, const std::string& sign, base::Timestamp wanted) {
    if (sign == "=") return value == wanted;
    if (sign == "!=") return value != wanted;
    if (sign == "<") return value < wanted;
    if (sign == "<=") return value <= wanted;
    if (sign == ">") return value > wanted;
    if (sign == ">=") return value >= wanted;
    return std::nullopt;
}

Answer comparison(const WorkerHeartbeat& worker, const Expression& expression) {
    const Expression& left = expression.parts[0];
    const Expression& right = expression.parts[1];
    if (left.kind != Kind::Name || !isValue(right)) return std::nullopt;
    if (const auto text = textOf(worker, left.text)) {
        if (right.value != QueryWord::Kind::Text) return std::nullopt;
        return compareText(*text, expression.text, right.text);
    }
    const auto wanted = wantedTime(right);
    if (!isTime(left.text) || !wanted) return std::nullopt;
    // A time that was not told counts as the first there is.
    return compareTime(timeOf(worker, left.text).value_or(base::Timestamp()), expression.text, *wanted);
}

Answer range(const WorkerHeartbeat& worker, const Expression& expression) {
    if (expression.parts[0].kind != Kind::Name || !isTime(expression.parts[0].text)) return std::nullopt;
    const auto from = wantedTime(expression.parts[1]);
    const auto to = wantedTime(expression.parts[2]);
    if (!from || !to) return std::nullopt;
    const auto value = timeOf(worker, expression.parts[0].text);
    if (!value) return false;
    const bool within = *from <= *value && *value <= *to;
    return within == (expression.text == "between");
}

Answer absence(const WorkerHeartbeat& worker, const Expression& expression) {
    const Expression& name = expression.parts[0];
    const bool wantsNone = expression.text == "is null";
    if (name.kind != Kind::Name || (!wantsNone && expression.text != "is not null")) return std::nullopt;
    if (const auto text = textOf(worker, name.text)) return text->empty() == wantsNone;
    if (!isTime(name.text)) return std::nullopt;
    return !timeOf(worker, name.text).has_value() == wantsNone;
}

Answer holds(const WorkerHeartbeat& worker, const Expression& expression) {
    switch (expression.kind) {
        case Kind::And: {
            const Answer left = holds(worker, expression.parts[0]);
            return left.value_or(false) ? holds(worker, expression.parts[1]) : left;
        }
        case Kind::Or: {
            const Answer left = holds(worker, expression.parts[0]);
            return left && !*left ? holds(worker, expression.parts[1]) : left;
        }
        case Kind::Brackets: return holds(worker, expression.parts[0]);
        case Kind::Comparison: return comparison(worker, expression);
        case Kind::Range: return range(worker, expression);
        case Kind::Is: return absence(worker, expression);
        default: return std::nullopt;
    }
}

std::string trimmed(const std::string& text) {
    constexpr const char* kBlanks = " \t\r\n\f\v";
    const size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The words of such refusals are those of lists but for the beginning.
QuerySyntax parsed(const std::string& filter) {
    try {
        return parseQuery(filter);
    } catch (const ServiceError& error) {
        constexpr std::string_view kOfLists = "invalid query: malformed SQL query: ";
        const std::string_view why = error.what();
        if (!why.starts_with(kOfLists)) throw;
        throw invalidArgument("malformed query: " + std::string(why.substr(kOfLists.size())));
    }
}

}  // namespace

WorkerFilter workerFilter(const std::string& query) {
    if (query.empty()) return [](const WorkerHeartbeat&) { return true; };
    const std::string filter = trimmed(query);
    if (filter.empty()) throw invalidArgument("malformed query: syntax error");
    std::string head = filter.substr(0, 7);
    std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    if (head.starts_with("where ") || head == "select ") {
        throw ServiceError(base::ErrorCode::Unknown, "invalid filter: " + filter);
    }
    QuerySyntax syntax = parsed(filter);
    if (syntax.limited) throw invalidArgument("operation is not supported: 'limit' clause");
    if (!syntax.where) throw invalidArgument("operation is not supported: 'where' clause is missing");
    return [where = std::move(*syntax.where)](const WorkerHeartbeat& worker) {
        return holds(worker, where).value_or(false);
    };
}

}  // namespace orrery::server
