// SPDX-License-Identifier: MIT
// What `orrery run` knows of each sample: an input to begin with, and what the person at the other end does.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/client/workflow_handle.h"
#include "core/history/event.h"
#include "core/server/clock_control.h"

namespace orrery::cli {

/// One line of the story, at once.
template <typename... Words>
void tell(fmt::format_string<Words...> format, Words&&... words) {
    fmt::print(format, std::forward<Words>(words)...);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

struct Ending;

struct Story {
    std::string type;
    /// Ids are made of it: "order-1f4a…".
    std::string idPrefix;
    payload::Payloads (*input)(const payload::DataConverter& converter, const std::string& id);
    /// True while the run waits for somebody; `before` is what it said at the event before this one.
    bool (*waits)(const history::Event& event, bool before);
    /// Called once, when the run first waits.
    void (*play)(const Ending& ending);
    /// --ending chooses what play() does.
    bool hasEndings = false;
};

/// How a story is to go on.
struct Ending {
    const Story& story;
    /// "approve", "decline", "expire", "cancel" or "wait".
    std::string how;
    const client::WorkflowHandle& handle;
    /// Null on a server that is not our own.
    server::ClockControl* clock;
};

const std::vector<Story>& stories();

}  // namespace orrery::cli
