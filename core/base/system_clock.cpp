// SPDX-License-Identifier: MIT
#include "core/base/clock.h"

namespace orrery::base {
namespace {

class SystemClock final : public Clock {
public:
    Timestamp now() const override { return std::chrono::system_clock::now(); }
};

}  // namespace

std::shared_ptr<Clock> systemClock() {
    static const auto clock = std::make_shared<SystemClock>();
    return clock;
}

Duration monotonicNow() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace orrery::base
