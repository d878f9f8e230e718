// SPDX-License-Identifier: MIT
#include "tests/views/support/fake_clock.h"

#include <map>

#include "core/base/error.h"
#include "views/shared/text_format.h"

namespace orrery::test {

struct FakeClock::Subscribers {
    std::map<int, Callback> callbacks;
    int last = 0;
};

FakeClock::FakeClock(base::Timestamp now) : m_subscribers(std::make_shared<Subscribers>()) {
    next.virtualNow = now;
    next.wallNow = now;
}

FakeClock::~FakeClock() = default;

void FakeClock::tell() {
    const auto callbacks = m_subscribers->callbacks;
    for (const auto& [id, callback] : callbacks) callback(next);
}

void FakeClock::enter(gateway::ClockMode mode, const QString& call) {
    calls << call;
    next.mode = mode;
    tell();
}

void FakeClock::resume() { enter(gateway::ClockMode::Real, QStringLiteral("resume")); }
void FakeClock::pause() { enter(gateway::ClockMode::Paused, QStringLiteral("pause")); }
void FakeClock::automatic() { enter(gateway::ClockMode::Automatic, QStringLiteral("automatic")); }
void FakeClock::step() { enter(gateway::ClockMode::Step, QStringLiteral("step")); }
void FakeClock::goOn() { enter(next.mode, QStringLiteral("goOn")); }

void FakeClock::runTo(base::Timestamp target) {
    if (target <= next.virtualNow) throw base::Error(base::ErrorCode::InvalidArgument, "that time is past");
    enter(gateway::ClockMode::RunTo,
          QStringLiteral("runTo +%1").arg(ui::shared::durationText(target - next.virtualNow)));
}

void FakeClock::runTo(gateway::EventTarget event) {
    enter(gateway::ClockMode::RunTo, QStringLiteral("runTo %1").arg(ui::shared::text(event.eventType)));
}

void FakeClock::skip(base::Duration duration) {
    next.virtualNow += duration;
    next.ahead += duration;
    ++next.jumps;
    enter(next.mode, QStringLiteral("skip %1").arg(ui::shared::durationText(duration)));
}

std::unique_ptr<gateway::ClockSubscription> FakeClock::subscribe(Callback callback) {
    struct Subscription final : gateway::ClockSubscription {
        Subscription(std::shared_ptr<Subscribers> s, int i) : subscribers(std::move(s)), id(i) {}
        ~Subscription() override { subscribers->callbacks.erase(id); }
        std::shared_ptr<Subscribers> subscribers;
        int id;
    };
    const int id = ++m_subscribers->last;
    m_subscribers->callbacks[id] = std::move(callback);
    return std::make_unique<Subscription>(m_subscribers, id);
}

}  // namespace orrery::test
