// SPDX-License-Identifier: MIT
#include "core/machines/nondeterminism.h"

#include <fmt/format.h>

namespace orrery::machines {
namespace {

std::string message(const Nondeterminism& data) {
    return fmt::format(
        "[TMPRL1100] the workflow code does not match its history: the history has {}, the code has {} (workflow task "
        "started by event {}); undo the change of the code or guard it with a patch",
        data.expected, data.actual, data.taskStartedEventId);
}

}  // namespace

NondeterminismError::NondeterminismError(Nondeterminism data)
    : Error(base::ErrorCode::FailedPrecondition, message(data),
            {{"taskStartedEventId", std::to_string(data.taskStartedEventId)},
             {"eventId", std::to_string(data.eventId)},
             {"expected", data.expected},
             {"actual", data.actual}}),
      m_data(std::move(data)) {}

}  // namespace orrery::machines
