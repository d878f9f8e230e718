// SPDX-License-Identifier: MIT
#include "views/panels/timeline/time_scale_geometry.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::timeline {
namespace {

constexpr double kPadLeft = 24;
constexpr double kPadRight = 56;
constexpr double kFoldWidth = 24;
constexpr double kNarrowestFold = 2;
constexpr double kFoldShare = 0.4;      // of the view, at most, when all of time is shown
constexpr double kLargestScale = 0.02;  // 20 pixels a microsecond
constexpr Offset kShortest = 1'000'000;

}  // namespace

void TimeScale::setSpan(Offset length, std::vector<Gap> folds) {
    const Offset atLeft = timeAt(kPadLeft);
    m_length = std::max(length, kShortest);
    m_folds = std::move(folds);
    m_foldedBefore.clear();
    m_foldedTotal = 0;
    for (const Gap& gap : m_folds) {
        m_foldedBefore.push_back(m_foldedTotal);
        m_foldedTotal += gap.length();
    }
    if (m_fitted) {
        fit();
    } else {
        m_scale = std::max(m_scale, fitScale());
        measureFolds();
        m_left = position(atLeft) - kPadLeft;
        clampLeft();
    }
}

void TimeScale::setViewWidth(double pixels) {
    m_viewWidth = std::max(pixels, 2 * (kPadLeft + kPadRight));
    if (m_fitted) fit();
    m_scale = std::max(m_scale, fitScale());
    measureFolds();
    clampLeft();
}

double TimeScale::fitFoldWidth() const {
    if (m_folds.empty()) return kFoldWidth;
    return std::clamp(kFoldShare * m_viewWidth / static_cast<double>(m_folds.size()), kNarrowestFold, kFoldWidth);
}

double TimeScale::fitScale() const {
    const double folds = fitFoldWidth() * static_cast<double>(m_folds.size());
    const double room = std::max(m_viewWidth - kPadLeft - kPadRight - folds, m_viewWidth * 0.1);
    return room / static_cast<double>(std::max(m_length - m_foldedTotal, kShortest));
}

void TimeScale::measureFolds() { m_foldWidth = std::min(fitFoldWidth() * std::max(zoom(), 1.0), kFoldWidth); }

double TimeScale::contentWidth() const { return position(m_length); }

double TimeScale::position(Offset time) const {
    const auto after =
        std::upper_bound(m_folds.begin(), m_folds.end(), time, [](Offset t, const Gap& gap) { return t < gap.begin; });
    const auto count = static_cast<size_t>(after - m_folds.begin());
    if (count == 0) return static_cast<double>(time) * m_scale;
    const Gap& last = m_folds[count - 1];
    const Offset hidden = m_foldedBefore[count - 1];
    const double before = static_cast<double>(count - 1) * foldWidth();
    if (time < last.end) {
        const double share = static_cast<double>(time - last.begin) / static_cast<double>(last.length());
        return static_cast<double>(last.begin - hidden) * m_scale + before + share * foldWidth();
    }
    return static_cast<double>(time - hidden - last.length()) * m_scale + before + foldWidth();
}

Offset TimeScale::timeAtPosition(double where) const {
    const double width = foldWidth();
    // The last fold that begins at or left of the position.
    size_t low = 0;
    size_t high = m_folds.size();
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (position(m_folds[middle].begin) <= where) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) return static_cast<Offset>(std::llround(where / m_scale));
    const Gap& gap = m_folds[low - 1];
    const double inside = where - position(gap.begin);
    if (inside < width) return gap.begin + static_cast<Offset>(inside / width * static_cast<double>(gap.length()));
    return gap.end + static_cast<Offset>(std::llround((inside - width) / m_scale));
}

Offset TimeScale::timeAt(double x) const { return timeAtPosition(x + m_left); }

int TimeScale::foldAt(double x) const {
    for (size_t i = 0; i < m_folds.size(); ++i) {
        const double begin = this->x(m_folds[i].begin);
        if (x >= begin && x < begin + foldWidth()) return static_cast<int>(i);
    }
    return -1;
}

void TimeScale::fit() {
    m_scale = fitScale();
    measureFolds();
    m_left = -kPadLeft;
    m_fitted = true;
}

void TimeScale::setScale(double scale) {
    const double least = fitScale();
    m_scale = std::clamp(scale, least, std::max(least, kLargestScale));
    m_fitted = m_scale <= least * 1.0001;
    measureFolds();
}

void TimeScale::clampLeft() {
    const double right = contentWidth() - m_viewWidth + kPadRight;
    m_left = std::clamp(m_left, -kPadLeft, std::max(-kPadLeft, right));
}

void TimeScale::zoomAt(double x, double factor) {
    const Offset anchor = timeAt(x);
    setScale(m_scale * factor);
    m_left = position(anchor) - x;
    if (m_fitted) m_left = -kPadLeft;
    clampLeft();
}

void TimeScale::panBy(double pixels) {
    m_left += pixels;
    clampLeft();
}

void TimeScale::show(Offset begin, Offset end) {
    const double room = m_viewWidth * 0.7;
    Offset hidden = 0;
    double folds = 0;
    for (const Gap& gap : m_folds) {
        if (gap.begin >= begin && gap.end <= end) {
            hidden += gap.length();
            folds += kFoldWidth;
        }
    }
    setScale(std::max(room - folds, room * 0.2) / static_cast<double>(std::max<Offset>(end - begin - hidden, 1000)));
    const double middle = (position(begin) + position(end)) / 2;
    m_left = m_fitted ? -kPadLeft : middle - m_viewWidth / 2;
    clampLeft();
}

void TimeScale::reveal(Offset time) {
    const double at = x(time);
    if (at >= kPadLeft && at <= m_viewWidth - kPadRight) return;
    m_left = position(time) - (at < kPadLeft ? m_viewWidth * 0.25 : m_viewWidth * 0.75);
    clampLeft();
}

}  // namespace orrery::ui::timeline
