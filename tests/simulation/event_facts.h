// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "tests/simulation/history_rules.h"

namespace orrery::simulation {

/// How an event refers to the one that opened its thing.
struct Link {
    const char* field;
    enums::EventType opener;
};
/// Nullopt when the event is not of that kind.
std::optional<Link> startLink(enums::EventType type);
std::optional<Link> closeLink(enums::EventType type);
std::optional<Link> noteLink(enums::EventType type);
bool opensThing(enums::EventType type);

/// Written while a workflow task is completed, as one of its commands.
bool isCommandEvent(enums::EventType type);
bool isTaskEvent(enums::EventType type);
bool isClosingEvent(enums::EventType type);

}  // namespace orrery::simulation
