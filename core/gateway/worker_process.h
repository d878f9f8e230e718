// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/gateway/outcome.h"

namespace orrery::gateway {

struct WorkerState {
    enum class Kind {
        Stopped,  ///< not begun, or ended after stop()
        Running,
        Stopping,  ///< asked to end, finishing its work
        Killed,    ///< ended by kill()
        Exited,    ///< ended by itself
        Failed,    ///< could not be started: `message` says why
    };
    Kind kind = Kind::Stopped;
    /// Of the running process, else 0.
    int pid = 0;
    /// Of Exited.
    int exitCode = 0;
    /// The signal that ended it, 0 for none.
    int signal = 0;
    std::string message;
    /// The last lines that it wrote to its standard error.
    std::vector<std::string> lastLines;
    bool operator==(const WorkerState&) const = default;
};

/// A worker program beside the workbench. Killing it and starting another shows what durable means. It dies with us.
/// Any thread; commands return at once and show their effect in the state.
class WorkerProcess {
public:
    virtual ~WorkerProcess() = default;

    virtual WorkerState state() const = 0;
    /// The present state at once, then each change.
    virtual Subscription watch(std::function<void(WorkerState)> callback) = 0;

    /// Does nothing while one runs.
    virtual void start() = 0;
    /// SIGTERM: it finishes what it is doing.
    virtual void stop() = 0;
    /// SIGKILL: it does not.
    virtual void kill() = 0;
    /// Stop, then start when it has ended.
    virtual void restart() = 0;
};

}  // namespace orrery::gateway
