// SPDX-License-Identifier: MIT
#include "core/server/store/keeper.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "core/base/error.h"
#include "core/server/state/attributes.h"
#include "core/server/store/fields.h"
#include "core/server/store/run_check.h"
#include "core/server/store/run_record.h"

namespace orrery::server {
namespace {

std::string recordOf(const Namespace& known) {
    records::Namespace record;
    record.set_name(known.name);
    record.set_id(known.id);
    record.set_description(known.description);
    record.set_owner_email(known.ownerEmail);
    record.mutable_data()->insert(known.data.begin(), known.data.end());
    record.set_retention(known.retention.count());
    record.mutable_search_attributes()->insert(known.searchAttributes.begin(), known.searchAttributes.end());
    return bytesOf(record);
}

Namespace namespaceOf(std::string_view bytes) {
    records::Namespace record;
    if (!record.ParseFromArray(bytes.data(), int(bytes.size()))) {
        throw base::Error(base::ErrorCode::Unreadable, "a namespace cannot be read");
    }
    Namespace known;
    known.name = record.name();
    known.id = record.id();
    known.description = record.description();
    known.ownerEmail = record.owner_email();
    known.data.insert(record.data().begin(), record.data().end());
    known.retention = base::Duration(record.retention());
    known.searchAttributes.insert(record.search_attributes().begin(), record.search_attributes().end());
    return known;
}

void putClock(const VirtualClock::Memory& clock, records::Clock* record) {
    record->set_mode(int(clock.mode));
    record->set_resting(int(clock.resting));
    record->set_offset(clock.offset.count());
    if (clock.frozen) record->set_frozen(toField(*clock.frozen));
    if (clock.target) record->set_target(toField(*clock.target));
    if (clock.event) {
        auto* event = record->mutable_event();
        event->set_workflow_id(clock.event->workflowId);
        event->set_run_id(clock.event->runId);
        event->set_event_type(clock.event->eventType);
        event->set_event_id(clock.event->eventId);
    }
    record->set_go_on(clock.goOn);
    record->set_jumps(clock.jumps);
    record->set_note(clock.note);
}

/// As VirtualClock leaves it.
bool makesSense(const VirtualClock::Memory& clock) {
    const auto rests = [](ClockMode mode) {
        return mode == ClockMode::Real || mode == ClockMode::Paused || mode == ClockMode::Automatic;
    };
    if (!rests(clock.resting) || clock.frozen.has_value() != (clock.resting == ClockMode::Paused)) return false;
    if (rests(clock.mode)) return clock.mode == clock.resting && !clock.target && !clock.event;
    if (clock.mode == ClockMode::Skip) return clock.target && !clock.event;
    if (clock.mode == ClockMode::Step) return !clock.target && !clock.event;
    return clock.target.has_value() != clock.event.has_value();
}

VirtualClock::Memory clockOf(const records::Clock& record) {
    VirtualClock::Memory clock;
    clock.mode = enumOf(record.mode(), ClockMode::Automatic);
    clock.resting = enumOf(record.resting(), ClockMode::Automatic);
    clock.offset = base::Duration(record.offset());
    if (record.has_frozen()) clock.frozen = timeOf(record.frozen());
    if (record.has_target()) clock.target = timeOf(record.target());
    if (record.has_event()) {
        const auto& event = record.event();
        clock.event = EventTarget{event.workflow_id(), event.run_id(), event.event_type(), event.event_id()};
    }
    clock.goOn = record.go_on();
    clock.jumps = record.jumps();
    clock.note = record.note();
    if (!makesSense(clock)) throw base::Error(base::ErrorCode::Unreadable, "the clock cannot be read");
    return clock;
}

std::string worldRecord(const World& world) {
    records::World record;
    record.set_now(toField(world.now));
    putClock(world.clock.memory(), record.mutable_clock());
    const World::Counters counters = world.counters();
    record.set_stamp(counters.stamp);
    record.set_task_id(counters.taskId);
    record.set_random(counters.random);
    record.set_last_run(counters.lastRun);
    record.set_next_due(world.due.nextNumber());
    record.set_test_service(world.options.testService);
    record.set_client_locks(world.clientLocks);
    for (const auto& [number, sleeper] : world.sleepers) {
        auto* kept = record.add_sleepers();
        kept->set_number(number);
        kept->set_relock(sleeper.relock);
        toField(sleeper.due, kept->mutable_due());
    }
    return bytesOf(record);
}

void restoreWorld(World& world, const records::World& record, base::Timestamp wall) {
    world.wall = wall;
    world.clock.restore(clockOf(record.clock()), timeOf(record.now()), wall);
    world.now = world.clock.now(wall);
    world.setCounters({record.stamp(), record.task_id(), record.random(), record.last_run()});
    world.due.setNextNumber(record.next_due());
    // A file that was served without the test service has no locks; then the clock does as the options say.
    if (!record.test_service()) return world.locksChanged();
    if (!world.options.testService) {
        // Nobody could take a lock back now, so none holds; and time does not skip by itself where nobody expects it.
        if (world.clock.memory().resting == ClockMode::Automatic) world.clock.resume(wall);
        return;
    }
    world.clientLocks = record.client_locks();
    for (const auto& sleeper : record.sleepers()) {
        world.sleepers[sleeper.number()] = {0, sleeper.relock(), keyOf(sleeper.due())};
        world.due.restore(keyOf(sleeper.due()), {DueWhat::Sleep, nullptr, int64_t(sleeper.number())});
    }
}

/// Gives the namespace the attributes that the options name. Values that are there have the type they were given, so it
/// cannot become another one.
void addAttributes(const std::map<std::string, int>& wanted, Namespace* known) {
    for (const auto& [name, type] : wanted) {
        const int there = known->searchAttributes.emplace(name, type).first->second;
        if (there == type) continue;
        const auto nameOf = [](int number) { return typeName(static_cast<enums::IndexedValueType>(number)); };
        throw base::Error(base::ErrorCode::InvalidArgument,
                          fmt::format("The search attribute {} cannot be of type {}: in the file it is of type {} in "
                                      "namespace {}.",
                                      name, nameOf(type), nameOf(there), known->name));
    }
}

/// Makes a world of rows.
class WorldLoader final : public StoreReader {
public:
    explicit WorldLoader(World& world) : m_world(world) {}

    void events(uint64_t run, int64_t first, std::string_view bytes) override {
        (void)first;
        m_events[run].append(bytes);
    }

    void row(uint64_t run, RowKind kind, std::string_view key, std::string_view record) override {
        if (run == 0) return worldRow(kind, key, record);
        if (kind == RowKind::RunFixed) {
            finishRun();
            if (!key.empty() || run <= m_number) unreadable(run, "place");
            const auto found = m_events.find(run);
            m_run.emplace(m_world, run, record, found == m_events.end() ? std::string() : found->second);
            if (found != m_events.end()) m_events.erase(found);
            m_number = run;
            return;
        }
        if (!m_run || m_number != run) {
            throw base::Error(base::ErrorCode::Unreadable, "run number " + std::to_string(run) + " has no record");
        }
        m_run->row(kind, key, record);
    }

    void end() override {
        finishRun();
        if (!m_events.empty()) unreadable(m_events.begin()->first, "record");
        if (m_record) return checkCounters();
        if (m_world.runs.empty() && m_namespaces.empty()) return;
        throw base::Error(base::ErrorCode::Unreadable, "the record of the whole is missing");
    }

    /// False when there was nothing.
    bool finish(base::Timestamp wall) {
        if (!m_record) return false;
        // Those of the options that the file does not know are made anew, with ids that come after all others.
        std::set<std::string> missing;
        for (const std::string& name : m_world.options.namespaces) {
            if (!m_namespaces.contains(name)) missing.insert(name);
        }
        for (const std::string& name : missing) m_world.removeNamespace(name);
        for (auto& [name, known] : m_namespaces) m_world.restoreNamespace(std::move(known));
        restoreWorld(m_world, *m_record, wall);
        for (const std::string& name : missing) m_world.addNamespace(name);
        for (const std::string& name : m_world.options.namespaces) {
            addAttributes(m_world.options.searchAttributes, &m_world.changeNamespace(name));
        }
        std::sort(m_tasks.begin(), m_tasks.end(),
                  [](const auto& left, const auto& right) { return left.stamp < right.stamp; });
        for (TaskRef& task : m_tasks) offer(std::move(task));
        m_world.findHolders();
        return true;
    }

private:
    void worldRow(RowKind kind, std::string_view key, std::string_view record) {
        if (kind == RowKind::World && key.empty()) {
            if (!m_record.emplace().ParseFromArray(record.data(), int(record.size()))) {
                throw base::Error(base::ErrorCode::Unreadable, "the record of the whole cannot be read");
            }
        } else if (kind == RowKind::Namespace) {
            Namespace known = namespaceOf(record);
            std::string name = known.name;
            if (name.empty() || name != key) {
                throw base::Error(base::ErrorCode::Unreadable, "a namespace lies under another one's name");
            }
            m_namespaces.emplace(std::move(name), std::move(known));
        } else {
            throw base::Error(base::ErrorCode::Unreadable, "there is a row of an unknown kind");
        }
    }

    void finishRun() {
        if (!m_run) return;
        const Run& run = m_run->finish(&m_tasks);
        if (!m_namespaces.contains(run.ns)) unreadable(run.number, "namespace");
        m_run.reset();
    }

    /// No number comes twice.
    void checkCounters() const {
        // Far from where numbers end, so that there is always a next one.
        constexpr uint64_t kMost = uint64_t(1) << 60;
        constexpr uint64_t kMostRuns = uint64_t(1) << 39;
        bool sound = m_number <= m_record->last_run() && m_record->last_run() < kMostRuns && m_record->now() >= 0 &&
                     m_record->task_id() >= 0 && uint64_t(m_record->task_id()) < kMost && m_record->stamp() < kMost &&
                     std::abs(double(m_record->client_locks())) < double(kMost) && m_record->next_due() < kMost;
        for (const TaskRef& task : m_tasks) sound = sound && task.stamp <= m_record->stamp();
        if (!sound) throw base::Error(base::ErrorCode::Unreadable, "the record of the whole makes no sense");
    }

    void offer(TaskRef task) {
        const Run& run = *task.run;
        const bool workflow = task.kind == TaskRef::Kind::Workflow;
        const std::string& queue =
            workflow ? run.task->queue : run.activities.at(task.activityId).attributes.task_queue().name();
        m_world.matching.offer(run.ns, workflow ? QueueType::Workflow : QueueType::Activity, queue, std::move(task));
    }

    World& m_world;
    std::unordered_map<uint64_t, std::string> m_events;
    std::optional<records::World> m_record;
    std::map<std::string, Namespace> m_namespaces;
    std::optional<RunLoader> m_run;
    uint64_t m_number = 0;
    std::vector<TaskRef> m_tasks;
};

}  // namespace

Keeper::Keeper(World& world, Store& store, base::Timestamp wall) : m_world(world) {
    // What cannot be read is told by our own error, not by the library on stderr.
    const google::protobuf::LogSilencer quiet;
    WorldLoader loader(world);
    store.load(loader);
    if (loader.finish(wall)) m_kept = marks();
    world.noteChanges();
    for (const auto& [name, known] : world.namespaces()) world.changeNamespace(name);
}

Keeper::Marks Keeper::marks() const {
    return {m_world.counters(), m_world.due.nextNumber(), m_world.clock.version(), m_world.clientLocks,
            m_world.sleepers.size()};
}

std::optional<Change> Keeper::take() {
    const World::Noted noted = m_world.takeNoted();
    Change change;
    for (Run* run : noted.runs) saveRun(*run, &change);
    change.removedRuns.insert(noted.removed.begin(), noted.removed.end());
    for (const std::string& name : noted.namespaces) {
        const auto known = m_world.namespaces().find(name);
        auto& row = change.rows[{0, RowKind::Namespace, name}];
        if (known != m_world.namespaces().end()) row = recordOf(known->second);
    }
    const Marks now = marks();
    if (change.empty() && now == m_kept) return std::nullopt;
    m_kept = now;
    change.rows[{0, RowKind::World, {}}] = worldRecord(m_world);
    return change;
}

}  // namespace orrery::server
