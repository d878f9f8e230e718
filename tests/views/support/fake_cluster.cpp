// SPDX-License-Identifier: MIT
#include "tests/views/support/fake_cluster.h"

#include "core/base/time.h"
#include "core/payload/render.h"
#include "tests/support/strings.h"

namespace orrery::test {

using namespace gateway;
using namespace std::chrono_literals;

template <class Told>
struct FakeCluster::Watchers {
    std::map<int, Told> told;
    int last = 0;
};

struct FakeCluster::State {
    Watchers<std::pair<ListQuery, Callback<LiveList>>> lists;
    Watchers<Callback<WorkflowDescription>> descriptions;
    Watchers<Callback<HistoryTail>> histories;
    Watchers<std::function<void(ConnectionStatus)>> connections;
    ConnectionStatus connection;
    HistoryTail tail;
};

namespace {

/// Leaves the map when dropped.
template <class Told>
struct Watch final : Running {
    Watch(std::shared_ptr<void> state, std::map<int, Told>& in, int as) : keep(std::move(state)), told(in), id(as) {}
    ~Watch() override { told.erase(id); }
    std::shared_ptr<void> keep;
    std::map<int, Told>& told;
    int id;
};

template <class Watchers, class Told>
Subscription watch(std::shared_ptr<void> state, Watchers& watchers, Told told) {
    const int id = ++watchers.last;
    watchers.told.emplace(id, std::move(told));
    return Subscription(std::make_unique<Watch<Told>>(std::move(state), watchers.told, id));
}

QString line(const char* verb, const std::string& workflowId, const std::string& rest) {
    return text(std::string(verb) + " " + workflowId + " " + rest).trimmed();
}

std::string arguments(const payload::Payloads& input) { return "[" + payload::renderPayloads(input) + "]"; }

}  // namespace

FakeCluster::FakeCluster() : m_state(std::make_shared<State>()) {}
FakeCluster::~FakeCluster() = default;

WorkflowRow& FakeCluster::addRow(const std::string& workflowId, WorkflowStatus status) {
    WorkflowRow row;
    row.key = {workflowId, "01a1fb8e-0000-4000-8000-" + workflowId};
    row.type = "OrderApproval";
    row.taskQueue = "samples";
    row.status = status;
    row.startTime = *base::parseTimestamp("2026-03-10T08:00:00Z") + std::chrono::minutes(rows.size());
    if (status != WorkflowStatus::Running) row.closeTime = *row.startTime + 38ms;
    row.historyLength = 12;
    rows.insert(rows.begin(), row);
    return rows.front();
}

LiveList FakeCluster::matching(const ListQuery& query) const {
    auto page = std::make_shared<WorkflowPage>();
    LiveList list;
    for (const WorkflowRow& row : rows) {
        const std::string status(history::workflowStatusName(row.status));
        if (!query.query.empty() && query.query.find("'" + status + "'") == std::string::npos) continue;
        if (!row.key.workflowId.starts_with(query.text) && !row.type.starts_with(query.text)) continue;
        page->rows.push_back(row);
        ++list.counts.total;
        ++list.counts.byStatus[row.status];
    }
    list.page = page;
    return list;
}

void FakeCluster::tellList() {
    const auto told = m_state->lists.told;
    for (const auto& [id, watcher] : told)
        watcher.second(problem ? Outcome<LiveList>(*problem) : matching(watcher.first));
}

void FakeCluster::tellDescription() {
    const auto told = m_state->descriptions.told;
    for (const auto& [id, callback] : told) callback(problem ? Outcome<WorkflowDescription>(*problem) : description);
}

void FakeCluster::tellConnection(ConnectionStatus status) {
    m_state->connection = status;
    const auto told = m_state->connections.told;
    for (const auto& [id, callback] : told) callback(status);
}

void FakeCluster::tellHistory(HistoryTail tail) {
    m_state->tail = tail;
    const auto told = m_state->histories.told;
    for (const auto& [id, callback] : told) callback(tail);
}

template <class T>
Request FakeCluster::answer(const Callback<T>& callback, T value) {
    callback(problem ? Outcome<T>(*problem) : Outcome<T>(std::move(value)));
    return {};
}

ClusterInfo FakeCluster::info() const { return {"127.0.0.1:7233", ClusterKind::Embedded, "default", "0.1", "test"}; }

Subscription FakeCluster::watchConnection(std::function<void(ConnectionStatus)> callback) {
    callback(m_state->connection);
    return watch(m_state, m_state->connections, std::move(callback));
}

Request FakeCluster::listWorkflows(ListQuery query, Callback<WorkflowPage> callback) {
    return answer(callback, WorkflowPage(*matching(query).page));
}

Request FakeCluster::countWorkflows(ListQuery query, Callback<WorkflowCounts> callback) {
    return answer(callback, WorkflowCounts(matching(query).counts));
}

Subscription FakeCluster::watchWorkflows(ListQuery query, Callback<LiveList> callback) {
    callback(problem ? Outcome<LiveList>(*problem) : matching(query));
    return watch(m_state, m_state->lists, std::pair(std::move(query), std::move(callback)));
}

Request FakeCluster::describe(WorkflowKey, Callback<WorkflowDescription> callback) {
    return answer(callback, WorkflowDescription(description));
}

Subscription FakeCluster::watchDescription(WorkflowKey, Callback<WorkflowDescription> callback) {
    callback(problem ? Outcome<WorkflowDescription>(*problem) : description);
    return watch(m_state, m_state->descriptions, std::move(callback));
}

Request FakeCluster::handlers(WorkflowKey, Callback<Handlers> callback) { return answer(callback, Handlers(known)); }

Subscription FakeCluster::openHistory(WorkflowKey, Callback<HistoryTail> callback) {
    if (problem) callback(*problem);
    if (m_state->tail.history) callback(m_state->tail);
    return watch(m_state, m_state->histories, std::move(callback));
}

Request FakeCluster::start(StartRequest request, Callback<WorkflowKey> callback) {
    calls << line("start", request.workflowId,
                  request.type + " on " + request.taskQueue + " " + arguments(request.input));
    return answer(callback, WorkflowKey{request.workflowId, "run-1"});
}

Request FakeCluster::signal(SignalRequest request, Callback<Done> callback) {
    calls << line("signal", request.workflow.workflowId, request.name + " " + arguments(request.input));
    return answer(callback, Done{});
}

Request FakeCluster::query(QueryRequest request, Callback<QueryAnswer> callback) {
    calls << line("query", request.workflow.workflowId, request.name + " " + arguments(request.input));
    return answer(callback, QueryAnswer(queryAnswer));
}

Request FakeCluster::update(UpdateRequest request, Callback<UpdateAnswer> callback) {
    calls << line("update", request.workflow.workflowId, request.name + " " + arguments(request.input));
    return answer(callback, UpdateAnswer(updateAnswer));
}

Request FakeCluster::cancel(WorkflowKey workflow, std::string reason, Callback<Done> callback) {
    calls << line("cancel", workflow.workflowId, reason);
    return answer(callback, Done{});
}

Request FakeCluster::terminate(WorkflowKey workflow, std::string reason, Callback<Done> callback) {
    calls << line("terminate", workflow.workflowId, reason);
    return answer(callback, Done{});
}

}  // namespace orrery::test
