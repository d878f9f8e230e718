// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <vector>

#include "views/shared/tokens.h"

namespace orrery::ui::debugger {

/// A stretch of one line of C++ that has a colour of its own.
struct SourceSpan {
    int from = 0;
    int length = 0;
    shared::Role role = shared::Role::Text;

    bool operator==(const SourceSpan&) const = default;
};

/// What a line leaves open for the next one: nothing, or a comment.
enum class SourceState { Code, Comment };

/// The spans of a line that begins in `state`, left to right; `state` becomes the next line's. Good enough to read by:
/// keywords, comments, literals, directives; raw strings end with their line.
std::vector<SourceSpan> sourceSpans(const QString& line, SourceState& state);

}  // namespace orrery::ui::debugger
