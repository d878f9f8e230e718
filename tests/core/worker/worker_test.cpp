// SPDX-License-Identifier: MIT
#include <QTest>

// moc stumbles over the generated API.
#ifndef Q_MOC_RUN
#include <atomic>
#include <future>
#include <map>

#include "core/activity/activity.h"
#include "core/activity/registry.h"
#include "core/base/error.h"
#include "core/client/client.h"
#include "core/server/server.h"
#include "core/worker/worker.h"
#include "core/workflow/registry.h"
#include "core/workflow/workflow.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using namespace std::chrono_literals;
using test::text;
using workflow::ActivityOptions;
using workflow::Task;

namespace {

const ActivityOptions kQuick = ActivityOptions().startToCloseTimeout(10s);

/// reserve, wait for the signal, charge.
class Order {
public:
    Task<std::string> run(std::string item) {
        m_status = "reserving";
        const auto reserved = co_await workflow::execute<std::string>("reserve", kQuick, item);
        m_status = "waiting";
        co_await workflow::waitCondition([this] { return m_approved; }, 24h);
        m_status = "charging";
        const auto charged = co_await workflow::execute<std::string>("charge", kQuick, m_address);
        co_return reserved + ", " + charged + (m_approved ? "" : ", unasked");
    }
    void approve() { m_approved = true; }
    std::string setAddress(std::string address) { return std::exchange(m_address, address); }
    void checkAddress(std::string address) const {
        if (address.empty()) throw workflow::ApplicationFailure("no address", "Empty");
    }
    std::string status() const { return m_status; }

private:
    bool m_approved = false;
    std::string m_address = "home";
    std::string m_status = "new";
};

class Sleeper {
public:
    Task<std::string> run(int hours) {
        for (int i = 0; i < hours; ++i) co_await workflow::sleep(1h);
        co_return "awake";
    }
};

/// Waits for its cancelled activity to end.
class Patient {
public:
    Task<std::string> run() {
        auto options = ActivityOptions().startToCloseTimeout(1min).heartbeatTimeout(200ms);
        options.cancellationType(definition::ActivityCancellationType::WaitCancellationCompleted);
        co_return co_await workflow::execute<std::string>("endless", options);
    }
};

class Caller {
public:
    Task<std::string> run(std::string activity) {
        auto options = ActivityOptions().startToCloseTimeout(1min).retryPolicy(
            workflow::RetryPolicy().initialInterval(1ms).maximumAttempts(3));
        co_return co_await workflow::execute<std::string>(activity, options);
    }
};

/// A mistake in the code that is put right while the run is open.
std::atomic<bool> s_broken = false;
class Broken {
public:
    Task<std::string> run() {
        if (s_broken.exchange(false)) throw std::logic_error("a mistake");
        co_return "fine";
    }
};

/// How often each activity was run, and a gate for the one that waits.
struct World {
    std::mutex mutex;
    std::map<std::string, int> calls;
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();
    std::promise<void> entered;

    void count(const std::string& name) {
        const std::lock_guard lock(mutex);
        ++calls[name];
    }
    int of(const std::string& name) {
        const std::lock_guard lock(mutex);
        return calls[name];
    }
};

std::shared_ptr<const workflow::WorkflowRegistry> workflows() {
    auto registry = std::make_shared<workflow::WorkflowRegistry>();
    registry->add(workflow::define<Order>("order")
                      .run(&Order::run)
                      .signal("approve", &Order::approve)
                      .query("status", &Order::status)
                      .update("set_address", &Order::setAddress)
                      .validator(&Order::checkAddress));
    registry->add(workflow::define<Sleeper>("sleeper").run(&Sleeper::run));
    registry->add(workflow::define<Patient>("patient").run(&Patient::run));
    registry->add(workflow::define<Caller>("caller").run(&Caller::run));
    registry->add(workflow::define<Broken>("broken").run(&Broken::run));
    return registry;
}

std::shared_ptr<const activity::ActivityRegistry> activities(const std::shared_ptr<World>& world) {
    auto registry = std::make_shared<activity::ActivityRegistry>();
    registry->add("reserve", [world](std::string item) {
        world->count("reserve");
        return item + " reserved";
    });
    registry->add("charge", [world](std::string address) {
        world->count("charge");
        return "charged to " + address;
    });
    registry->add("endless", [world]() -> std::string {
        world->count("endless");
        for (int i = 0;; ++i) {
            activity::heartbeat(i);
            activity::sleep(5ms);
        }
    });
    registry->add("failing", [world]() -> std::string {
        world->count("failing");
        throw activity::ApplicationFailure("not today", "Closed");
    });
    registry->add("gated", [world]() -> std::string {
        world->count("gated");
        world->entered.set_value();
        world->open.wait();
        return "let through";
    });
    registry->add("resting", [world]() -> std::string {
        world->count("resting");
        if (world->of("resting") > 1) return "rested";
        world->entered.set_value();
        activity::sleep(1h);
        return "overslept";
    });
    return registry;
}

/// An embedded server without a port, and workers on demand.
struct Stage {
    Stage() {
        server::ServerOptions options;
        options.listen = false;
        server = std::make_unique<server::Server>(options);
        server->start();
        connection = client::Connection::create({}, server->inProcessChannel());
        client.emplace(connection);
    }
    ~Stage() {
        worker.reset();
        connection.reset();
        client.reset();
        server->shutdown();
    }

    worker::WorkerOptions options() const {
        worker::WorkerOptions made;
        made.taskQueue = "queue";
        // A lost worker's queue is given up at once.
        made.stickyScheduleToStart = 10ms;
        return made;
    }
    void work(const worker::WorkerOptions& with) {
        worker = std::make_unique<worker::Worker>(connection, workflows(), activities(world), with);
        worker->start();
    }
    void work() { work(options()); }
    template <class... A>
    client::WorkflowHandle start(const std::string& type, const std::string& id, const A&... arguments) const {
        return client->startWorkflow(type, definition::StartWorkflowOptions().id(id).taskQueue("queue"), arguments...);
    }

    std::shared_ptr<World> world = std::make_shared<World>();
    std::unique_ptr<server::Server> server;
    std::shared_ptr<client::Connection> connection;
    std::optional<client::Client> client;
    std::unique_ptr<worker::Worker> worker;
};

/// Asks until the workflow says so: its tasks run on other threads.
bool reaches(const client::WorkflowHandle& handle, const std::string& status) {
    return QTest::qWaitFor([&] { return handle.query<std::string>("status") == status; }, 20000);
}

int count(const client::WorkflowHandle& handle, const std::string& eventType) {
    const auto history = handle.history();
    int found = 0;
    for (size_t i = 0; i < history->size(); ++i) found += (*history)[i].typeName() == eventType;
    return found;
}

}  // namespace

class WorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signalQueryUpdate_data();
    void signalQueryUpdate();
    void hoursPassByTheClock();
    void readsLongHistoriesPageByPage();
    void aDayPassesWithoutApproval();
    void lostWorkerIsReplaced();
    void cancellationReachesTheActivity();
    void activitiesAreRetried();
    void brokenCodeIsTriedAgain();
    void shutdownWaitsForActivities();
    void shutdownStopsActivitiesAfterTheGraceTime();
    void manyRunsAtOnce();
    void refusesOptions();
    void unreachableServerDoesNotHoldShutdown();
};

void WorkerTest::signalQueryUpdate_data() {
    QTest::addColumn<int>("cacheSize");
    QTest::newRow("cached") << 1000;
    QTest::newRow("replayed every time") << 0;
}

void WorkerTest::signalQueryUpdate() {
    QFETCH(int, cacheSize);
    Stage stage;
    auto options = stage.options();
    options.cacheSize = cacheSize;
    stage.work(options);
    const auto handle = stage.start("order", "o1", std::string("tea"));
    QVERIFY(reaches(handle, "waiting"));
    QCOMPARE(text(handle.executeUpdate<std::string>("set_address", std::string("Oak 5"))), "home");
    QVERIFY_THROWS_EXCEPTION(client::UpdateFailedError,
                             handle.executeUpdate<std::string>("set_address", std::string()));
    QCOMPARE(text(handle.query<std::string>("status")), "waiting");
    handle.signal("approve");
    QCOMPARE(text(handle.result<std::string>()), "tea reserved, charged to Oak 5");
    QCOMPARE(text(handle.query<std::string>("status")), "charging");
    QCOMPARE(stage.world->of("reserve"), 1);
    QCOMPARE(stage.world->of("charge"), 1);
    QCOMPARE(count(handle, "WorkflowTaskFailed"), 0);
    // The query after the end finds nothing in the cache.
    if (cacheSize > 0) QCOMPARE(stage.worker->counters().replays, int64_t(1));
    if (cacheSize == 0) QVERIFY(stage.worker->counters().replays > 3);
}

void WorkerTest::hoursPassByTheClock() {
    Stage stage;
    stage.server->clock().automatic();
    stage.work();
    const auto handle = stage.start("sleeper", "s1", 30);
    QCOMPARE(text(handle.result<std::string>()), "awake");
    QCOMPARE(count(handle, "TimerFired"), 30);
    QVERIFY(stage.server->clock().status().ahead > 29h);
}

void WorkerTest::readsLongHistoriesPageByPage() {
    Stage stage;
    stage.server->clock().automatic();
    stage.work();
    // Five events an hour: more than the server puts into one page.
    const auto handle = stage.start("sleeper", "s1", 500);
    QCOMPARE(text(handle.result<std::string>()), "awake");
    QVERIFY(handle.history()->size() > 2000);
    stage.worker.reset();
    auto options = stage.options();
    options.cacheSize = 0;
    stage.work(options);
    QVERIFY_THROWS_EXCEPTION(client::QueryFailedError, handle.query<std::string>("no such query"));
    QCOMPARE(stage.worker->counters().replays, int64_t(1));
    QCOMPARE(stage.worker->counters().workflowTasksFailed, int64_t(0));
}

void WorkerTest::aDayPassesWithoutApproval() {
    Stage stage;
    stage.work();
    const auto handle = stage.start("order", "o1", std::string("tea"));
    QVERIFY(reaches(handle, "waiting"));
    stage.server->clock().skip(24h);
    QCOMPARE(text(handle.result<std::string>()), "tea reserved, charged to home, unasked");
    QCOMPARE(count(handle, "TimerFired"), 1);
}

void WorkerTest::lostWorkerIsReplaced() {
    Stage stage;
    stage.work();
    const auto handle = stage.start("order", "o1", std::string("tea"));
    QVERIFY(reaches(handle, "waiting"));
    stage.worker->abandon();
    stage.worker.reset();
    handle.signal("approve");
    stage.work();
    QCOMPARE(text(handle.result<std::string>()), "tea reserved, charged to home");
    // Not once more: the second worker read in the history what the first had done.
    QCOMPARE(stage.world->of("reserve"), 1);
    QCOMPARE(stage.world->of("charge"), 1);
    QVERIFY(stage.worker->counters().replays >= 1);
}

void WorkerTest::cancellationReachesTheActivity() {
    Stage stage;
    stage.work();
    const auto handle = stage.start("patient", "p1");
    QVERIFY(QTest::qWaitFor([&] { return stage.world->of("endless") == 1; }, 20000));
    handle.cancel("enough");
    try {
        handle.result<std::string>();
        QFAIL("completed");
    } catch (const client::WorkflowFailedError& error) {
        QCOMPARE(error.status(), history::WorkflowStatus::Canceled);
    }
    QCOMPARE(count(handle, "ActivityTaskCanceled"), 1);
    QCOMPARE(stage.worker->counters().activitiesCancelled, int64_t(1));
    QVERIFY(stage.worker->counters().heartbeatsSent >= 1);
}

void WorkerTest::activitiesAreRetried() {
    Stage stage;
    stage.work();
    const auto handle = stage.start("caller", "c1", std::string("failing"));
    QVERIFY_THROWS_EXCEPTION(client::WorkflowFailedError, handle.result<std::string>());
    QCOMPARE(stage.world->of("failing"), 3);
    QCOMPARE(count(handle, "ActivityTaskFailed"), 1);
}

void WorkerTest::brokenCodeIsTriedAgain() {
    Stage stage;
    s_broken = true;
    stage.work();
    const auto handle = stage.start("broken", "b1");
    QCOMPARE(text(handle.result<std::string>()), "fine");
    QCOMPARE(count(handle, "WorkflowTaskFailed"), 1);
    QCOMPARE(stage.worker->counters().workflowTasksFailed, int64_t(1));
}

void WorkerTest::shutdownWaitsForActivities() {
    Stage stage;
    auto options = stage.options();
    options.gracefulShutdown = 1min;
    stage.work(options);
    const auto handle = stage.start("caller", "c1", std::string("gated"));
    stage.world->entered.get_future().wait();
    auto stopping = std::async(std::launch::async, [&] { stage.worker->shutdown(); });
    stage.world->gate.set_value();
    stopping.get();
    QCOMPARE(stage.worker->counters().activitiesCompleted, int64_t(1));
    QCOMPARE(count(handle, "ActivityTaskCompleted"), 1);
    stage.work();
    QCOMPARE(text(handle.result<std::string>()), "let through");
    QCOMPARE(stage.world->of("gated"), 1);
}

void WorkerTest::shutdownStopsActivitiesAfterTheGraceTime() {
    Stage stage;
    stage.work();
    const auto handle = stage.start("caller", "c1", std::string("resting"));
    stage.world->entered.get_future().wait();
    stage.worker->shutdown();
    stage.work();
    // The attempt that was stopped counts as failed, and the next one is the new worker's.
    QCOMPARE(text(handle.result<std::string>()), "rested");
    QCOMPARE(stage.world->of("resting"), 2);
}

void WorkerTest::manyRunsAtOnce() {
    Stage stage;
    auto options = stage.options();
    // Fewer than there are runs: some come back to be replayed.
    options.cacheSize = 10;
    stage.work(options);
    std::vector<client::WorkflowHandle> handles;
    for (int i = 0; i < 40; ++i) handles.push_back(stage.start("order", "o" + std::to_string(i), std::string("tea")));
    for (const auto& handle : handles) handle.signal("approve");
    for (const auto& handle : handles) QCOMPARE(text(handle.result<std::string>()), "tea reserved, charged to home");
    QCOMPARE(stage.world->of("reserve"), 40);
    QCOMPARE(stage.world->of("charge"), 40);
    QVERIFY(stage.worker->counters().cachedRuns <= 10);
}

void WorkerTest::refusesOptions() {
    const auto connection = client::Connection::create({});
    worker::WorkerOptions options;
    QVERIFY_THROWS_EXCEPTION(base::Error, worker::Worker(connection, nullptr, nullptr, options));
    options.taskQueue = "queue";
    options.maxConcurrentActivities = 0;
    QVERIFY_THROWS_EXCEPTION(base::Error, worker::Worker(connection, nullptr, nullptr, options));
}

void WorkerTest::unreachableServerDoesNotHoldShutdown() {
    client::ConnectOptions nowhere;
    nowhere.address = "127.0.0.1:1";
    worker::WorkerOptions options;
    options.taskQueue = "queue";
    worker::Worker one(client::Connection::create(nowhere), workflows(), activities(std::make_shared<World>()),
                       options);
    one.start();
    one.shutdown();
    one.shutdown();
    QCOMPARE(one.counters().workflowTasksCompleted, int64_t(0));
}

QTEST_GUILESS_MAIN(WorkerTest)
#include "worker_test.moc"
