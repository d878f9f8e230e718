// SPDX-License-Identifier: MIT
#include "core/history/notes.h"

#include <fmt/format.h>

namespace orrery::history {

void Notes::add(const std::string& what, int64_t eventId) {
    const auto [found, fresh] = m_counts.try_emplace(what);
    if (fresh) {
        found->second.order = m_counts.size() - 1;
        found->second.firstEvent = eventId;
    }
    ++found->second.times;
}

std::vector<std::string> Notes::sentences() const {
    std::vector<std::string> out(m_counts.size());
    for (const auto& [what, count] : m_counts) {
        std::string place;
        if (count.firstEvent > 0 && count.times > 1) {
            place = fmt::format(" ({} times, first in event {})", count.times, count.firstEvent);
        } else if (count.firstEvent > 0) {
            place = fmt::format(" (event {})", count.firstEvent);
        }
        out[count.order] = what + place;
    }
    return out;
}

}  // namespace orrery::history
