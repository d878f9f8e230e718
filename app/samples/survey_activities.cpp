// SPDX-License-Identifier: MIT
#include "app/samples/survey_activities.h"

#include <fmt/format.h>

#include "app/samples/steps.h"
#include "core/activity/activity.h"

namespace orrery::samples {
namespace {

using activity::ApplicationFailure;

bool isEvery(int number, int interval) { return interval > 0 && number % interval == 0; }

}  // namespace

Sector countStars(int number, const SurveyPlan& plan) {
    takeTime(plan.pace);
    if (isEvery(number, plan.hiddenEvery)) {
        throw ApplicationFailure(fmt::format("The moon stands before sector {}.", number), "Hidden").nonRetryable();
    }
    const int attempt = activity::info().attempt;
    if (isEvery(number, plan.cloudedEvery) && attempt == 1) {
        throw ApplicationFailure(fmt::format("Clouds over sector {}.", number), "Clouded");
    }
    Sector sector;
    sector.number = number;
    // As uneven as a sky, and the same for everybody who looks.
    sector.stars = 10 + number * 7919 % 997;
    sector.attempts = attempt;
    return sector;
}

}  // namespace orrery::samples
