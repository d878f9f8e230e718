// SPDX-License-Identifier: MIT
#include "core/server/clock_control.h"

namespace orrery::server {

std::string_view clockModeName(ClockMode mode) {
    switch (mode) {
        case ClockMode::Real: return "real";
        case ClockMode::Paused: return "paused";
        case ClockMode::Step: return "step";
        case ClockMode::RunTo: return "run to";
        case ClockMode::Skip: return "skip";
        case ClockMode::Automatic: return "automatic";
    }
    return "?";
}

std::string_view dueKindName(DueKind kind) {
    switch (kind) {
        case DueKind::UserTimer: return "timer";
        case DueKind::ActivityRetry: return "activity retry";
        case DueKind::WorkflowBackoff: return "workflow back-off";
        case DueKind::Sleep: return "client sleep";
        case DueKind::ActivityTimeout: return "activity time-out";
        case DueKind::WorkflowTaskTimeout: return "workflow task time-out";
        case DueKind::RunTimeout: return "run time-out";
        case DueKind::ExecutionTimeout: return "execution time-out";
    }
    return "?";
}

std::string_view holderKindName(HolderKind kind) {
    switch (kind) {
        case HolderKind::WorkflowTask: return "workflow task";
        case HolderKind::Activity: return "activity";
        case HolderKind::Query: return "query";
        case HolderKind::ChildStart: return "child workflow start";
        case HolderKind::External: return "external workflow";
        case HolderKind::ClientLock: return "client lock";
    }
    return "?";
}

}  // namespace orrery::server
