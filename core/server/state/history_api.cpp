// SPDX-License-Identifier: MIT
#include "core/server/state/history_api.h"

#include <algorithm>

#include <temporal/api/workflowservice/v1/request_response.pb.h>

#include "core/server/state/checks.h"
#include "core/server/state/methods.h"
#include "core/server/state/tasks.h"
#include "core/server/state/tokens.h"

namespace orrery::server {

namespace api = temporal::api::workflowservice::v1;
using namespace std::chrono_literals;

namespace {

constexpr int64_t kNoLastEvent = 0;

std::string pageToken(const Run& run, int64_t next, int64_t last, uint64_t stamp) {
    Token token;
    token.kind = TokenKind::HistoryPage;
    token.runId = run.runId;
    token.first = next;
    token.second = last;
    token.stamp = stamp;
    return writeToken(token);
}

int64_t pageSize(const World& world, int32_t asked) {
    const int64_t most = std::max<int64_t>(world.limits().historyPage, 1);
    return asked <= 0 ? most : std::min<int64_t>(asked, most);
}

struct HistoryQuestion {
    int64_t first = 1;
    int64_t size = 0;
    bool wait = false;
    bool closeOnly = false;
    /// The caller reads the id of the next run from any close event, not from ContinuedAsNew alone.
    bool followsRuns = false;
    /// A workflow task that is in memory alone ends the history.
    bool showsPending = false;
};

/// ContinuedAsNew in the place of a close event that names a next run; nullopt where there is none. Clients that wait
/// for a result and do not say that they follow runs (Java's) would take the first attempt's failure for the outcome.
std::optional<HistoryEvent> continuedInstead(const HistoryEvent& close) {
    HistoryEvent event;
    auto* attributes = event.mutable_workflow_execution_continued_as_new_event_attributes();
    if (close.has_workflow_execution_completed_event_attributes()) {
        const auto& from = close.workflow_execution_completed_event_attributes();
        attributes->set_new_execution_run_id(from.new_execution_run_id());
        if (from.has_result()) *attributes->mutable_last_completion_result() = from.result();
    } else if (close.has_workflow_execution_failed_event_attributes()) {
        const auto& from = close.workflow_execution_failed_event_attributes();
        attributes->set_new_execution_run_id(from.new_execution_run_id());
        *attributes->mutable_failure() = from.failure();
    } else if (close.has_workflow_execution_timed_out_event_attributes()) {
        attributes->set_new_execution_run_id(
            close.workflow_execution_timed_out_event_attributes().new_execution_run_id());
        attributes->mutable_failure()->set_message("workflow timeout");
        attributes->mutable_failure()->set_source("Server");
        attributes->mutable_failure()->mutable_timeout_failure_info()->set_timeout_type(
            enums::TIMEOUT_TYPE_START_TO_CLOSE);
    }
    if (attributes->new_execution_run_id().empty()) return std::nullopt;
    event.set_event_type(enums::EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
    event.set_event_id(close.event_id());
    event.set_task_id(close.task_id());
    *event.mutable_event_time() = close.event_time();
    return event;
}

HistoryPage closePage(const Run& run, bool followsRuns) {
    const int64_t last = run.log.lastId();
    if (!followsRuns) {
        if (const auto instead = continuedInstead(run.log.event(last))) {
            HistoryPage page;
            appendEvent(*instead, &page.events);
            return page;
        }
    }
    return {std::string(run.log.range(last, last)), {}, last};
}

void answerHistory(World& world, const CallPtr& call, const HistoryPage& page) {
    auto response = std::make_unique<api::GetWorkflowExecutionHistoryResponse>();
    response->set_next_page_token(page.nextToken);
    std::string tail;
    appendBytesField(api::GetWorkflowExecutionHistoryResponse::kHistoryFieldNumber, page.events, &tail);
    world.answer(call, std::move(response), std::move(tail));
}

/// What there is now, with a token to come back with while the run is open and the caller waits for more.
HistoryPage pageNow(World& world, const Run& run, const HistoryQuestion& question) {
    if (question.closeOnly) {
        if (!run.open()) return closePage(run, question.followsRuns);
        return {{}, question.wait ? pageToken(run, question.first, kNoLastEvent, 0) : std::string(), 0};
    }
    // A reader who waits gets a task in memory when it is written, so he does not get it before.
    const bool withPending = question.showsPending && !question.wait && run.open() && run.task.has_value();
    HistoryPage page =
        historyPage(world, run, question.first, run.log.lastId(), question.size, withPending ? run.task->stamp : 0);
    if (!question.wait) return page;
    if (!page.nextToken.empty()) {
        page.nextToken = pageToken(run, page.last + 1, kNoLastEvent, 0);
    } else if (run.open()) {
        page.nextToken = pageToken(run, run.log.nextId(), kNoLastEvent, 0);
    }
    return page;
}

bool hasNews(const Run& run, const HistoryQuestion& question) {
    if (!run.open()) return true;
    return !question.closeOnly && run.log.lastId() >= question.first;
}

Run* runOfPage(World& world, const Token& token, const common::WorkflowExecution& asked) {
    if (!asked.run_id().empty() && asked.run_id() != token.runId) {
        throw invalidArgument("RunId in the request does not match the NextPageToken.");
    }
    Run* run = world.findRun(token.runId);
    const bool fits = run != nullptr && token.first >= 1 && token.first <= run->log.nextId();
    if (!fits) throw invalidArgument("Invalid NextPageToken.");
    return run;
}

void waitForHistory(World& world, Run& run, const CallPtr& call, const HistoryQuestion& question);

void getHistory(World& world, const api::GetWorkflowExecutionHistoryRequest& request, const CallPtr& call) {
    HistoryQuestion question;
    question.size = pageSize(world, request.maximum_page_size());
    question.wait = request.wait_new_event();
    question.closeOnly = request.history_event_filter_type() == enums::HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;
    // People would take it for a part of the history; workers need it for a run that they no longer have.
    const std::string client = call->header("client-name");
    question.showsPending = client != "temporal-cli" && client != "temporal-ui";
    question.followsRuns = call->header("supported-features").find("follows-next-run-id") != std::string::npos;
    checkTarget(world, request);
    if (request.next_page_token().empty()) {
        Run& run = world.runOf(request.namespace_(), request.execution());
        // Whoever wants the end alone waits for it, even without saying so.
        if (question.closeOnly && run.open()) return waitForHistory(world, run, call, question);
        return answerHistory(world, call, pageNow(world, run, question));
    }
    const Token token = readPageToken(TokenKind::HistoryPage, request.next_page_token());
    Run* run = runOfPage(world, token, request.execution());
    question.first = token.first;
    if (token.second != kNoLastEvent || !question.wait) {
        const int64_t last = token.second == kNoLastEvent ? run->log.lastId() : token.second;
        return answerHistory(world, call, historyPage(world, *run, question.first, last, question.size, token.stamp));
    }
    if (hasNews(*run, question)) return answerHistory(world, call, pageNow(world, *run, question));
    waitForHistory(world, *run, call, question);
}

void waitForHistory(World& world, Run& run, const CallPtr& call, const HistoryQuestion& question) {
    // The waiter's id is only known once it waits.
    auto id = std::make_shared<uint64_t>(0);
    Waits::Wait wait;
    wait.call = call;
    wait.deadline = world.pollDeadline(call, world.limits().historyPoll);
    wait.dropped = [&run, id] { run.historyQuestions.erase(*id); };
    wait.expired = [&world, &run, question](const CallPtr& late) {
        const std::string token = question.wait ? pageToken(run, question.first, kNoLastEvent, 0) : std::string();
        answerHistory(world, late, {{}, token, 0});
    };
    *id = world.waits.add(std::move(wait));
    run.historyQuestions[*id] = [&world, &run, question](const CallPtr& waiting) {
        if (!hasNews(run, question)) return false;
        if (waiting) answerHistory(world, waiting, pageNow(world, run, question));
        return true;
    };
}

void getReverse(World& world, const api::GetWorkflowExecutionHistoryReverseRequest& request, const CallPtr& call) {
    const int64_t size = pageSize(world, request.maximum_page_size());
    checkTarget(world, request);
    Run* run = nullptr;
    int64_t last = 0;
    if (request.next_page_token().empty()) {
        run = &world.runOf(request.namespace_(), request.execution());
        last = run->log.lastId();
    } else {
        const Token token = readPageToken(TokenKind::HistoryPage, request.next_page_token());
        run = runOfPage(world, token, request.execution());
        last = token.first;
    }
    auto response = std::make_unique<api::GetWorkflowExecutionHistoryReverseResponse>();
    std::string events;
    const int64_t first = run->log.firstOfBatches(last, size);
    for (int64_t id = last; id >= first; --id) events.append(run->log.range(id, id));
    if (first > 1) response->set_next_page_token(pageToken(*run, first - 1, 0, 0));
    std::string tail;
    appendBytesField(api::GetWorkflowExecutionHistoryReverseResponse::kHistoryFieldNumber, events, &tail);
    world.answer(call, std::move(response), std::move(tail));
}

}  // namespace

HistoryPage historyPage(World& world, const Run& run, int64_t first, int64_t last, int64_t size, uint64_t taskStamp) {
    HistoryPage page;
    bool isFull = false;
    page.last = run.log.lastOfBatches(first, last, size, &isFull);
    page.events = std::string(run.log.range(first, page.last));
    // A full page does not know that it is the last one, in the real server; there is an empty one after it.
    if (isFull) {
        page.nextToken = pageToken(run, page.last + 1, last, taskStamp);
    } else if (taskStamp != 0 && run.task && run.task->stamp == taskStamp &&
               run.task->scheduledId == run.log.nextId()) {
        // Else events came since it was scheduled, and it will be a task with other ids.
        appendPendingTaskEvents(world, run, &page.events);
    }
    return page;
}

void wakeHistoryWaiters(World& world, Run& run) {
    for (auto each = run.historyQuestions.begin(); each != run.historyQuestions.end();) {
        if (!world.waits.contains(each->first)) {
            each = run.historyQuestions.erase(each);
            continue;
        }
        if (!each->second(nullptr)) {
            ++each;
            continue;
        }
        const CallPtr call = world.waits.take(each->first);
        each->second(call);
        each = run.historyQuestions.erase(each);
    }
}

void addHistoryMethods(Methods& methods) {
    methods.addAsync<api::GetWorkflowExecutionHistoryRequest>("GetWorkflowExecutionHistory", getHistory);
    methods.addAsync<api::GetWorkflowExecutionHistoryReverseRequest>("GetWorkflowExecutionHistoryReverse", getReverse);
}

}  // namespace orrery::server
