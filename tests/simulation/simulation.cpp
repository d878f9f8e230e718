// SPDX-License-Identifier: MIT
#include "tests/simulation/simulation.h"

#include "tests/simulation/storage.h"
#include "tests/simulation/violation.h"
#include "tests/simulation/wild_worker.h"

namespace orrery::simulation {
namespace {

using namespace std::chrono_literals;

server::WorldOptions worldOptions(const Setting& setting) {
    server::WorldOptions options;
    options.seed = setting.seed;
    options.testService = setting.testService;
    options.limits.shortestRetention = 1s;
    options.timeSkipping = setting.testService && setting.seed % 2 == 0;
    return options;
}

class Stage {
public:
    explicit Stage(const Setting& setting)
        : m_setting(setting),
          m_world(std::in_place, worldOptions(setting)),
          m_oracle(*m_world),
          m_network(*m_world, m_oracle),
          m_clients(
              m_network, m_oracle, setting, [this](const auto& task) { m_workers[0].takeEager(task); },
              [this](const auto& task) { m_wild[0].takeEager(task); }) {
        registerAttributes();
        m_network.setFaults(setting.faults);
        if (setting.kept) {
            m_storage.begin(*m_world, m_network.wall);
            m_network.storage = &m_storage;
            m_network.restart = [this](bool whole) { restart(whole); };
        }
        for (int i = 0; i < setting.workers; ++i) {
            m_workers.emplace_back(m_network, i, setting.duplicates ? 0 : i, (setting.seed + uint64_t(i)) % 3 != 0);
        }
        for (int i = 0; i < setting.wildWorkers; ++i) {
            m_wild.emplace_back(m_network, i, (setting.seed + uint64_t(i)) % 2 == 0,
                                [this](const auto& task) { m_activityWorkers[0].takeEager(task); });
        }
        for (int i = 0; i < setting.activityWorkers; ++i) m_activityWorkers.emplace_back(m_network, i);
        m_network.pass({});
    }

    void perform(const Action& action) {
        Dice dice(action.seed);
        switch (action.kind) {
            case Kind::Start: return m_clients.start(dice, m_workers[0].identity());
            case Kind::SignalWithStart: return m_clients.signalWithStart(dice);
            case Kind::Signal: return m_clients.signal(dice);
            case Kind::Update: return m_clients.update(dice);
            case Kind::PollUpdate: return m_clients.pollUpdate(dice);
            case Kind::Query: return m_clients.query(dice);
            case Kind::Cancel: return m_clients.cancel(dice);
            case Kind::Terminate: return m_clients.terminate(dice);
            case Kind::Look: return m_clients.look(dice);
            case Kind::Follow: return m_clients.follow(dice);
            case Kind::ResetSticky: return m_clients.resetSticky(dice);
            case Kind::ActivityById: return m_clients.activityById(dice);
            case Kind::TestService: return m_clients.testService(dice);
            case Kind::Reset: return m_clients.reset(dice);
            case Kind::Erase: return m_clients.erase(dice);
            case Kind::Crash: return crash(dice);
            case Kind::SlowStore: return m_network.slowDown(2 + dice.below(12));
            case Kind::BreakStore: return m_network.breakStore(1 + dice.below(10));
            case Kind::UpdateWithStart: return m_clients.updateWithStart(dice);
            case Kind::Ask: return m_clients.ask(dice);
            case Kind::ChangeNamespace: return m_clients.changeNamespace(dice);
            case Kind::Retry: return m_network.retry(dice);
            case Kind::DeliverLate: return m_network.deliverLate(dice);
            case Kind::Pass: return pass(dice);
            case Kind::Clock: return turnClock(dice);
            default: return work(action.kind, dice);
        }
    }

    /// The network is mended, everybody works and behaves, and time goes on until nothing is left to do.
    void rest() {
        m_oracle.note("everything comes to rest");
        m_network.setFaults(0);
        m_network.mendStore();
        m_network.crashIfDoomed();
        Dice dice(m_setting.seed);
        while (!m_network.quiet()) {
            m_network.retry(dice);
            m_network.deliverLate(dice);
        }
        m_clients.unlockAll();
        m_network.input([this] { m_world->clock.resume(m_network.wall); });
        constexpr int kMostRounds = 3000;
        for (int round = 0; round < kMostRounds; ++round) {
            if (workAll(dice)) continue;
            if (releaseAll()) continue;
            stopRaces();
            constexpr int kLong = 100;
            if (round % kLong == kLong - 1 && endOrphans()) continue;
            const auto wake = m_world->nextWake();
            if (!anyOpen() || !wake) break;
            m_network.pass(std::max<base::Duration>(*wake - m_network.wall, 1ms));
        }
        m_clients.listAll();
        goHome();
        m_oracle.checkEnd(m_network);
    }

    void stopRaces() {
        constexpr int kMostLocks = 10;
        for (int locks = 0; m_network.racing() && locks < kMostLocks; ++locks) m_clients.stopRace();
    }

    void crash(Dice& dice) {
        if (!m_setting.kept) return;
        if (dice.oneIn(2)) return m_network.crashInNextChange();
        m_network.crashNow();
    }

    void setTamper(const Tamper& tamper) { m_network.tamper = tamper; }
    server::World& world() { return *m_world; }
    Oracle& oracle() { return m_oracle; }

private:
    /// What runs upsert has to be known to the namespace, as on any server.
    void registerAttributes() {
        auto& space = m_world->changeNamespace(kNamespace);
        // Else the oracle looks at every run there ever was.
        space.retention = m_setting.retention > 0 ? std::chrono::seconds(m_setting.retention) : kForEver;
        auto& attributes = space.searchAttributes;
        attributes["Step"] = int(server::enums::INDEXED_VALUE_TYPE_INT);
        attributes["Color"] = int(server::enums::INDEXED_VALUE_TYPE_KEYWORD);
        attributes["Price"] = int(server::enums::INDEXED_VALUE_TYPE_DOUBLE);
        attributes["Flag"] = int(server::enums::INDEXED_VALUE_TYPE_BOOL);
    }

    /// Another process: its own random numbers, and otherwise what the store has.
    void restart(bool whole) {
        const std::string difference = whole ? m_storage.difference(*m_world, m_network.wall) : std::string();
        m_storage.end();
        server::WorldOptions options = worldOptions(m_setting);
        options.seed = m_setting.seed + ++m_restarts * 1'000'003;
        m_world.emplace(options);
        m_storage.begin(*m_world, m_network.wall);
        m_oracle.afterRestart(difference);
    }

    template <typename Actor>
    static Actor& any(std::deque<Actor>& actors, Dice& dice) {
        return actors[size_t(dice.below(int(actors.size())))];
    }

    void work(Kind kind, Dice& dice) {
        switch (kind) {
            case Kind::WorkerPoll: return any(m_workers, dice).poll(dice);
            case Kind::WorkerAnswer: return any(m_workers, dice).answer(dice, m_setting.misbehaviour);
            case Kind::WorkerKill: return any(m_workers, dice).kill(dice.oneIn(2), false);
            case Kind::WorkerEvict: return any(m_workers, dice).evict();
            case Kind::WorkerShutdown: return any(m_workers, dice).shutdown(dice);
            case Kind::Deploy:
                for (WorkflowWorker& worker : m_workers) worker.kill(dice.oneIn(2), true);
                return;
            case Kind::WildPoll:
            case Kind::WildAnswer:
            case Kind::WildKill: return m_wild.empty() ? void() : workWildly(kind, any(m_wild, dice), dice);
            case Kind::ActivityPoll: return any(m_activityWorkers, dice).poll(dice);
            case Kind::ActivityAct: return any(m_activityWorkers, dice).act(dice);
            case Kind::ActivityKill: return any(m_activityWorkers, dice).kill(dice.oneIn(2));
            default: throw std::logic_error("an action that nobody performs");
        }
    }

    void workWildly(Kind kind, WildWorker& worker, Dice& dice) {
        if (kind == Kind::WildPoll) return worker.poll(dice);
        if (kind == Kind::WildAnswer) return worker.answer(dice, m_setting.misbehaviour);
        if (dice.oneIn(2)) return worker.shutdown(dice);
        worker.kill(dice.oneIn(2));
    }

    void pass(Dice& dice) {
        constexpr int kMost[] = {10, 1'000, 3'000, 10'000, 30'000};
        const std::chrono::milliseconds by(dice.below(kMost[dice.below(5)]));
        m_oracle.note(base::formatDuration(by) + " pass");
        if (dice.oneIn(10)) {
            m_network.oversleep(by);
        } else {
            m_network.pass(by);
        }
    }

    void turnClock(Dice& dice) {
        auto& clock = m_world->clock;
        const int how = dice.below(8);
        const std::chrono::seconds by(1 + dice.below(60));
        constexpr const char* kNames[] = {"pause", "resume", "automatic",    "step",
                                          "skip",  "run to", "run to event", "go on"};
        m_oracle.note(std::string("clock: ") + kNames[how]);
        m_network.input([&] {
            switch (how) {
                case 0: return clock.pause(m_world->wall);
                case 1: return clock.resume(m_world->wall);
                case 2: return clock.automatic(m_world->wall);
                case 3: return clock.step();
                case 4: return clock.skip(m_world->now + by);
                case 5: return clock.runTo(m_world->now + by);
                case 6: return clock.runTo(server::EventTarget{.eventType = "TimerFired"});
                default: return clock.goOn();
            }
        });
    }

    bool anyOpen() const {
        for (const auto& run : m_world->runs) {
            if (run->open()) return true;
        }
        return false;
    }

    bool workAll(Dice& dice) {
        bool did = false;
        for (WorkflowWorker& worker : m_workers) {
            while (worker.answerNext()) did = true;
            while (!worker.polling() || dice.oneIn(2)) {
                worker.poll(dice);
                if (dice.oneIn(4)) break;
            }
        }
        for (WildWorker& worker : m_wild) {
            while (worker.finishNext()) did = true;
            while (!worker.polling() || dice.oneIn(2)) {
                worker.poll(dice);
                if (dice.oneIn(4)) break;
            }
        }
        for (ActivityWorker& worker : m_activityWorkers) {
            while (worker.completeNext()) did = true;
            if (!worker.polling()) worker.poll(dice);
        }
        return did;
    }

    /// Once for each run.
    bool releaseAll() {
        bool did = false;
        for (size_t i = 0; i < m_world->runs.size(); ++i) {
            const server::Run& run = *m_world->runs[i];
            if (run.open() && !run.startedEvent().cron_schedule().empty()) {
                m_clients.end(run.workflowId);
                did = true;
                continue;
            }
            if (!run.open() || run.closeRefused || run.firstTask || !m_released.insert(run.runId).second) continue;
            m_clients.release(run.workflowId, run.runId);
            did = true;
        }
        return did;
    }

    /// A child tells its end to the run that began it, and that one knows which run a reset made of it. Once it is
    /// deleted nobody does, as on Temporal's server, and the new run waits for its child in vain.
    bool lostItsBase(const server::Run& run) const {
        const auto gone = [this](const std::string& id) { return !id.empty() && runIn(*m_world, id) == nullptr; };
        if (run.children.empty()) return false;
        if (gone(run.resets->originalRunId)) return true;
        for (int64_t id = 1; id <= run.log.lastId(); ++id) {
            const HistoryEvent event = run.log.event(id);
            if (gone(event.workflow_task_failed_event_attributes().base_run_id())) return true;
        }
        return false;
    }

    bool endOrphans() {
        std::vector<std::string> ids;
        for (const auto& run : m_world->runs) {
            if (run->open() && lostItsBase(*run)) ids.push_back(run->workflowId);
        }
        for (const std::string& id : ids) m_clients.end(id);
        return !ids.empty();
    }

    /// Workers leave, callers wait no longer, and what is due in wall time is over.
    void goHome() {
        m_network.pass(2min);
        for (WorkflowWorker& worker : m_workers) worker.kill(true, false);
        for (ActivityWorker& worker : m_activityWorkers) worker.kill(true);
        for (WildWorker& worker : m_wild) worker.kill(true);
        m_network.pass(2min);
        m_network.hangUpPolls();
        // Sleepers took their locks back.
        m_clients.unlockAll();
    }

    const Setting m_setting;
    /// Made anew in the same place when the server crashes.
    std::optional<server::World> m_world;
    Storage m_storage;
    Oracle m_oracle;
    Network m_network;
    Clients m_clients;
    std::deque<WorkflowWorker> m_workers;
    std::deque<ActivityWorker> m_activityWorkers;
    std::deque<WildWorker> m_wild;
    std::set<std::string> m_released;
    uint64_t m_restarts = 0;
};

Failure failureOf(const std::exception& error) {
    if (const auto* violation = dynamic_cast<const Violation*>(&error)) {
        return {violation->rule(), violation->what(), violation->runId()};
    }
    return {"exception", error.what(), {}};
}

std::string actionLine(size_t number, const Action& action) {
    return std::to_string(number + 1) + ". " + std::string(kindName(action.kind));
}

}  // namespace

Result simulate(const Plan& plan, const Options& options) {
    Stage stage(plan.setting);
    Result result;
    if (options.story) stage.oracle().keepStory();
    stage.setTamper(options.tamper);
    try {
        for (size_t i = 0; i < plan.actions.size(); ++i) {
            if (options.story) stage.oracle().headline(actionLine(i, plan.actions[i]));
            stage.perform(plan.actions[i]);
            stage.stopRaces();
            if (options.sabotage) options.sabotage(stage.world());
        }
        stage.rest();
    } catch (const std::exception& error) {
        result.failure = failureOf(error);
        if (const server::Run* run = runIn(stage.world(), result.failure->runId)) {
            for (int64_t id = 1; id <= run->log.lastId(); ++id) result.history.push_back(eventLine(run->log.event(id)));
        }
    }
    result.digest = stage.oracle().digest();
    result.events = stage.oracle().events();
    result.runs = stage.world().runs.size();
    result.met = stage.oracle().eventsMet();
    result.story = stage.oracle().story();
    return result;
}

}  // namespace orrery::simulation
