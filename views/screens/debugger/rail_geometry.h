// SPDX-License-Identifier: MIT
#pragma once

#include "views/shared/tokens.h"

namespace orrery::ui::debugger {

/// Where the tasks of a run stand on a line of `width` pixels. Tasks are counted from 0. Plain values.
class RailGeometry {
public:
    /// Dots while they can be told apart and hit; then small ones; then only the line, with what matters marked on it.
    enum class Density { Dots, Points, Line };

    static constexpr int kDotRadius = shared::kGrid;
    static constexpr int kPointRadius = shared::kHalfGrid;
    /// The dot of the task that is shown.
    static constexpr int kHereRadius = 2 * shared::kGrid;

    RailGeometry(int count, int width) : m_count(count), m_width(width) {}

    int count() const { return m_count; }
    double left() const { return kHereRadius; }
    double right() const;
    double x(int task) const;
    Density density() const;
    /// The task nearest to the place; -1 when there is none at all.
    int taskAt(double x) const;

private:
    double pitch() const;

    int m_count;
    int m_width;
};

}  // namespace orrery::ui::debugger
