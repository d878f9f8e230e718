// SPDX-License-Identifier: MIT
#pragma once

#include "app/samples/survey.h"
#include "core/workflow/composition.h"
#include "core/workflow/definition.h"

namespace orrery::samples {

/// Counts the stars of the whole sky, sector by sector, so many sectors at a time. Clouds are waited out; a sector
/// that cannot be seen at all is named in the result, which holds what the others gave.
class SkySurvey {
public:
    explicit SkySurvey(const SurveyPlan& plan) : m_plan(plan), m_turns(plan.width) {}

    workflow::Task<SurveyResult> run(SurveyPlan plan);
    SurveyProgress progress() const;

    static workflow::Definition<SkySurvey> definition();

private:
    workflow::Task<Sector> survey(int number);
    SurveyResult sum(const std::vector<Sector>& sectors) const;

    const SurveyPlan m_plan;
    workflow::Semaphore m_turns;
    int m_running = 0;
    int m_done = 0;
};

}  // namespace orrery::samples
