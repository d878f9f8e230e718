// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include "core/activity/registry.h"
#include "core/workflow/registry.h"

namespace orrery::test {

/// Workflows and activities that each show one thing that the scripts try.
void registerFeatures(workflow::WorkflowRegistry& workflows, activity::ActivityRegistry& activities);

/// How the script and the code that the worker runs meet.
class Meeting {
public:
    static Meeting& instance();

    /// So many workflow tasks of "buggy" still throw.
    std::atomic<int> bugs = 0;

    /// The workflow "closing" stands in the middle of a workflow task until the script lets it go on.
    void stand();
    void waitUntilItStands();
    void letGo();
    /// The next one stands again.
    void prepare();

    /// What "later" left for somebody else to complete it by.
    void leave(const std::string& taskToken);
    std::string takeToken();

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stands = false;
    bool m_free = true;
    std::string m_token;
};

}  // namespace orrery::test
