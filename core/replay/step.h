// SPDX-License-Identifier: MIT
// What a replay shows of a run, one workflow task at a time: plain values, free to be copied between threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace orrery::replay {

/// A place in the workflow's code. The file is relative to the source tree that the program was built from:
/// "app/samples/order_approval.cpp". Line 0: unknown.
struct SourceLine {
    std::string file;
    int line = 0;
    /// As the compiler spells it.
    std::string function;
    bool known() const { return line > 0; }
    bool operator==(const SourceLine&) const = default;
};

enum class TaskState {
    Scheduled,  ///< no worker has taken it yet
    Started,    ///< a worker had it when the history was read; nothing is recorded to compare with
    Completed,
    Failed,
    TimedOut,
};
/// "Scheduled", "Started" and so on.
std::string_view taskStateName(TaskState state);

/// What a history alone says of one workflow task, without running any code.
struct TaskInfo {
    /// From 1, in the order of the history; failed and timed-out tasks count.
    int number = 1;
    TaskState state = TaskState::Completed;
    int64_t scheduledEventId = 0;
    /// 0: never started.
    int64_t startedEventId = 0;
    /// The event that ended it, whatever its state; 0 while it is open.
    int64_t closedEventId = 0;
    /// Last event of its commands, closedEventId when it gave none.
    int64_t lastEventId = 0;
    /// Of the start, else of the scheduling.
    std::optional<base::Timestamp> time;
    /// Why it failed or timed out, and how the message reads; empty for others.
    std::string reason;
};

/// Something that came in: why the task existed.
struct Job {
    int64_t eventId = 0;
    /// "start", "activity", "timer", "signal", "update", "child", "external", "cancel", "patch", "reset".
    std::string kind;
    /// In words: `activity charge_card completed, "ok"`.
    std::string text;
    bool operator==(const Job&) const = default;
};

struct Field {
    std::string name;
    /// One line, not shortened.
    std::string value;
    bool operator==(const Field&) const = default;
};

/// A command as one side has it.
struct CommandSide {
    /// The event that records it; 0 on the produced side.
    int64_t eventId = 0;
    /// "activity", "cancel activity", "timer", "cancel timer", "child", "cancel external", "signal external",
    /// "patch", "marker", "search attributes", "memo", "accept update", "complete update", "complete", "fail",
    /// "cancelled", "continue as new", "nexus".
    std::string kind;
    /// In words: "timer 2, 24 h", "activity 3, charge_card".
    std::string text;
    /// What matters of it, always in the same order for one kind: "activity id", "activity type", "input",
    /// "task queue", "start-to-close timeout" ...
    std::vector<Field> fields;
    bool operator==(const CommandSide&) const = default;
};

enum class Verdict {
    Same,
    Soft,  ///< a silent change: no SDK notices, but the run would have gone otherwise
    Hard,  ///< an SDK fails the workflow task
    Open,  ///< the task has not completed, so there is nothing to compare with
};
/// "same", "soft", "hard", "open".
std::string_view verdictName(Verdict verdict);

struct ComparedCommand {
    /// Absent: the code does something that the recorded run did not do.
    std::optional<CommandSide> recorded;
    /// Absent: the code does not do what the recorded run did.
    std::optional<CommandSide> produced;
    Verdict verdict = Verdict::Same;
    /// Names of the fields that differ, when both sides are there.
    std::vector<std::string> differing;
    /// Where the code asks for the produced one.
    SourceLine source;
};

/// One coroutine of the run that waits.
struct Waiter {
    /// "run", "signal approve", "update set_address", or the name that start() was given.
    std::string name;
    /// Innermost first. Only the workflow's own code; the library's frames are left out.
    std::vector<SourceLine> stack;
    /// In words: "activity charge_card", "timer 24 h", "a condition".
    std::string waitsFor;
};

struct Divergence {
    /// Number of the workflow task whose commands differ.
    int task = 0;
    int64_t taskStartedEventId = 0;
    /// The first event that does not fit. When the code does more than the history has room for: the event that
    /// follows the task's commands, or the task's last event when the history ends there.
    int64_t eventId = 0;
    /// What the recorded run did and what this code does, in the words of CommandSide::text.
    std::string expected;
    std::string actual;
    /// Hard or Soft.
    Verdict severity = Verdict::Hard;
    SourceLine source;
    /// For a person: what the recorded run did, what this code does, where, and the usual cure.
    std::string sentence;
};

/// One workflow task, replayed: the run stands where it stood when the task's code had said all it wanted.
struct Step {
    TaskInfo task;
    /// "order_approval begins → reserve_stock"; one line.
    std::string summary;
    std::vector<Job> cameIn;
    std::vector<ComparedCommand> commands;
    /// Where the run waits after this task; empty when it has ended.
    std::vector<Waiter> waiting;
    /// What the workflow said of itself (setCurrentDetails); may be empty.
    std::string currentDetails;
    /// The first difference of this task.
    std::optional<Divergence> divergence;
    /// False: no code ran for this position, and `note` says why.
    bool reached = true;
    /// For a person: why the task shows nothing of the code (it failed, its work counts with a later task, this code
    /// parts from the history before it); else empty.
    std::string note;
};

/// A handler that the workflow offers; an empty name is the dynamic one.
struct QueryInfo {
    std::string name;
    std::string description;
    bool operator==(const QueryInfo&) const = default;
};

/// A history under replay, before any code has run.
struct Overview {
    /// The type in the history, and that of the code which replays it.
    std::string recordedType;
    std::string workflowType;
    std::string workflowId;
    std::string runId;
    int64_t eventCount = 0;
    bool closed = false;
    std::vector<TaskInfo> tasks;
    /// What a person should know: "The history continues an earlier run." and the like.
    std::vector<std::string> notes;
};

}  // namespace orrery::replay
