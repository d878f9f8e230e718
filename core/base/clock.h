// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/base/time.h"

namespace orrery::base {

/// The only door to wall time. Code that needs the time takes a Clock; tests and simulations hand in their own.
/// Safe to call from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
};

/// The machine's clock. system_clock.cpp is the one file that reads it (tests/lint holds everyone to that).
std::shared_ptr<Clock> systemClock();

/// Monotonic reading of the machine, for measuring and for deadlines of network calls; never for history times.
Duration monotonicNow();

/// A clock that stands until told otherwise. Owned by a test; not thread safe while being moved.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start) : m_now(start) {}
    Timestamp now() const override { return m_now; }
    void advance(Duration by) { m_now += by; }

private:
    Timestamp m_now;
};

}  // namespace orrery::base
