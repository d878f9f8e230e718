// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/gateway/outcome.h"
#include "core/gateway/values.h"
#include "core/replay/step.h"

namespace orrery::definition {
class WorkflowFactory;
}

namespace orrery::gateway {

using StepPtr = std::shared_ptr<const replay::Step>;

/// How far a walk has come: tasks behind it, of how many.
using ReplayProgress = std::function<void(int done, int total)>;

/// Every task up to the end, or up to where the code parts from the history for good.
struct Walk {
    /// The verdict of each task, by its number less one; Open for those without code.
    std::vector<replay::Verdict> verdicts;
    /// The first one, hard or soft.
    std::optional<replay::Divergence> first;
};

/// One history under replay by one registered workflow. Any thread may call; everything asked for runs in the order of
/// the calls, one at a time, and answers on a core thread. Dropping a request stops its work soon and leaves the
/// session usable. Requests may outlive the session.
class ReplaySession {
public:
    virtual ~ReplaySession() = default;

    /// What the history alone says; ready at once.
    virtual const replay::Overview& overview() const = 0;

    /// The step of a task, by its number (1 to overview().tasks.size()). A position behind a hard divergence answers
    /// with a step that is not `reached` and whose note says why. Problem(OutOfRange) when there is no such task.
    /// `progress` may be empty; it is told of far walks only.
    virtual Request step(int number, ReplayProgress progress, Callback<StepPtr> callback) = 0;

    /// What the workflow can be asked at this position.
    virtual Request queries(int number, Callback<std::vector<replay::QueryInfo>> callback) = 0;
    /// Asks it. A handler that changes state does so for this one answer only. Problem with the handler's own message
    /// when it fails, FailedPrecondition where no code can be asked.
    virtual Request query(int number, std::string name, payload::Payloads arguments,
                          Callback<payload::Payload> callback) = 0;

    /// Walks through the whole history.
    virtual Request walk(ReplayProgress progress, Callback<Walk> callback) = 0;
};

/// Replays histories with the workflows that this program was built with. Any thread.
class Replay {
public:
    virtual ~Replay() = default;

    /// Registered workflow types, sorted.
    virtual std::vector<std::string> workflowTypes() const = 0;
    /// `workflowType` empty: that of the history. Problem(NotFound) naming the registered types when it is not among
    /// them (fields "workflowType", "known"), Problem(InvalidArgument) naming event and reason when the history cannot
    /// be replayed.
    virtual Request open(std::shared_ptr<const history::History> history, std::string workflowType,
                         Callback<std::shared_ptr<ReplaySession>> callback) = 0;
};

std::shared_ptr<Replay> makeReplay(std::shared_ptr<const definition::WorkflowFactory> workflows);

}  // namespace orrery::gateway
