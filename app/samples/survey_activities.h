// SPDX-License-Identifier: MIT
#pragma once

#include "app/samples/survey.h"

namespace orrery::samples {

/// Looks at one sector, counted from 1; may be tried again at any point, for it only reads.
Sector countStars(int sector, const SurveyPlan& plan);

}  // namespace orrery::samples
