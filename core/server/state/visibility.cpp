// SPDX-License-Identifier: MIT
// List and Count.
#include <algorithm>
#include <map>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/json.h"
#include "core/payload/proto.h"
#include "core/server/state/describe.h"
#include "core/server/state/filter.h"
#include "core/server/state/filter_fields.h"
#include "core/server/state/methods.h"
#include "core/server/state/tokens.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

std::optional<ListPlace> readPlace(const std::string& pageToken) {
    if (pageToken.empty()) return std::nullopt;
    const Token token = readPageToken(TokenKind::List, pageToken);
    return ListPlace{base::Timestamp(base::Duration(token.first)), base::Timestamp(base::Duration(token.second)),
                     token.runId};
}

std::string writePlace(const Run& run) {
    const ListPlace place = listPlace(run);
    Token token;
    token.kind = TokenKind::List;
    token.first = place.closed.time_since_epoch().count();
    token.second = place.started.time_since_epoch().count();
    token.runId = place.runId;
    return writeToken(token);
}

/// Lists say less than descriptions: sizes are only known of runs that have ended.
void fillListed(const World& world, const Run& run, temporal::api::workflow::v1::WorkflowExecutionInfo* info) {
    fillInfo(world, run, info);
    info->clear_first_run_id();
    info->clear_priority();
    if (info->search_attributes().indexed_fields().empty()) info->clear_search_attributes();
    if (!run.open()) return;
    info->clear_history_length();
    info->clear_history_size_bytes();
    info->clear_state_transition_count();
}

/// One page of the runs that the filter takes. As with the real server a full page has a token even if nothing follows.
template <typename Response>
std::unique_ptr<Response> page(World& world, const std::string& ns, const Filter& filter, int32_t pageSize,
                               const std::string& pageToken) {
    const int32_t most = std::max<int32_t>(world.limits().visibilityPage, 1);
    const int size = pageSize <= 0 ? most : std::min(pageSize, most);
    auto response = std::make_unique<Response>();
    const Run* last = nullptr;
    world.visitListed(ns, filter.key, readPlace(pageToken), [&](const Run& run) {
        if (!filter.takes(run)) return true;
        fillListed(world, run, response->add_executions());
        last = &run;
        return response->executions_size() < size;
    });
    if (response->executions_size() == size) response->set_next_page_token(writePlace(*last));
    return response;
}

template <typename Response, typename Request>
std::unique_ptr<Response> listByQuery(World& world, const Request& request) {
    const Filter filter = parseFilter(request.query(), world.namespaceOf(request.namespace_()));
    return page<Response>(world, request.namespace_(), filter, request.page_size(), request.next_page_token());
}

std::unique_ptr<api::ListWorkflowExecutionsResponse> list(World& world,
                                                          const api::ListWorkflowExecutionsRequest& request) {
    return listByQuery<api::ListWorkflowExecutionsResponse>(world, request);
}

std::unique_ptr<api::ScanWorkflowExecutionsResponse> scan(World& world,
                                                          const api::ScanWorkflowExecutionsRequest& request) {
    return listByQuery<api::ScanWorkflowExecutionsResponse>(world, request);
}

/// What the older two calls ask for beside open or closed. An end that is missing is no border.
template <typename Request>
Filter olderFilter(const Request& request) {
    const auto& times = request.start_time_filter();
    const auto earliest =
        times.has_earliest_time() ? payload::fromProto(times.earliest_time()) : base::Timestamp::min();
    const auto latest = times.has_latest_time() ? payload::fromProto(times.latest_time()) : base::Timestamp::max();
    if (earliest > latest) {
        throw invalidArgument("EarliestTime in StartTimeFilter should not be larger than LatestTime.");
    }
    Filter filter;
    if (request.has_execution_filter()) filter.key.workflowId = request.execution_filter().workflow_id();
    if (request.has_type_filter()) filter.key.workflowType = request.type_filter().name();
    filter.condition = [key = filter.key, earliest, latest](const Run& run) {
        // The real server holds the times of closed runs against when they closed.
        const base::Timestamp time = run.open() ? run.startTime : run.closeTime;
        if (time < earliest || time > latest) return Truth::No;
        const bool takes = (!key.workflowId || run.workflowId == *key.workflowId) &&
                           (!key.workflowType || run.typeName() == *key.workflowType);
        return takes ? Truth::Yes : Truth::No;
    };
    return filter;
}

std::unique_ptr<api::ListOpenWorkflowExecutionsResponse> listOpen(
    World& world, const api::ListOpenWorkflowExecutionsRequest& request) {
    world.namespaceOf(request.namespace_());
    Filter filter = olderFilter(request);
    filter.key.status = enums::WORKFLOW_EXECUTION_STATUS_RUNNING;
    filter.condition = [older = std::move(filter.condition)](const Run& run) {
        return run.open() ? older(run) : Truth::No;
    };
    return page<api::ListOpenWorkflowExecutionsResponse>(world, request.namespace_(), filter,
                                                         request.maximum_page_size(), request.next_page_token());
}

std::unique_ptr<api::ListClosedWorkflowExecutionsResponse> listClosed(
    World& world, const api::ListClosedWorkflowExecutionsRequest& request) {
    world.namespaceOf(request.namespace_());
    const auto status = request.status_filter().status();
    if (request.has_status_filter() && (status == temporal::api::enums::v1::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED ||
                                        status == temporal::api::enums::v1::WORKFLOW_EXECUTION_STATUS_RUNNING)) {
        throw invalidArgument("StatusFilter must be specified and must be not Running.");
    }
    Filter filter = olderFilter(request);
    if (request.has_status_filter()) filter.key.status = int(status);
    filter.condition = [older = std::move(filter.condition)](const Run& run) {
        return run.open() ? Truth::No : older(run);
    };
    return page<api::ListClosedWorkflowExecutionsResponse>(world, request.namespace_(), filter,
                                                           request.maximum_page_size(), request.next_page_token());
}

std::unique_ptr<api::ListArchivedWorkflowExecutionsResponse> listArchived(
    World& world, const api::ListArchivedWorkflowExecutionsRequest& request) {
    world.namespaceOf(request.namespace_());
    throw invalidArgument("Cluster is not configured for visibility archival.");
}

/// What a group has in common: a status in the order of their numbers, or the text of an attribute, the missing first.
struct Group {
    int status = 0;
    std::optional<std::string> text;
    auto operator<=>(const Group&) const = default;
};

common::Payload groupValue(const std::optional<std::string>& text) {
    common::Payload value;
    (*value.mutable_metadata())["type"] = "Keyword";
    (*value.mutable_metadata())["encoding"] = text ? "json/plain" : "binary/null";
    if (text) value.set_data(payload::quoteJson(*text));
    return value;
}

std::unique_ptr<api::CountWorkflowExecutionsResponse> count(World& world,
                                                            const api::CountWorkflowExecutionsRequest& request) {
    const Namespace& ns = world.namespaceOf(request.namespace_());
    const Filter filter = parseFilter(request.query(), ns);
    auto response = std::make_unique<api::CountWorkflowExecutionsResponse>();
    const bool byStatus = filter.groupBy == "ExecutionStatus";
    const TextReader read = filter.groupBy && !byStatus ? textReader(*filterField(ns, *filter.groupBy)) : nullptr;
    std::map<Group, int64_t> groups;
    int64_t total = 0;
    world.visitListed(request.namespace_(), filter.key, std::nullopt, [&](const Run& run) {
        if (!filter.takes(run)) return true;
        ++total;
        if (byStatus) ++groups[{int(run.status), statusName(run.status)}];
        if (read) ++groups[{0, read(run)}];
        return true;
    });
    response->set_count(total);
    for (const auto& [group, number] : groups) {
        auto* added = response->add_groups();
        added->set_count(number);
        *added->add_group_values() = groupValue(group.text);
    }
    return response;
}

}  // namespace

void addVisibilityMethods(Methods& methods) {
    methods.add("ListWorkflowExecutions", list);
    methods.add("ScanWorkflowExecutions", scan);
    methods.add("ListOpenWorkflowExecutions", listOpen);
    methods.add("ListClosedWorkflowExecutions", listClosed);
    methods.add("ListArchivedWorkflowExecutions", listArchived);
    methods.add("CountWorkflowExecutions", count);
}

}  // namespace orrery::server
