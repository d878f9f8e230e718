// SPDX-License-Identifier: MIT
// Inside of the room: what a reader had to convert or leave out, counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orrery::history {

class Notes {
public:
    void add(const std::string& what, int64_t eventId);
    /// "dropped unknown field X (12 times, first in event 5)", in order of their first appearance.
    std::vector<std::string> sentences() const;

private:
    struct Count {
        size_t order = 0;
        int64_t times = 0;
        int64_t firstEvent = 0;
    };
    std::map<std::string, Count> m_counts;
};

}  // namespace orrery::history
