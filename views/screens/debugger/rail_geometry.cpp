// SPDX-License-Identifier: MIT
#include "views/screens/debugger/rail_geometry.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::debugger {
namespace {

constexpr double kDotPitch = 4.0 * RailGeometry::kDotRadius;
constexpr double kPointPitch = 3.0 * RailGeometry::kPointRadius;

}  // namespace

double RailGeometry::right() const { return std::max(left(), static_cast<double>(m_width - kHereRadius)); }

double RailGeometry::pitch() const { return m_count < 2 ? right() - left() : (right() - left()) / (m_count - 1); }

double RailGeometry::x(int task) const { return left() + (m_count < 2 ? 0 : task * pitch()); }

RailGeometry::Density RailGeometry::density() const {
    if (m_count < 2 || pitch() >= kDotPitch) return Density::Dots;
    return pitch() >= kPointPitch ? Density::Points : Density::Line;
}

int RailGeometry::taskAt(double x) const {
    if (m_count == 0) return -1;
    if (m_count == 1 || pitch() <= 0) return 0;
    return std::clamp(static_cast<int>(std::lround((x - left()) / pitch())), 0, m_count - 1);
}

}  // namespace orrery::ui::debugger
