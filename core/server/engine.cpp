// SPDX-License-Identifier: MIT
#include "core/server/engine.h"

#include <algorithm>
#include <exception>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/server/state/clock_status.h"

namespace orrery::server {

using namespace std::chrono_literals;

namespace {

/// Watchers are told this often at most.
constexpr base::Duration kTellPause = 30ms;

/// What throws here is a bug, but one workflow's trouble must neither end the others nor keep a caller from his answer.
template <typename Work>
void survive(Work&& work) {
    try {
        work();
    } catch (const std::exception& error) {
        base::log(base::LogLevel::Error, "server", std::string("An input failed inside the server: ") + error.what());
    }
}

void deliver(std::vector<std::pair<CallPtr, Reply>>& replies) {
    for (auto& [call, reply] : replies) call->finish(std::move(reply));
}

}  // namespace

class Engine::Subscription final : public ClockSubscription {
public:
    explicit Subscription(std::shared_ptr<Watcher> watcher) : m_watcher(std::move(watcher)) {}
    ~Subscription() override { m_watcher->gate.close(); }

private:
    std::shared_ptr<Watcher> m_watcher;
};

Engine::Engine(WorldOptions options, std::shared_ptr<base::Clock> wallClock)
    : m_wallClock(std::move(wallClock)), m_world(std::move(options)) {}

Engine::~Engine() {
    stop();
    // Its thread may still wake the ticker.
    m_writer.reset();
}

void Engine::keepIn(std::unique_ptr<Store> store) {
    m_keeper.emplace(m_world, *store, m_wallClock->now());
    m_writer = std::make_unique<StoreWriter>(std::move(store), [this] {
        // The ticker may be about to wait for this.
        {
            const std::lock_guard lock(m_mutex);
        }
        m_wake.notify_all();
    });
}

void Engine::start() {
    input([] {});
    m_ticker = std::thread([this] { tick(); });
}

void Engine::stop() {
    std::vector<std::pair<CallPtr, Reply>> replies;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        while (const CallPtr call = m_world.waits.takeAny()) {
            m_world.fail(call, ServiceError(base::ErrorCode::Unavailable, "The server is shutting down."));
        }
        replies.swap(m_world.outbox);
        if (m_keeper) replies = m_writer->submit(m_keeper->take(), std::move(replies));
    }
    m_wake.notify_all();
    deliver(replies);
    if (m_ticker.joinable()) m_ticker.join();
    if (m_writer) m_writer->finishAll();
}

/// One input: under the lock the state changes, after it, and when the change is kept, the replies leave.
template <typename Work>
void Engine::input(Work&& work) {
    std::vector<std::pair<CallPtr, Reply>> replies;
    bool wakeTicker = false;
    {
        const std::lock_guard lock(m_mutex);
        survive([this] { m_world.begin(m_wallClock->now()); });
        survive(work);
        survive([this] { m_world.settle(); });
        replies.swap(m_world.outbox);
        if (m_keeper) replies = m_writer->submit(m_keeper->take(), std::move(replies));
        const auto wake = m_world.nextWake();
        wakeTicker = wake && (!m_tickerWake || *wake < *m_tickerWake);
        if (!m_watchers.empty() && m_world.statusVersion() != m_toldVersion) wakeTicker = true;
    }
    if (wakeTicker) m_wake.notify_one();
    deliver(replies);
}

template <typename Work>
void Engine::turn(Work&& work) {
    if (const auto refused = trouble()) throw base::Error(refused->code(), refused->what());
    input(std::forward<Work>(work));
    if (m_writer) m_writer->await();
}

void Engine::call(const Methods::Method& method, const google::protobuf::Message& request, const CallPtr& call) {
    if (const auto refused = trouble()) {
        Reply reply;
        reply.error = refused;
        return call->finish(std::move(reply));
    }
    input([&] { Methods::run(method, m_world, request, call); });
}

void Engine::callerGone(const CallPtr& call) {
    {
        const std::lock_guard lock(m_mutex);
        // What an input lets fall due could not be kept. To forget a call changes nothing that is kept.
        if (inTrouble()) return m_world.waits.cancel(call);
    }
    input([&] { m_world.waits.cancel(call); });
}

void Engine::tick() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        m_tickerWake = m_world.nextWake();
        const bool news = !m_watchers.empty() && m_world.statusVersion() != m_toldVersion;
        const base::Timestamp now = m_wallClock->now();
        if (inTrouble()) {
            // What falls due meanwhile could not be kept.
            m_tickerWake.reset();
            m_wake.wait(lock, [this] { return m_stopping || !inTrouble(); });
        } else if (m_tickerWake && *m_tickerWake <= now) {
            lock.unlock();
            input([] {});
            lock.lock();
        } else if (news) {
            tellWatchers(lock);
        } else if (m_tickerWake) {
            m_wake.wait_for(lock, std::min<base::Duration>(*m_tickerWake - now, 1h));
        } else {
            m_wake.wait(lock);
        }
    }
}

void Engine::tellWatchers(std::unique_lock<std::mutex>& lock) {
    m_toldVersion = m_world.statusVersion();
    std::erase_if(m_watchers, [](const auto& watcher) { return watcher->gate.closed(); });
    const auto watchers = m_watchers;
    const ClockStatus status = clockStatus(m_world, m_wallClock->now());
    lock.unlock();
    for (const auto& watcher : watchers) watcher->gate.deliver([&] { watcher->callback(status); });
    lock.lock();
    // Gathers what comes in quick succession, unless something falls due meanwhile.
    const base::Timestamp until = m_wallClock->now() + kTellPause;
    while (!m_stopping && m_wallClock->now() < until) {
        const auto due = m_world.nextWake();
        const base::Timestamp now = m_wallClock->now();
        if (due && *due <= now) return;
        m_wake.wait_for(lock, std::min(until, due.value_or(until)) - now);
    }
}

ClockStatus Engine::status() const {
    const std::lock_guard lock(m_mutex);
    return clockStatus(m_world, m_wallClock->now());
}

void Engine::resume() {
    turn([this] { m_world.clock.resume(m_world.wall); });
}

void Engine::pause() {
    turn([this] { m_world.clock.pause(m_world.wall); });
}

void Engine::automatic() {
    turn([this] { m_world.clock.automatic(m_world.wall); });
}

void Engine::step() {
    turn([this] { m_world.clock.step(); });
}

void Engine::runTo(base::Timestamp target) {
    bool past = false;
    turn([&] {
        past = target <= m_world.now;
        if (!past) m_world.clock.runTo(target);
    });
    if (past) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          "Virtual time never goes back: " + base::formatTimestamp(target) + " is past.");
    }
}

void Engine::runTo(EventTarget event) {
    turn([&] { m_world.clock.runTo(std::move(event)); });
}

void Engine::skip(base::Duration duration) {
    if (duration <= 0s) {
        throw base::Error(base::ErrorCode::InvalidArgument,
                          "Time can only be skipped forward; give a positive duration.");
    }
    turn([&] { m_world.clock.skip(later(m_world.now, duration)); });
}

void Engine::goOn() {
    turn([this] { m_world.clock.goOn(); });
}

std::unique_ptr<ClockSubscription> Engine::subscribe(Callback callback) {
    auto watcher = std::make_shared<Watcher>();
    watcher->callback = std::move(callback);
    {
        const std::lock_guard lock(m_mutex);
        m_watchers.push_back(watcher);
        // The first news are the state of things.
        m_toldVersion = m_world.statusVersion() - 1;
    }
    m_wake.notify_one();
    return std::make_unique<Subscription>(std::move(watcher));
}

}  // namespace orrery::server
