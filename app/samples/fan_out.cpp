// SPDX-License-Identifier: MIT
#include "app/samples/fan_out.h"

#include <fmt/format.h>

#include "app/samples/steps.h"

namespace orrery::samples {
namespace {

using workflow::Task;

}  // namespace

Task<SurveyResult> SkySurvey::run(SurveyPlan) {
    if (m_plan.sectors < 0 || m_plan.width < 1) {
        throw workflow::ApplicationFailure("A survey needs at least one sector at a time, and no fewer than none.",
                                           "InvalidPlan");
    }
    std::vector<Task<Sector>> work;
    for (int number = 1; number <= m_plan.sectors; ++number) work.push_back(survey(number));
    co_return sum(co_await workflow::all(std::move(work)));
}

Task<Sector> SkySurvey::survey(int number) {
    const auto turn = co_await m_turns.acquire();
    ++m_running;
    Sector sector;
    sector.number = number;
    try {
        sector = co_await workflow::execute(kCountStars, step(fmt::format("sector {}", number)), number, m_plan);
    } catch (const workflow::ActivityFailure& failure) {
        if (payload::isCancellation(failure)) throw;
    }
    --m_running;
    ++m_done;
    co_return sector;
}

SurveyResult SkySurvey::sum(const std::vector<Sector>& sectors) const {
    SurveyResult result;
    int most = 0;
    for (const Sector& sector : sectors) {
        if (sector.attempts == 0) {
            result.hidden.push_back(sector.number);
            continue;
        }
        ++result.sectors;
        result.stars += sector.stars;
        if (sector.attempts > 1) result.retried.push_back(sector.number);
        if (sector.stars > most) result.brightest = sector.number;
        most = std::max(most, sector.stars);
    }
    return result;
}

SurveyProgress SkySurvey::progress() const {
    SurveyProgress progress;
    progress.done = m_done;
    progress.running = m_running;
    progress.waiting = m_plan.sectors - m_done - m_running;
    return progress;
}

workflow::Definition<SkySurvey> SkySurvey::definition() {
    auto definition = workflow::define<SkySurvey>(kFanOut);
    definition.run(&SkySurvey::run)
        .query(kSurveyProgress, &SkySurvey::progress, "How many sectors are counted, under way and waiting");
    return definition;
}

}  // namespace orrery::samples
