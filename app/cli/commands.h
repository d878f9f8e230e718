// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace orrery::cli {

enum ExitCode : int { kGood = 0, kFailed = 1, kUsage = 2, kUnreadable = 3, kNoConnection = 4 };

/// What the chosen verb does once the arguments are understood; gives the exit code. It may throw base::Error: main
/// prints the message and picks the exit code (Unreadable 3, Unavailable 4, InvalidArgument 2, else 1).
using Action = std::function<int()>;

/// Each adds its verb with options and help, and sets `action` when the verb is the one that was asked for.
void addServe(CLI::App& root, Action& action);
void addStartDev(CLI::App& root, Action& action);
void addRun(CLI::App& root, Action& action);
void addWorker(CLI::App& root, Action& action);
void addClock(CLI::App& root, Action& action);
void addInspect(CLI::App& root, Action& action);
void addReplay(CLI::App& root, Action& action);

/// `orrery PORT [--enable-time-skipping]`, as Temporal's test server is started. `arguments` are those after the
/// program's name; the first one is a number.
int runTestServer(const std::vector<std::string>& arguments);

}  // namespace orrery::cli
