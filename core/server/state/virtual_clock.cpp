// SPDX-License-Identifier: MIT
#include "core/server/state/virtual_clock.h"

#include <algorithm>

namespace orrery::server {

void VirtualClock::rest(ClockMode mode, base::Timestamp wall, std::string note) {
    const base::Timestamp standing = now(wall);
    m_mode = mode;
    m_resting = mode;
    m_target.reset();
    m_event.reset();
    m_goOn = false;
    m_note = std::move(note);
    if (mode == ClockMode::Paused) {
        m_frozen = standing;
    } else {
        m_frozen.reset();
        m_offset = standing - wall;
    }
    ++m_version;
}

void VirtualClock::go(ClockMode mode) {
    m_mode = mode;
    m_target.reset();
    m_event.reset();
    m_goOn = false;
    m_note.clear();
    ++m_version;
}

void VirtualClock::resume(base::Timestamp wall) { rest(ClockMode::Real, wall, {}); }
void VirtualClock::pause(base::Timestamp wall) { rest(ClockMode::Paused, wall, {}); }
void VirtualClock::automatic(base::Timestamp wall) { rest(ClockMode::Automatic, wall, {}); }
void VirtualClock::step() { go(ClockMode::Step); }

void VirtualClock::runTo(base::Timestamp target) {
    go(ClockMode::RunTo);
    m_target = target;
}

void VirtualClock::runTo(EventTarget event) {
    go(ClockMode::RunTo);
    m_event = std::move(event);
}

void VirtualClock::skip(base::Timestamp target) {
    const auto earlier = m_mode == ClockMode::Skip ? m_target : std::nullopt;
    go(ClockMode::Skip);
    m_target = earlier ? std::max(*earlier, target) : target;
}

bool VirtualClock::takeGoOn() {
    if (!m_goOn) return false;
    m_goOn = false;
    ++m_version;
    return true;
}

std::optional<base::Timestamp> VirtualClock::nextJump(base::Timestamp wall, std::optional<base::Timestamp> firstDue,
                                                      std::optional<base::Timestamp> firstJump) {
    switch (m_mode) {
        case ClockMode::Real:
        case ClockMode::Paused: return std::nullopt;
        case ClockMode::Automatic: return firstJump ? firstDue : std::nullopt;
        case ClockMode::Step:
            if (!firstDue) rest(ClockMode::Paused, wall, "Nothing is due.");
            return firstDue;
        case ClockMode::RunTo:
            if (m_event && !firstDue) rest(ClockMode::Paused, wall, "Nothing is due, and the event did not come.");
            if (m_event || !m_target) return firstDue;
            return firstDue ? std::min(*firstDue, *m_target) : *m_target;
        case ClockMode::Skip: return firstDue ? std::min(*firstDue, *m_target) : *m_target;
    }
    return std::nullopt;
}

void VirtualClock::jumpTo(base::Timestamp time, base::Timestamp wall) {
    const base::Timestamp standing = now(wall);
    if (time <= standing) return;
    if (m_frozen) {
        m_frozen = time;
    } else {
        m_offset = time - wall;
    }
    ++m_jumps;
    ++m_version;
}

void VirtualClock::jumped(base::Timestamp wall) {
    if (m_mode == ClockMode::Step) rest(ClockMode::Paused, wall, {});
    checkTarget(wall);
}

void VirtualClock::eventReached(base::Timestamp wall) {
    if (m_mode == ClockMode::RunTo) rest(ClockMode::Paused, wall, {});
}

VirtualClock::Memory VirtualClock::memory() const {
    return {m_mode, m_resting, m_offset, m_frozen, m_target, m_event, m_goOn, m_jumps, m_note};
}

void VirtualClock::restore(const Memory& memory, base::Timestamp standing, base::Timestamp wall) {
    m_mode = memory.mode;
    m_resting = memory.resting;
    m_offset = memory.frozen ? memory.offset : std::max(memory.offset, standing - wall);
    m_frozen = memory.frozen;
    m_target = memory.target;
    m_event = memory.event;
    m_goOn = memory.goOn;
    m_jumps = memory.jumps;
    m_note = memory.note;
    ++m_version;
}

void VirtualClock::checkTarget(base::Timestamp wall) {
    if (!m_target || now(wall) < *m_target) return;
    if (m_mode == ClockMode::RunTo) {
        rest(ClockMode::Paused, wall, {});
    } else if (m_mode == ClockMode::Skip) {
        rest(m_resting, wall, {});
    }
}

}  // namespace orrery::server
