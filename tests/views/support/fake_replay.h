// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/gateway/replay.h"

namespace orrery::test {

/// What one workflow type makes of a history: a step for each task, and its answers there as JSON by query name.
struct FakeRun {
    std::vector<replay::Step> steps;
    std::vector<std::map<std::string, std::string>> answers;
};

/// The workflow tasks of a history, as a replay counts them.
std::vector<replay::TaskInfo> tasksOf(const history::History& history);

/// A run that agrees with the history: jobs and commands as recorded, two coroutines that wait in the samples' source,
/// one query whose answer changes now and then.
FakeRun agreeingRun(const history::History& history);

/// The same, which asks for an activity instead of the recorded command of the first task from this one on that has
/// one, and is not reached behind it.
FakeRun partingRun(const history::History& history, int fromTask);
/// The number of the first task with a difference; 0 for none.
int partedAt(const FakeRun& run);

/// Answers by a script, at once or, while `held`, when release() is called. Knows the types of `runs`.
class FakeReplay final : public gateway::Replay {
public:
    std::map<std::string, FakeRun> runs;
    /// "open order", "step 3", "query 3 status", "walk", in order.
    QStringList calls;
    bool held = false;
    /// What the next walk tells of its way.
    std::vector<std::pair<int, int>> progress;

    void release();

    std::vector<std::string> workflowTypes() const override;
    gateway::Request open(std::shared_ptr<const history::History> history, std::string workflowType,
                          gateway::Callback<std::shared_ptr<gateway::ReplaySession>> callback) override;

private:
    friend class FakeReplaySession;
    /// Runs the answer now or at release(); dropping the request takes it back.
    gateway::Request later(std::function<void()> answer);

    std::map<int, std::function<void()>> m_waiting;
    int m_last = 0;
};

}  // namespace orrery::test
