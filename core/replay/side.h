// SPDX-License-Identifier: MIT
// Inside of the room: a command as the history has it, and as the code gives it, in one form.
#pragma once

#include <string>
#include <vector>

#include "core/machines/events.h"
#include "core/machines/machine.h"
#include "core/replay/step.h"

namespace orrery::replay {

using machines::HistoryEvent;
using machines::WireCommand;
using machines::WireMessage;

/// What both sides are filled in alike with, because servers record defaults that commands leave out.
struct Defaults {
    base::Duration runTimeout{};
};

struct SideField {
    Field shown;
    /// What is compared; the value itself when empty.
    std::string key;
    /// A worker's own check stands on it.
    bool identity = false;
};

struct Side {
    int64_t eventId = 0;
    std::string kind;
    std::string text;
    std::vector<SideField> fields;
    /// Of a patch marker; empty for others.
    std::string patchId;
    bool deprecated = false;
    /// The search attribute by which a patch can be found.
    bool changeVersion = false;
    SourceLine source;

    CommandSide shown() const;
};

Side recordedSide(const HistoryEvent& event, const Defaults& defaults);
/// `messages` are those of the same task: an update's command names its message.
Side producedSide(const WireCommand& command, const std::vector<WireMessage>& messages, const Defaults& defaults);

/// Names of the fields that differ; a field that only one side has differs.
std::vector<std::string> differences(const Side& recorded, const Side& produced);
/// The differences are such that a worker notices.
bool differentIdentity(const Side& recorded, const Side& produced);

}  // namespace orrery::replay
