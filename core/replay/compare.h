// SPDX-License-Identifier: MIT
// Inside of the room: the commands of one workflow task, recorded beside produced.
#pragma once

#include <optional>
#include <vector>

#include "core/replay/side.h"

namespace orrery::replay {

/// Where the two part first. Hard: at the first command that a worker would refuse; else at the first silent change.
struct Parting {
    Verdict severity = Verdict::Hard;
    /// Absent: the code does more. Both point into what compare() was given.
    const Side* recorded = nullptr;
    /// Absent: the code does less.
    const Side* produced = nullptr;
    /// Of a silent change.
    std::vector<std::string> differing;
};

struct Comparison {
    std::vector<ComparedCommand> rows;
    std::optional<Parting> parting;
};

/// By the rules of a worker: in order, one for one, where patch markers that only one side has may be passed over when
/// they are deprecated (recorded) or came in later (produced). From the first difference on, the rows are aligned so
/// that what is the same stands side by side.
Comparison compare(const std::vector<Side>& recorded, const std::vector<Side>& produced);

/// The produced commands alone, of a task that has not completed.
Comparison notCompared(const std::vector<Side>& produced);

}  // namespace orrery::replay
