// SPDX-License-Identifier: MIT
// What the fan_out sample speaks about: its values and its typed names.
#pragma once

#include <string>
#include <vector>

#include "core/definition/handles.h"
#include "core/definition/json.h"

namespace orrery::samples {

struct SurveyPlan {
    /// The sky is cut into so many sectors; each is an activity.
    int sectors = 100;
    /// At most so many at a time.
    int width = 10;
    /// Every so manieth sector is clouded over at the first attempt; 0: none.
    int cloudedEvery = 7;
    /// Every so manieth sector cannot be seen at all; 0: none.
    int hiddenEvery = 0;
    /// How long each activity takes, in seconds.
    double pace = 0;
};
ORRERY_JSON(SurveyPlan, sectors, width, cloudedEvery, hiddenEvery, pace)

struct Sector {
    int number = 0;
    int stars = 0;
    /// The attempt that succeeded; 0 when none did.
    int attempts = 0;
};
ORRERY_JSON(Sector, number, stars, attempts)

struct SurveyResult {
    int sectors = 0;
    int stars = 0;
    /// The sector with the most stars.
    int brightest = 0;
    /// Sectors that took more than one attempt.
    std::vector<int> retried;
    /// Sectors that nobody could count.
    std::vector<int> hidden;
};
ORRERY_JSON(SurveyResult, sectors, stars, brightest, retried, hidden)

struct SurveyProgress {
    int done = 0;
    int running = 0;
    int waiting = 0;
};
ORRERY_JSON(SurveyProgress, done, running, waiting)

inline constexpr definition::Workflow<SurveyResult(SurveyPlan)> kFanOut{"fan_out"};
inline constexpr definition::Query<SurveyProgress()> kSurveyProgress{"progress"};
inline constexpr definition::Activity<Sector(int, SurveyPlan)> kCountStars{"count_stars"};

/// A survey to try things with: a hundred sectors, ten at a time, half a second each.
SurveyPlan examplePlan();

}  // namespace orrery::samples
