// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <vector>

namespace orrery::ui::debugger {

/// One line of a state, and whether something on it is another than before.
struct StateLine {
    QString text;
    bool changed = false;

    bool operator==(const StateLine&) const = default;
};

/// A query's answer, indented, with what changed against the answer one step earlier: "▸ "risk": null → "high"".
struct StateText {
    std::vector<StateLine> lines;
    /// Values that are others, came or went.
    int changed = 0;

    QString plain() const;
};

/// JSON beside JSON, member by member in the order of `now`; digits and escapes stay as they came. What is no JSON is
/// taken as one value. An absent `before` (null QString) marks nothing: there is nothing to compare with.
StateText stateText(const QString& before, const QString& now);

}  // namespace orrery::ui::debugger
