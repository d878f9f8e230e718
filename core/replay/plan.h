// SPDX-License-Identifier: MIT
// Inside of the room: a history cut into what the code sees, before any code runs.
#pragma once

#include <memory>
#include <vector>

#include "core/history/history.h"
#include "core/replay/side.h"
#include "core/worker/history_chunker.h"

namespace orrery::replay {

/// What one activation of the code stands for: everything up to the start of a workflow task that counted.
struct Stretch {
    /// Number of the task in Overview::tasks.
    int task = 0;
    int64_t startedEventId = 0;
    /// Positions in Plan::events: what came in, then what was recorded of the code's answer.
    size_t begin = 0;
    size_t end = 0;
    size_t recordedEnd = 0;
    /// The task has not completed: there is nothing to compare with.
    bool open = false;
};

/// Immutable, shared by all that replay the history.
struct Plan {
    std::shared_ptr<const history::History> history;
    Overview overview;
    /// Of each task by its number less one: position in `stretches`, or -1.
    std::vector<int> stretchOfTask;
    /// Of each task without a stretch, why.
    std::vector<std::string> notes;
    std::vector<Stretch> stretches;
    /// The events that a worker would replay: up to the last command, or the start of a task that is under way.
    std::shared_ptr<const worker::EventPointers> events;
    /// The first event behind `events`, null when there is none.
    const HistoryEvent* after = nullptr;
    /// See RunEngine::beginWalk.
    int64_t lastPastStartedEventId = 0;
    Defaults defaults;
    std::string namespaceName;

    /// By its id, which is its position plus one.
    const HistoryEvent* event(int64_t id) const;
};

/// Throws base::Error(InvalidArgument) that names event and reason when the history cannot be replayed: it is empty,
/// does not begin with the start of a run, has a gap, or an event that this version does not know.
std::shared_ptr<const Plan> planFor(std::shared_ptr<const history::History> history);

}  // namespace orrery::replay
