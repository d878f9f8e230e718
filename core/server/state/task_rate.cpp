// SPDX-License-Identifier: MIT
#include "core/server/state/task_rate.h"

#include <algorithm>
#include <numeric>

namespace orrery::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kSpan = 5s;
constexpr base::Duration kWindow = 30s;

}  // namespace

void TaskRate::advance(base::Timestamp wall) {
    if (wall - m_begin < kSpan) return;
    const int64_t spans = (wall - m_begin) / kSpan;
    for (int64_t i = 0; i < std::min(spans, kSpans); ++i) {
        m_current = uint8_t((m_current + 1) % kSpans);
        m_counts[m_current] = 0;
    }
    m_begin += spans * kSpan;
}

void TaskRate::begin(base::Timestamp wall) {
    if (m_used) return;
    m_used = true;
    m_first = wall;
    m_begin = wall;
}

void TaskRate::count(base::Timestamp wall) {
    begin(wall);
    advance(wall);
    ++m_counts[m_current];
}

double TaskRate::perSecond(base::Timestamp wall) const {
    if (!m_used) return 0;
    TaskRate now = *this;
    now.advance(wall);
    const base::Duration elapsed = std::min<base::Duration>(wall - now.m_begin + kWindow, wall - m_first);
    if (elapsed <= 0s) return 0;
    const auto tasks = std::accumulate(now.m_counts.begin(), now.m_counts.end(), uint64_t(0));
    return double(tasks) / std::chrono::duration<double>(elapsed).count();
}

}  // namespace orrery::server
