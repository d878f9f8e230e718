// SPDX-License-Identifier: MIT
#include "core/replay/step.h"

namespace orrery::replay {

std::string_view taskStateName(TaskState state) {
    switch (state) {
        case TaskState::Scheduled: return "Scheduled";
        case TaskState::Started: return "Started";
        case TaskState::Completed: return "Completed";
        case TaskState::Failed: return "Failed";
        case TaskState::TimedOut: return "TimedOut";
    }
    return "";
}

std::string_view verdictName(Verdict verdict) {
    switch (verdict) {
        case Verdict::Same: return "same";
        case Verdict::Soft: return "soft";
        case Verdict::Hard: return "hard";
        case Verdict::Open: return "open";
    }
    return "";
}

}  // namespace orrery::replay
