// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "core/definition/workflow_instance.h"
#include "core/history/history.h"
#include "core/replay/step.h"

namespace orrery::replay {

/// For what may take a while: the whole of a long history.
struct Control {
    /// Asked for: the call throws base::Error(Cancelled). The session stays usable.
    std::stop_token stop;
    /// Tasks behind the walk, of how many it will pass; on the calling thread, at most about a hundred times.
    std::function<void(int done, int total)> progress;
};

/// Time travel through one recorded run with registered code. The code runs on the calling thread; nothing it asks for
/// is carried out. One thread at a time.
///
/// Each task is replayed once, in order, and its Step is kept: going back costs a look-up, going forward one task. A
/// server ends runs at 51,200 events, which bounds what is kept. One live run stands at the furthest task seen. A
/// question is put to a run of its own, made for it and gone after it, since a handler may change it; that costs a
/// replay up to the position (about 10 µs a task, tests/bench/replay_bench).
class Session {
public:
    /// `workflowType` empty: that of the history. Throws base::Error: InvalidArgument naming event and reason when the
    /// history cannot be replayed, NotFound naming the registered types (fields "workflowType", "known") when the type
    /// is not one of them.
    Session(std::shared_ptr<const history::History> history,
            std::shared_ptr<const definition::WorkflowFactory> workflows, std::string workflowType = {});
    ~Session();
    Session(Session&&) noexcept;

    const Overview& overview() const;
    int taskCount() const { return static_cast<int>(overview().tasks.size()); }

    /// By the task's number, 1 to taskCount(); throws base::Error(OutOfRange) for others.
    std::shared_ptr<const Step> step(int number, const Control& control = {});

    /// The first difference of the whole history, hard or soft.
    std::optional<Divergence> firstDivergence(const Control& control = {});
    /// The worst verdict of each task by its number less one; Open for those without code. Walks through the history.
    std::vector<Verdict> verdicts(const Control& control = {});

    /// What the workflow can be asked at this position. Throws base::Error(FailedPrecondition) where no code stands.
    std::vector<QueryInfo> queries(int number, const Control& control = {});
    /// Its answer, or its failure. What the handler changes is gone after it.
    using Answer = std::variant<payload::Payload, definition::FailureData>;
    Answer query(int number, const std::string& name, const payload::Payloads& arguments, const Control& control = {});

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace orrery::replay
