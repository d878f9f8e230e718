// SPDX-License-Identifier: MIT
// What holds when all has come to rest.
#include "core/payload/proto.h"
#include "core/worker/run.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/program.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/workers.h"

namespace orrery::simulation {

using server::Run;

namespace {

std::string unquoted(const std::string& json) { return json.size() < 2 ? json : json.substr(1, json.size() - 2); }

}  // namespace

void Oracle::checkEnd(const Network& network) {
    readHistories();
    for (const auto& run : m_world.runs) {
        if (run->open())
            throw Violation("comes-to-an-end", "the run is still open when all has come to rest", run->runId);
    }
    m_seen.ledger.checkAll();
    for (const auto& run : m_world.runs) replay(*run);
    checkLeaks(network);
}

/// The code has seen every signal that the history had when the run ended, in their order, and handed them on.
void Oracle::checkResult(const Run& run) const {
    const HistoryEvent last = run.log.event(run.log.lastId());
    std::string said;
    if (last.has_workflow_execution_completed_event_attributes()) {
        const auto& payloads = last.workflow_execution_completed_event_attributes().result().payloads();
        if (payloads.empty()) throw Violation("signals-seen", "the run completed without its result", run.runId);
        said = unquoted(payloads[0].data());
    } else if (last.has_workflow_execution_continued_as_new_event_attributes()) {
        const auto& input = last.workflow_execution_continued_as_new_event_attributes().input();
        if (input.payloads_size() != 3) throw Violation("signals-seen", "the input of the next run is cut", run.runId);
        said = unquoted(input.payloads(1).data());
    } else {
        return;
    }
    std::string wanted = unquoted(run.startedEvent().input().payloads(1).data());
    for (const auto& [id, note] : rules(run).notes()) {
        if (id < rules(run).lastCompletedStart()) wanted += unquoted(note) + ",";
    }
    if (said != wanted) {
        throw Violation("signals-seen", "the code saw [" + said + "], the history has [" + wanted + "]", run.runId);
    }
}

void Oracle::replay(const Run& run) const {
    // A wild run has no code.
    if (rules(run).lastCompletedStart() == 0 || run.typeName() != kProgram) return;
    static const auto code = programs(true);
    worker::Run fresh(code, kNamespace, run.workflowId, run.runId, run.typeName());
    worker::WorkflowTask task;
    task.workflowId = run.workflowId;
    task.runId = run.runId;
    task.workflowType = run.typeName();
    for (int64_t id = 1; id <= run.log.lastId(); ++id) task.events.push_back(run.log.event(id));
    task.previousStartedEventId = run.log.lastId();
    task.legacyQuery.emplace().set_query_type("seen");
    const worker::TaskReply reply = fresh.process(std::move(task));
    if (const auto* failed = std::get_if<worker::TaskFailed>(&reply)) {
        throw Violation("replay-agrees", failed->failure.message, run.runId);
    }
    const auto* answered = std::get_if<worker::TaskAnswered>(&reply);
    if (answered == nullptr || !std::holds_alternative<definition::Payload>(answered->answer.result)) {
        throw Violation("replay-agrees", "the replayed run does not answer", run.runId);
    }
}

void Oracle::checkLeaks(const Network& network) const {
    if (m_world.due.size() != 0) throw Violation("leaks", "something is due although every run has ended");
    if (!m_world.directQueries.empty()) throw Violation("leaks", "a query is left");
    if (!m_world.sleepers.empty()) throw Violation("leaks", "a sleeper is left");
    if (m_world.held()) throw Violation("leaks", "something holds the clock although every run has ended");
    if (const auto wake = m_world.nextWake()) throw Violation("leaks", "the server wants to be woken for nothing");
    if (network.waiting() != 0) {
        throw Violation("leaks", std::to_string(network.waiting()) + " calls never got an answer");
    }
    for (const auto& run : m_world.runs) {
        if (!run->queries.empty() || !run->historyQuestions.empty()) {
            throw Violation("leaks", "the run keeps the questions of callers that have their answer", run->runId);
        }
        for (const auto& [id, update] : run->updates) {
            if (update.waits.empty()) continue;
            throw Violation("leaks", "update " + id + " keeps callers that have their answer", run->runId);
        }
    }
}

void Oracle::checkList(const api::ListWorkflowExecutionsResponse& list) const {
    if (list.executions_size() != int(m_world.runs.size())) throw Violation("visibility", "the list has other runs");
    std::set<std::string> seen;
    for (const auto& info : list.executions()) {
        const Run* run = runIn(m_world, info.execution().run_id());
        if (run == nullptr || !seen.insert(run->runId).second) throw Violation("visibility", "the list repeats a run");
        // Lists know no sizes of runs that are open.
        const int64_t length = run->open() ? 0 : rules(*run).lastId();
        const bool same = info.status() == run->status && info.history_length() == length &&
                          info.has_close_time() == !run->open() && info.execution().workflow_id() == run->workflowId;
        if (!same) throw Violation("visibility", "the list says something else than the history", run->runId);
        if (!run->open() && payload::fromProto(info.close_time()) !=
                                payload::fromProto(run->log.event(run->log.lastId()).event_time())) {
            throw Violation("visibility", "the close time is not that of the last event", run->runId);
        }
    }
}

ListedRun Oracle::listed(const Run& run) const {
    const HistoryRules& history = rules(run);
    ListedRun row;
    row.workflowId = run.workflowId;
    row.runId = run.runId;
    row.type = history.type();
    row.status = run.status;
    row.start = history.startedAt();
    row.attributes = history.attributes();
    return row;
}

void Oracle::checkSelection(const ListQuestion& question, const std::set<std::string>& told,
                            const api::CountWorkflowExecutionsResponse& count, bool grouped) const {
    std::map<std::string, int64_t> groups;
    size_t wanted = 0;
    for (const auto& run : m_world.runs) {
        const bool matches = run->ns == kNamespace && question.matches(listed(*run));
        if (matches != (told.count(run->runId) != 0)) {
            throw Violation("list-as-filter-says", question.filter + (matches ? " does not find it" : " finds it"),
                            run->runId);
        }
        if (!matches) continue;
        ++wanted;
        ++groups["\"" + statusWord(run->status) + "\""];
    }
    if (count.count() != int64_t(wanted)) {
        throw Violation("count-as-list", question.filter + " counts " + std::to_string(count.count()));
    }
    if (!grouped) return;
    for (const auto& group : count.groups()) {
        if (group.group_values_size() != 1 || groups[group.group_values(0).data()] != group.count()) {
            throw Violation("count-as-list", question.filter + " counts a group otherwise");
        }
        groups.erase(group.group_values(0).data());
    }
    if (!groups.empty()) throw Violation("count-as-list", question.filter + " leaves out a group");
}

void Oracle::checkDescription(const api::DescribeWorkflowExecutionResponse& description) const {
    const auto& info = description.workflow_execution_info();
    const Run* run = runIn(m_world, info.execution().run_id());
    if (run == nullptr) throw Violation("visibility", "a run is described that is not there");
    int activities = 0;
    for (const auto& [id, thing] : rules(*run).open()) {
        activities += thing.opened == enums::EVENT_TYPE_ACTIVITY_TASK_SCHEDULED ? 1 : 0;
    }
    for (const HistoryEvent& event : run->buffered) {
        activities -=
            attribute(event, "scheduled_event_id") != 0 && !event.has_activity_task_started_event_attributes();
    }
    if (run->open() && description.pending_activities_size() != activities) {
        throw Violation("visibility", "the description has other pending activities than the history", run->runId);
    }
    if (description.has_pending_workflow_task() != run->task.has_value()) {
        throw Violation("visibility", "the description is wrong about the workflow task", run->runId);
    }
}

}  // namespace orrery::simulation
