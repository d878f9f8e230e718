// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::ui::timeline {

/// Nanoseconds since the start of the history shown.
using Offset = int64_t;

struct Gap {
    Offset begin = 0;
    Offset end = 0;
    Offset length() const { return end - begin; }
    bool operator==(const Gap&) const = default;
};

/// From time to pixels and back, with folded gaps of one width each. A plain value: no window, no painter. Zooming
/// keeps the time under the pointer; a fold opens out and closes without moving what is at the left edge.
class TimeScale {
public:
    /// All of time from 0 to length; the gaps are sorted and disjoint. Keeps zoom and left edge, or the fit.
    void setSpan(Offset length, std::vector<Gap> folds);
    void setViewWidth(double pixels);

    double x(Offset time) const { return position(time) - m_left; }
    Offset timeAt(double x) const;

    void fit();
    bool isFitted() const { return m_fitted; }
    void zoomAt(double x, double factor);
    void panBy(double pixels);
    /// Shows the span with some room around it.
    void show(Offset begin, Offset end);
    /// Pans as little as needed so that the time is inside the view.
    void reveal(Offset time);

    Offset length() const { return m_length; }
    double viewWidth() const { return m_viewWidth; }
    double pixelsPerNano() const { return m_scale; }
    double foldWidth() const { return m_foldWidth; }
    /// How much is shown, 1 for all.
    double zoom() const { return m_scale / fitScale(); }
    std::span<const Gap> folds() const { return m_folds; }
    /// Index of the fold under x, -1 when there is none.
    int foldAt(double x) const;

private:
    double position(Offset time) const;
    Offset timeAtPosition(double position) const;
    double fitScale() const;
    double fitFoldWidth() const;
    double contentWidth() const;
    void setScale(double scale);
    void measureFolds();
    void clampLeft();

    Offset m_length = 1;
    std::vector<Gap> m_folds;
    std::vector<Offset> m_foldedBefore;  // time hidden by the folds before this one
    Offset m_foldedTotal = 0;
    double m_viewWidth = 1;
    double m_scale = 1e-6;
    double m_left = 0;
    double m_foldWidth = 0;
    bool m_fitted = true;
};

}  // namespace orrery::ui::timeline
