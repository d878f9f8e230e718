// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include "core/history/groups.h"
#include "core/history/history.h"
#include "views/shared/icons.h"
#include "views/shared/tokens.h"

/// One place that says with which colour, shape and word a status or a kind of event appears. Never colour alone.
namespace orrery::ui::shared {

struct Look {
    Role role = Role::Secondary;
    Icon icon = Icon::Marker;
    QString word;
};

/// "Running", "Timed out", "Continued as new"; icon is Workflow.
Look look(history::WorkflowStatus status);
Look look(history::GroupKind kind);
/// Role of the state alone: Failed is red whatever failed.
Look look(history::GroupState state);
Look look(history::EventCategory category);

/// The role alone, without the words: for painters, who ask once a bar.
Role roleOf(history::GroupKind kind);
Role roleOf(history::GroupState state);

/// The event for people: "Activity scheduled", "Timer fired", "Workflow started".
QString eventWord(const std::string& typeName);
/// Whether the type names something that went wrong (failed, timed out).
bool isFailure(const std::string& typeName);

}  // namespace orrery::ui::shared
