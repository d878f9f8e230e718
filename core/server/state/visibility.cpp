// SPDX-License-Identifier: MIT
// List and Count.
#include <algorithm>
#include <map>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

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

std::unique_ptr<api::ListWorkflowExecutionsResponse> list(World& world,
                                                          const api::ListWorkflowExecutionsRequest& request) {
    const auto& attributes = world.namespaceOf(request.namespace_()).searchAttributes;
    const Filter filter = parseFilter(request.query(), attributes);
    if (filter.groupByStatus) throw invalidArgument("invalid query: 'GROUP BY' is only for counting");
    std::vector<const Run*> runs = select(world, request.namespace_(), filter);
    const size_t size = size_t(request.page_size() <= 0 ? kMostPerPage : std::min(request.page_size(), kMostPerPage));
    size_t first = 0;
    if (!request.next_page_token().empty()) {
        first = std::min(size_t(readPageToken(TokenKind::List, request.next_page_token()).first), runs.size());
    }
    const size_t end = std::min(runs.size(), first + size);
    std::partial_sort(runs.begin(), runs.begin() + long(end), runs.end(), before);
    auto response = std::make_unique<api::ListWorkflowExecutionsResponse>();
    for (size_t i = first; i < end; ++i) fillInfo(world, *runs[i], response->add_executions());
    if (end < runs.size()) {
        Token token;
        token.kind = TokenKind::List;
        token.first = int64_t(end);
        response->set_next_page_token(writeToken(token));
    }
    return response;
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
    methods.add("CountWorkflowExecutions", count);
}

}  // namespace orrery::server
