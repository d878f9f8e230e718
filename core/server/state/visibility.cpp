// SPDX-License-Identifier: MIT
// List and Count.
#include <algorithm>
#include <map>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/payload/proto.h"
#include "core/server/state/describe.h"
#include "core/server/state/filter.h"
#include "core/server/state/methods.h"
#include "core/server/state/tokens.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;

namespace {

constexpr int32_t kMostPerPage = 1000;

/// Running ones first, then by close time, then by start time, the newest first.
bool before(const Run* left, const Run* right) {
    if (left->open() != right->open()) return left->open();
    if (!left->open() && left->closeTime != right->closeTime) return left->closeTime > right->closeTime;
    if (left->startTime != right->startTime) return left->startTime > right->startTime;
    return left->number > right->number;
}

std::vector<const Run*> select(const World& world, const std::string& ns, const Filter& filter) {
    std::vector<const Run*> selected;
    for (const auto& run : world.runs) {
        if (run->ns == ns && (!filter.matches || filter.matches(*run))) selected.push_back(run.get());
    }
    return selected;
}

/// One page of the runs, in the order of before().
template <typename Response>
std::unique_ptr<Response> page(const World& world, std::vector<const Run*> runs, int32_t pageSize,
                               const std::string& pageToken) {
    const size_t size = size_t(pageSize <= 0 ? kMostPerPage : std::min(pageSize, kMostPerPage));
    size_t first = 0;
    if (!pageToken.empty()) first = std::min(size_t(readPageToken(TokenKind::List, pageToken).first), runs.size());
    const size_t end = std::min(runs.size(), first + size);
    std::partial_sort(runs.begin(), runs.begin() + long(end), runs.end(), before);
    auto response = std::make_unique<Response>();
    for (size_t i = first; i < end; ++i) fillInfo(world, *runs[i], response->add_executions());
    if (end < runs.size()) {
        Token token;
        token.kind = TokenKind::List;
        token.first = int64_t(end);
        response->set_next_page_token(writeToken(token));
    }
    return response;
}

template <typename Response, typename Request>
std::unique_ptr<Response> listByQuery(World& world, const Request& request) {
    const auto& attributes = world.namespaceOf(request.namespace_()).searchAttributes;
    const Filter filter = parseFilter(request.query(), attributes);
    if (filter.groupByStatus) throw invalidArgument("invalid query: 'GROUP BY' is only for counting");
    return page<Response>(world, select(world, request.namespace_(), filter), request.page_size(),
                          request.next_page_token());
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
    filter.matches = [&request, earliest, latest](const Run& run) {
        // The real server holds the times of closed runs against when they closed.
        const base::Timestamp time = run.open() ? run.startTime : run.closeTime;
        if (time < earliest || time > latest) return false;
        if (request.has_execution_filter()) return run.workflowId == request.execution_filter().workflow_id();
        return !request.has_type_filter() || run.started.workflow_type().name() == request.type_filter().name();
    };
    return filter;
}

std::unique_ptr<api::ListOpenWorkflowExecutionsResponse> listOpen(
    World& world, const api::ListOpenWorkflowExecutionsRequest& request) {
    world.namespaceOf(request.namespace_());
    std::vector<const Run*> runs = select(world, request.namespace_(), olderFilter(request));
    std::erase_if(runs, [](const Run* run) { return !run->open(); });
    return page<api::ListOpenWorkflowExecutionsResponse>(world, std::move(runs), request.maximum_page_size(),
                                                         request.next_page_token());
}

std::unique_ptr<api::ListClosedWorkflowExecutionsResponse> listClosed(
    World& world, const api::ListClosedWorkflowExecutionsRequest& request) {
    world.namespaceOf(request.namespace_());
    const auto status = request.status_filter().status();
    if (request.has_status_filter() && (status == temporal::api::enums::v1::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED ||
                                        status == temporal::api::enums::v1::WORKFLOW_EXECUTION_STATUS_RUNNING)) {
        throw invalidArgument("StatusFilter must be specified and must be not Running.");
    }
    std::vector<const Run*> runs = select(world, request.namespace_(), olderFilter(request));
    std::erase_if(
        runs, [&](const Run* run) { return run->open() || (request.has_status_filter() && run->status != status); });
    return page<api::ListClosedWorkflowExecutionsResponse>(world, std::move(runs), request.maximum_page_size(),
                                                           request.next_page_token());
}

std::unique_ptr<api::ListArchivedWorkflowExecutionsResponse> listArchived(
    World& world, const api::ListArchivedWorkflowExecutionsRequest& request) {
    world.namespaceOf(request.namespace_());
    throw invalidArgument("Cluster is not configured for visibility archival.");
}

std::unique_ptr<api::CountWorkflowExecutionsResponse> count(World& world,
                                                            const api::CountWorkflowExecutionsRequest& request) {
    const auto& attributes = world.namespaceOf(request.namespace_()).searchAttributes;
    const Filter filter = parseFilter(request.query(), attributes);
    const std::vector<const Run*> runs = select(world, request.namespace_(), filter);
    auto response = std::make_unique<api::CountWorkflowExecutionsResponse>();
    response->set_count(int64_t(runs.size()));
    if (!filter.groupByStatus) return response;
    std::map<std::string, int64_t> counts;
    for (const Run* run : runs) ++counts[statusName(run->status)];
    for (const auto& [name, number] : counts) {
        auto* group = response->add_groups();
        group->set_count(number);
        auto* value = group->add_group_values();
        (*value->mutable_metadata())["encoding"] = "json/plain";
        (*value->mutable_metadata())["type"] = "Keyword";
        value->set_data('"' + name + '"');
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
