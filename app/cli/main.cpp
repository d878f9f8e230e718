// SPDX-License-Identifier: MIT
// The program `orrery`: finds the verb and runs it. The verbs are in the files beside this one.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/commands.h"
#include "core/base/error.h"
#include "core/base/log.h"

namespace orrery::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  orrery                                   open the window
  orrery serve --port 7233                 run a server; workers of any Temporal SDK can connect to it
  orrery run order_approval                run a sample against a server of its own and tell its story
  orrery worker --address 127.0.0.1:7233   run the samples' worker against any server
  orrery clock skip 3d                     move the clock of a running server: pause, resume, step, skip ...
  orrery inspect history.json              show a history as a small timeline
  orrery inspect --json *.json             the same for programs
  orrery replay histories/                 do the samples still do what these runs did?
  orrery 7233 --enable-time-skipping       as Temporal's test server is started
  orrery server start-dev --port 7233      as Temporal's development server is started

Exit codes: 0 good, 1 failed, 2 usage, 3 unreadable input, 4 no connection.
'orrery VERB --help' tells more about each verb.)";

int exitCodeOf(base::ErrorCode code) {
    switch (code) {
        case base::ErrorCode::Unreadable: return kUnreadable;
        case base::ErrorCode::Unavailable: return kNoConnection;
        case base::ErrorCode::InvalidArgument: return kUsage;
        default: return kFailed;
    }
}

bool isNumber(const std::string& word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Becomes the workbench; comes back only when that is not possible.
int openWorkbench(char* program) {
    std::error_code ignored;
    std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
    if (ignored) self = program;
    const std::filesystem::path workbench = self.parent_path() / "orrery-workbench";
    if (access(workbench.c_str(), X_OK) == 0) {
        std::string path = workbench.string();
        char* arguments[] = {path.data(), nullptr};
        execv(path.c_str(), arguments);
        fmt::print(stderr, "orrery: cannot start {}: {}\n", path, std::strerror(errno));
        return kFailed;
    }
    fmt::print(stderr,
               "orrery: the window is not installed: {} is missing.\n"
               "Install the package orrery-workbench, or see 'orrery --help' for what works without a window.\n",
               workbench.string());
    return kFailed;
}

/// As Temporal's command line reads them: `-p=7233` means 7233, and `--name=` an empty value. The last word comes
/// first, as CLI11 wants them.
std::vector<std::string> wordsOf(int argc, char** argv) {
    static const std::map<char, std::string> kLong = {{'f', "--db-filename"}, {'n', "--namespace"}, {'p', "--port"}};
    std::vector<std::string> words(argv + 1, argv + argc);
    const bool startsDev = std::find(words.begin(), words.end(), "start-dev") != words.end();
    std::vector<std::string> result;
    for (std::string& word : words) {
        if (startsDev && word.size() > 2 && word[0] == '-' && word[2] == '=' && kLong.contains(word[1])) {
            word = kLong.at(word[1]) + word.substr(2);
        }
        const bool empty = word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1;
        if (empty) word.pop_back();
        result.push_back(std::move(word));
        if (empty) result.emplace_back();
    }
    std::reverse(result.begin(), result.end());
    return result;
}

int runVerb(int argc, char** argv) {
    CLI::App root("Design, run and inspect durable workflows, compatible with Temporal.", "orrery");
    root.set_version_flag("--version", "orrery " ORRERY_VERSION);
    root.footer(kExamples);
    root.require_subcommand(1);
    root.fallthrough();
    std::string level;
    root.add_option("--log-level", level, "How much is told on stderr: trace, debug, info, warn, error or off")
        ->option_text("LEVEL");

    Action action;
    addServe(root, action);
    addStartDev(root, action);
    addRun(root, action);
    addWorker(root, action);
    addClock(root, action);
    addInspect(root, action);
    addReplay(root, action);
    try {
        root.parse(wordsOf(argc, argv));
    } catch (const CLI::ParseError& error) {
        const int code = root.exit(error);
        return code == 0 ? kGood : kUsage;
    }
    if (!level.empty()) base::setLogLevel(base::parseLogLevel(level));
    return action ? action() : kUsage;
}

int run(int argc, char** argv) {
    if (argc == 1) return openWorkbench(argv[0]);
    if (isNumber(argv[1])) return runTestServer(std::vector<std::string>(argv + 1, argv + argc));
    return runVerb(argc, argv);
}

}  // namespace
}  // namespace orrery::cli

int main(int argc, char** argv) {
    try {
        return orrery::cli::run(argc, argv);
    } catch (const orrery::base::Error& error) {
        fmt::print(stderr, "orrery: {}\n", error.what());
        return orrery::cli::exitCodeOf(error.code());
    } catch (const std::exception& error) {
        fmt::print(stderr, "orrery: internal error: {}\n", error.what());
        return orrery::cli::kFailed;
    }
}
