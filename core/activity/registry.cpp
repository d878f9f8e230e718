// SPDX-License-Identifier: MIT
#include "core/activity/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/activity/activity.h"
#include "core/activity/context.h"

namespace orrery::activity {
namespace {

using base::Error;
using base::ErrorCode;
namespace def = definition;

/// Only a cancellation that was asked for ends the activity as cancelled; the other reasons let it be tried again, as
/// every official SDK does.
def::ActivityOutcome stopped(const CancelledFailure& failure, const def::ActivityTask& task) {
    const auto reason = task.cancellation ? task.cancellation->reason() : std::nullopt;
    if (!reason) return def::ActivityFailed{failure.data()};
    switch (*reason) {
        case ActivityCancelReason::Paused:
            return def::ActivityFailed{ApplicationFailure("Activity paused", "ActivityPause").data()};
        case ActivityCancelReason::Reset:
            return def::ActivityFailed{ApplicationFailure("Activity reset", "ActivityReset").data()};
        case ActivityCancelReason::WorkerShutdown:
            return def::ActivityFailed{
                ApplicationFailure("Activity interrupted by the shutdown of its worker", "WorkerShutdown").data()};
        default: return def::ActivityCancelled{failure.data()};
    }
}

}  // namespace

void ActivityRegistry::addFunction(const std::string& name, Function function) {
    if (!m_functions.emplace(name, std::move(function)).second) {
        throw Error(ErrorCode::AlreadyExists, name.empty() ? std::string("The dynamic activity is registered twice.")
                                                           : "Activity '" + name + "' is registered twice.");
    }
}

std::vector<std::string> ActivityRegistry::activityTypes() const {
    std::vector<std::string> names;
    for (const auto& [name, function] : m_functions) {
        if (!name.empty()) names.push_back(name);
    }
    return names;
}

const ActivityRegistry::Function& ActivityRegistry::functionFor(const std::string& name) const {
    auto found = m_functions.find(name);
    if (found == m_functions.end()) found = m_functions.find("");
    if (found == m_functions.end()) {
        throw ApplicationFailure(fmt::format("Activity '{}' is not registered on this worker; it knows: {}", name,
                                             fmt::join(activityTypes(), ", ")),
                                 "NotFoundError");
    }
    return found->second;
}

definition::ActivityOutcome ActivityRegistry::invoke(const def::ActivityTask& task) const {
    const Context context(task, m_converter);
    try {
        const Function& function = functionFor(task.info.activityType);
        return def::ActivityCompleted{function(task.info.activityType, task.arguments, m_converter)};
    } catch (const CompletesLater&) {
        return def::ActivityCompletesLater();
    } catch (const CancelledFailure& failure) {
        return stopped(failure, task);
    } catch (...) {
        return def::ActivityFailed{payload::failureData(std::current_exception())};
    }
}

}  // namespace orrery::activity
