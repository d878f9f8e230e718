// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>
#include <memory>

#include "core/gateway/clock.h"

namespace orrery::test {

/// A clock that stands still and writes down what it was told. Callbacks come on the calling thread.
class FakeClock final : public gateway::ClockControl {
public:
    explicit FakeClock(base::Timestamp now);
    ~FakeClock() override;

    /// "pause", "skip 1 d 0 h" ..., in order.
    QStringList calls;
    gateway::ClockStatus next;

    /// Tells the subscribers what `next` is now.
    void tell();

    gateway::ClockStatus status() const override { return next; }
    void resume() override;
    void pause() override;
    void automatic() override;
    void step() override;
    void runTo(base::Timestamp target) override;
    void runTo(gateway::EventTarget event) override;
    void skip(base::Duration duration) override;
    void goOn() override;
    std::unique_ptr<gateway::ClockSubscription> subscribe(Callback callback) override;

private:
    struct Subscribers;
    void enter(gateway::ClockMode mode, const QString& call);
    std::shared_ptr<Subscribers> m_subscribers;
};

}  // namespace orrery::test
