// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace orrery::simulation {

/// One word of a script (program.h).
struct Step {
    char word = 'L';
    int number = 0;
    std::vector<std::vector<Step>> parts;
    /// Where it stands, for what continues after it or is handed to a child.
    size_t begin = 0;
    size_t end = 0;
};
using Steps = std::vector<Step>;

/// Throws std::invalid_argument naming the place of what it cannot read.
Steps parseScript(const std::string& script);

}  // namespace orrery::simulation
