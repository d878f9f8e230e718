// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/server/clock_control.h"
#include "core/server/state/later.h"

namespace orrery::server {

/// Where virtual time stands against wall time, and where it is told to go. Knows nothing of what is due or who holds
/// it; the state asks nextJump() and does the rest. Virtual time never goes back.
class VirtualClock {
public:
    base::Timestamp now(base::Timestamp wall) const { return m_frozen ? *m_frozen : later(wall, m_offset); }
    bool frozen() const { return m_frozen.has_value(); }
    base::Duration offset() const { return m_offset; }
    ClockMode mode() const { return m_mode; }
    const std::optional<base::Timestamp>& target() const { return m_target; }
    const std::optional<EventTarget>& eventTarget() const { return m_event; }
    uint64_t jumps() const { return m_jumps; }
    uint64_t version() const { return m_version; }
    const std::string& lastNote() const { return m_note; }

    void resume(base::Timestamp wall);
    void pause(base::Timestamp wall);
    void automatic(base::Timestamp wall);
    void step();
    void runTo(base::Timestamp target);
    void runTo(EventTarget event);
    void skip(base::Timestamp target);
    void goOn() {
        m_goOn = true;
        ++m_version;
    }
    bool takeGoOn();

    /// The time to jump to, given the soonest due time and the soonest that automatic mode may go to. May finish the
    /// mode when there is nothing to do; nullopt means stand.
    std::optional<base::Timestamp> nextJump(base::Timestamp wall, std::optional<base::Timestamp> firstDue,
                                            std::optional<base::Timestamp> firstJump);
    void jumpTo(base::Timestamp time, base::Timestamp wall);
    /// After the jump's due things were handled.
    void jumped(base::Timestamp wall);
    /// An event was written; ends RunTo when it is the one waited for.
    void eventReached(base::Timestamp wall);
    /// Ends RunTo and Skip when their time has come by itself.
    void checkTarget(base::Timestamp wall);

    /// All that it knows, for a store.
    struct Memory {
        ClockMode mode = ClockMode::Real;
        ClockMode resting = ClockMode::Real;
        base::Duration offset{};
        std::optional<base::Timestamp> frozen;
        std::optional<base::Timestamp> target;
        std::optional<EventTarget> event;
        bool goOn = false;
        uint64_t jumps = 0;
        std::string note;
    };
    Memory memory() const;
    /// Goes on where another clock stood at `standing`, however far the wall's clock was set back meanwhile.
    void restore(const Memory& memory, base::Timestamp standing, base::Timestamp wall);

private:
    void rest(ClockMode mode, base::Timestamp wall, std::string note);
    void go(ClockMode mode);

    ClockMode m_mode = ClockMode::Real;
    ClockMode m_resting = ClockMode::Real;  ///< where Skip returns to
    base::Duration m_offset{};
    std::optional<base::Timestamp> m_frozen;
    std::optional<base::Timestamp> m_target;
    std::optional<EventTarget> m_event;
    bool m_goOn = false;
    uint64_t m_jumps = 0;
    uint64_t m_version = 0;
    std::string m_note;
};

}  // namespace orrery::server
