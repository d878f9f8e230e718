// SPDX-License-Identifier: MIT
#include "core/replay/plan.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/payload/proto.h"

namespace orrery::replay {
namespace {

namespace enums = temporal::api::enums::v1;
using worker::EventPointers;

[[noreturn]] void refuse(int64_t eventId, const std::string& reason) {
    throw base::Error(base::ErrorCode::InvalidArgument, "The history cannot be replayed: " + reason,
                      {{"eventId", std::to_string(eventId)}, {"reason", reason}});
}

std::vector<const HistoryEvent*> eventsOf(const history::History& history) {
    if (history.empty()) refuse(0, "it has no events.");
    EventPointers events;
    events.reserve(history.size());
    for (size_t i = 0; i < history.size(); ++i) {
        const history::Event event = history[i];
        const auto expected = static_cast<int64_t>(i) + 1;
        if (event.id() != expected) {
            refuse(event.id(),
                   i == 0 ? fmt::format("it begins with event {}; the events from 1 on are needed.", event.id())
                          : fmt::format("event {} follows event {}; the events between are missing.", event.id(), i));
        }
        if (!event.isKnown() && !event.message().worker_may_ignore()) {
            refuse(event.id(), fmt::format("event {} is of the type {}, which this version does not know.", event.id(),
                                           event.typeName()));
        }
        events.push_back(&event.message());
    }
    if (events.front()->event_type() != enums::EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) {
        refuse(1, fmt::format("event 1 is {}, not the start of a run.", machines::eventTypeName(*events.front())));
    }
    return events;
}

std::string words(std::string text) {
    for (char& letter : text) letter = letter == '_' ? ' ' : static_cast<char>(std::tolower(letter));
    return text;
}

std::string reasonOf(const HistoryEvent& event) {
    if (event.event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT) {
        constexpr size_t prefix = std::string_view("TIMEOUT_TYPE_").size();
        return words(
            enums::TimeoutType_Name(event.workflow_task_timed_out_event_attributes().timeout_type()).substr(prefix));
    }
    const auto& failed = event.workflow_task_failed_event_attributes();
    constexpr size_t prefix = std::string_view("WORKFLOW_TASK_FAILED_CAUSE_").size();
    std::string cause = words(enums::WorkflowTaskFailedCause_Name(failed.cause()).substr(prefix));
    if (!failed.failure().message().empty()) cause += ": " + failed.failure().message();
    return cause;
}

/// Tasks in the order of their scheduling.
class TaskScan {
public:
    explicit TaskScan(std::vector<TaskInfo>& tasks) : m_tasks(tasks) {}

    void take(const HistoryEvent& event) {
        switch (event.event_type()) {
            case enums::EVENT_TYPE_WORKFLOW_TASK_SCHEDULED: open(event); return;
            case enums::EVENT_TYPE_WORKFLOW_TASK_STARTED:
                if (m_tasks.empty()) return;
                m_tasks.back().state = TaskState::Started;
                m_tasks.back().startedEventId = event.event_id();
                m_tasks.back().time = payload::fromProto(event.event_time());
                return;
            case enums::EVENT_TYPE_WORKFLOW_TASK_COMPLETED: close(event, TaskState::Completed); return;
            case enums::EVENT_TYPE_WORKFLOW_TASK_FAILED: close(event, TaskState::Failed); return;
            case enums::EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: close(event, TaskState::TimedOut); return;
            default: break;
        }
        if (m_commandsMayFollow && machines::isCommandEvent(event)) {
            m_tasks.back().lastEventId = event.event_id();
        } else {
            m_commandsMayFollow = false;
        }
    }

private:
    void open(const HistoryEvent& event) {
        m_commandsMayFollow = false;
        TaskInfo& task = m_tasks.emplace_back();
        task.number = static_cast<int>(m_tasks.size());
        task.state = TaskState::Scheduled;
        task.scheduledEventId = event.event_id();
        if (event.has_event_time()) task.time = payload::fromProto(event.event_time());
    }
    void close(const HistoryEvent& event, TaskState state) {
        if (m_tasks.empty()) return;
        TaskInfo& task = m_tasks.back();
        task.state = state;
        task.closedEventId = task.lastEventId = event.event_id();
        m_commandsMayFollow = state == TaskState::Completed;
        if (state != TaskState::Completed) task.reason = reasonOf(event);
    }

    std::vector<TaskInfo>& m_tasks;
    bool m_commandsMayFollow = false;
};

/// How many of the events a worker would replay.
size_t replayedEvents(const Overview& overview) {
    int64_t last = 0;
    for (const TaskInfo& task : overview.tasks) {
        if (task.state == TaskState::Completed) last = task.lastEventId;
    }
    if (!overview.closed && !overview.tasks.empty() && overview.tasks.back().state == TaskState::Started) {
        last = overview.tasks.back().startedEventId;
    }
    return static_cast<size_t>(last);
}

void cut(Plan& plan) {
    const EventPointers& events = *plan.events;
    worker::HistoryChunker chunker;
    chunker.reset(plan.events);
    size_t begin = 0;
    size_t task = 0;
    const auto& tasks = plan.overview.tasks;
    plan.lastPastStartedEventId = std::numeric_limits<int64_t>::max();
    int64_t previous = 0;
    while (!chunker.empty()) {
        const size_t end = begin + chunker.take().events.size();
        const HistoryEvent& last = *events[end - 1];
        if (!plan.stretches.empty()) plan.stretches.back().recordedEnd = end;
        if (last.event_type() == enums::EVENT_TYPE_WORKFLOW_TASK_STARTED) {
            while (task < tasks.size() && tasks[task].startedEventId != last.event_id()) ++task;
            if (task == tasks.size()) refuse(last.event_id(), fmt::format("event {} starts no task.", last.event_id()));
            const bool open = tasks[task].state != TaskState::Completed;
            if (open) plan.lastPastStartedEventId = previous;
            previous = last.event_id();
            plan.stretchOfTask[task] = static_cast<int>(plan.stretches.size());
            plan.stretches.push_back({tasks[task].number, last.event_id(), begin, end, end, open});
        }
        begin = end;
    }
}

std::string noteFor(const Plan& plan, const TaskInfo& task) {
    switch (task.state) {
        case TaskState::Failed:
            return fmt::format("This task failed ({}); the server tried it again, and none of its work counts.",
                               task.reason);
        case TaskState::TimedOut: return fmt::format("This task timed out ({}); none of its work counts.", task.reason);
        case TaskState::Scheduled: return "No worker has taken this task in the history.";
        case TaskState::Started: return "The run ended before this task did.";
        case TaskState::Completed: break;
    }
    const auto next = std::upper_bound(plan.stretches.begin(), plan.stretches.end(), task.number,
                                       [](int number, const Stretch& stretch) { return number < stretch.task; });
    if (next != plan.stretches.end()) {
        return fmt::format(
            "The worker only asked for more time here; what the code did counts with task {}, where a replay runs it.",
            next->task);
    }
    return "Nothing of the code runs here in a replay.";
}

void describe(Plan& plan, const std::vector<const HistoryEvent*>& all) {
    Overview& overview = plan.overview;
    const history::Summary summary = plan.history->summary();
    overview.recordedType = summary.workflowType.value_or("");
    overview.workflowId = summary.workflowId;
    overview.runId = summary.runId;
    overview.eventCount = static_cast<int64_t>(all.size());
    const auto& started = all.front()->workflow_execution_started_event_attributes();
    plan.defaults.runTimeout = payload::fromProto(started.workflow_run_timeout());
    plan.namespaceName = "default";
    if (!summary.continuedFromRunId.empty()) {
        overview.notes.push_back(fmt::format("This run continues run {}.", summary.continuedFromRunId));
    }
    if (overview.tasks.empty()) overview.notes.emplace_back("No workflow task was scheduled, so no code has run.");
}

}  // namespace

const HistoryEvent* Plan::event(int64_t id) const {
    if (id < 1 || id > static_cast<int64_t>(history->size())) return nullptr;
    return &(*history)[static_cast<size_t>(id) - 1].message();
}

std::shared_ptr<const Plan> planFor(std::shared_ptr<const history::History> history) {
    auto plan = std::make_shared<Plan>();
    const EventPointers all = eventsOf(*history);
    plan->history = std::move(history);
    TaskScan scan(plan->overview.tasks);
    for (const HistoryEvent* event : all) scan.take(*event);
    plan->overview.closed = machines::isClosingEvent(*all.back());
    describe(*plan, all);
    const size_t count = replayedEvents(plan->overview);
    plan->events = std::make_shared<const EventPointers>(all.begin(), all.begin() + static_cast<ptrdiff_t>(count));
    if (count < all.size()) plan->after = all[count];
    plan->stretchOfTask.assign(plan->overview.tasks.size(), -1);
    cut(*plan);
    plan->notes.resize(plan->overview.tasks.size());
    for (size_t i = 0; i < plan->notes.size(); ++i) {
        if (plan->stretchOfTask[i] < 0) plan->notes[i] = noteFor(*plan, plan->overview.tasks[i]);
    }
    return plan;
}

}  // namespace orrery::replay
