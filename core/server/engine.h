// SPDX-License-Identifier: MIT
// The one lock around the state, the ticker that wakes it, and what is told to those who watch the clock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/delivery.h"
#include "core/server/clock_control.h"
#include "core/server/state/methods.h"
#include "core/server/state/world.h"
#include "core/server/store/keeper.h"
#include "core/server/store/store_writer.h"

namespace orrery::server {

class Engine final : public ClockControl {
public:
    Engine(WorldOptions options, std::shared_ptr<base::Clock> wallClock);
    ~Engine() override;

    /// Before start(): takes up what the store has, and keeps everything in it from then on. Without it nothing is
    /// kept. Throws base::Error when the store cannot be read.
    void keepIn(std::unique_ptr<Store> store);
    void start();
    /// Answers every waiting call and joins the ticker. Idempotent.
    void stop();

    void call(const Methods::Method& method, const google::protobuf::Message& request, const CallPtr& call);
    void callerGone(const CallPtr& call);

    ClockStatus status() const override;
    void resume() override;
    void pause() override;
    void automatic() override;
    void step() override;
    void runTo(base::Timestamp target) override;
    void runTo(EventTarget event) override;
    void skip(base::Duration duration) override;
    void goOn() override;
    std::unique_ptr<ClockSubscription> subscribe(Callback callback) override;

private:
    struct Watcher {
        Callback callback;
        base::DeliveryGate gate;
    };
    class Subscription;

    template <typename Work>
    void input(Work&& work);
    /// The same for whoever turns the clock's knob: returns when it is kept. Throws base::Error(Unavailable) when that
    /// cannot be.
    template <typename Work>
    void turn(Work&& work);
    void tick();
    std::optional<ServiceError> trouble() const { return m_writer ? m_writer->trouble() : std::nullopt; }
    bool inTrouble() const { return m_writer && m_writer->inTrouble(); }
    void tellWatchers(std::unique_lock<std::mutex>& lock);

    const std::shared_ptr<base::Clock> m_wallClock;
    mutable std::mutex m_mutex;
    World m_world;
    std::optional<Keeper> m_keeper;         ///< none: nothing is kept
    std::unique_ptr<StoreWriter> m_writer;  ///< with a keeper
    std::condition_variable m_wake;
    std::optional<base::Timestamp> m_tickerWake;  ///< what the ticker waits for
    uint64_t m_toldVersion = 0;
    std::vector<std::shared_ptr<Watcher>> m_watchers;
    bool m_stopping = false;
    std::thread m_ticker;
};

}  // namespace orrery::server
