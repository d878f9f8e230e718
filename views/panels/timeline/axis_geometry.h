// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <vector>

#include "views/panels/timeline/time_scale_geometry.h"

namespace orrery::ui::timeline {

struct Tick {
    Offset at = 0;
    double x = 0;
    /// Time since the start; exact, so that two ticks never say the same.
    QString label;
};

/// The smallest step of those that people use (1, 2, 5 of ns, us, ms; 1, 2, 5, 10, 15, 30 of s and min; 1, 2, 3, 6, 12
/// h; 1, 2, 5, 10 ... days) that is not less than the given length.
Offset axisStep(double atLeast);

/// "+5 s", "+1 d 2 h", "+0.25 ms"; "0" for the start itself.
QString offsetLabel(Offset offset);

/// Steps inside the view from left to right, never inside a fold, at least `spacing` pixels apart.
void axisTicks(const TimeScale& scale, double spacing, std::vector<Tick>& out);

}  // namespace orrery::ui::timeline
