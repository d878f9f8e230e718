// SPDX-License-Identifier: MIT
// The server with a store: what it keeps, and what it does while it cannot.
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#ifndef Q_MOC_RUN
#include <temporal/api/workflowservice/v1/request_response.pb.h>
#endif

#include "core/base/error.h"
#include "core/server/server.h"

// moc does not understand what protobuf's headers leave behind.
#ifndef Q_MOC_RUN
#include "core/payload/proto.h"
#include "core/server/engine.h"
#include "tests/core/server/waiter.h"
#include "tests/support/rows_store.h"
#include "tests/support/rpc/raw_call.h"
#endif

using namespace orrery;
using namespace std::chrono_literals;
using test::refusal;

#ifndef Q_MOC_RUN
namespace api = temporal::api::workflowservice::v1;
#endif

namespace {

/// Moved by the test while the engine's threads read it.
class HandClock final : public base::Clock {
public:
    base::Timestamp now() const override { return base::Timestamp(base::Duration(m_now.load())); }
    void advance(base::Duration by) { m_now += by.count(); }

private:
    std::atomic<int64_t> m_now = base::parseTimestamp("2026-03-12T09:00:00Z")->time_since_epoch().count();
};

/// An engine on a disk that stands still or refuses when it is told to.
class Kept {
public:
    Kept() { begin(); }
    ~Kept() { let(true, false); }

    /// The server stops and another one takes up what is on the disk.
    void restart() {
        engine.reset();
        begin();
    }
    std::shared_ptr<test::Waiter> call(const std::string& name, const google::protobuf::Message& request) {
        auto call = std::make_shared<test::Waiter>();
        engine->call(*server::allMethods().find("/temporal.api.workflowservice.v1.WorkflowService/" + name), request,
                     call);
        return call;
    }
    std::shared_ptr<test::Waiter> start(const std::string& id, base::Duration timeout = {}) {
        api::StartWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.set_workflow_id(id);
        request.set_request_id(id);
        request.mutable_workflow_type()->set_name("type");
        request.mutable_task_queue()->set_name("queue");
        if (timeout > 0s) payload::toProto(timeout, request.mutable_workflow_run_timeout());
        return call("StartWorkflowExecution", request);
    }
    std::shared_ptr<test::Waiter> describe(const std::string& id) {
        api::DescribeWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.mutable_execution()->set_workflow_id(id);
        return call("DescribeWorkflowExecution", request);
    }
    std::shared_ptr<test::Waiter> poll() {
        api::PollWorkflowTaskQueueRequest request;
        request.set_namespace_("default");
        request.mutable_task_queue()->set_name("nothing comes here");
        return call("PollWorkflowTaskQueue", request);
    }

    void let(bool open, bool broken) {
        const std::lock_guard lock(m_mutex);
        m_open = open;
        m_broken = broken;
        m_changed.notify_all();
    }
    /// How often something was to be written.
    int tries() {
        const std::lock_guard lock(m_mutex);
        return m_tries;
    }
    /// Of what is on the disk or was refused: how many groups of events.
    size_t events() {
        const std::lock_guard lock(m_mutex);
        return m_events.size();
    }

    std::shared_ptr<HandClock> wall = std::make_shared<HandClock>();
    test::Rows disk;
    std::optional<server::Engine> engine;

private:
    void begin() {
        engine.emplace(server::WorldOptions(), wall);
        engine->keepIn(std::make_unique<test::RowsStore>(disk, [this](const server::Change& change) { pass(change); }));
        engine->start();
    }
    void pass(const server::Change& change) {
        std::unique_lock lock(m_mutex);
        for (const auto& [where, bytes] : change.events) m_events.insert(where);
        ++m_tries;
        m_changed.wait(lock, [this] { return m_open; });
        if (m_broken) throw base::Error(base::ErrorCode::Unavailable, "the disk is full");
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_open = true;
    bool m_broken = false;
    int m_tries = 0;
    std::set<std::pair<uint64_t, int64_t>> m_events;
};

}  // namespace

class KeptServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsInAFile();
    void refusesABadFile();
    void goesOnWithWhatIsKept();
    void refusesWhileNothingCanBeKept();
    void aGoneCallerChangesNothingInTrouble();
    void wakesUpWhenItCanKeepAgain();
    void knobsWaitForTheStore();
};

void KeptServerTest::keepsInAFile() {
    const QTemporaryDir folder;
    server::ServerOptions options;
    options.listen = false;
    options.storeFile = folder.filePath("orrery.db").toStdString();
    std::string runId;
    {
        server::Server server(options);
        server.start();
        api::StartWorkflowExecutionRequest request;
        request.set_namespace_("default");
        request.set_workflow_id("w");
        request.set_request_id("r");
        request.mutable_workflow_type()->set_name("type");
        request.mutable_task_queue()->set_name("queue");
        test::RawCall start(server.inProcessChannel(), "StartWorkflowExecution", request);
        QVERIFY2(start.status().ok(), start.status().error_message().c_str());
        runId = start.as<api::StartWorkflowExecutionResponse>().run_id();
        // Nobody else may have the file meanwhile.
        server::Server second(options);
        QVERIFY(refusal([&] { second.start(); }).contains("is in use by another"));
    }
    server::Server server(options);
    server.start();
    api::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id("w");
    test::RawCall describe(server.inProcessChannel(), "DescribeWorkflowExecution", request);
    QVERIFY2(describe.status().ok(), describe.status().error_message().c_str());
    const auto& info = describe.as<api::DescribeWorkflowExecutionResponse>().workflow_execution_info();
    QCOMPARE(info.execution().run_id(), runId);
}

void KeptServerTest::refusesABadFile() {
    const QTemporaryDir folder;
    server::ServerOptions options;
    options.listen = false;
    options.storeFile = folder.path().toStdString();
    server::Server server(options);
    QVERIFY(refusal([&] { server.start(); }).contains("is a folder"));
    options.storeFile = folder.filePath("orrery.db").toStdString();
    options.storePragmas = {{"synchronous", "fulll"}};
    server::Server other(options);
    QVERIFY(refusal([&] { other.start(); }).startsWith("INVALID_ARGUMENT"));
}

void KeptServerTest::goesOnWithWhatIsKept() {
    Kept kept;
    QCOMPARE(kept.start("w")->answer(), QStringLiteral("answered"));
    kept.restart();
    QCOMPARE(kept.describe("w")->answer(), QStringLiteral("answered"));
    QVERIFY(kept.describe("other")->answer().startsWith("NOT_FOUND"));
}

void KeptServerTest::refusesWhileNothingCanBeKept() {
    Kept kept;
    QCOMPARE(kept.start("before")->answer(), QStringLiteral("answered"));
    kept.let(true, true);
    const QString said = kept.start("during")->answer();
    QVERIFY2(said.startsWith("UNAVAILABLE") && said.contains("the disk is full"), qPrintable(said));
    // Neither touched nor parked.
    const size_t events = kept.events();
    QVERIFY(kept.start("later")->answer().startsWith("UNAVAILABLE"));
    QVERIFY(kept.poll()->answer().startsWith("UNAVAILABLE"));
    QVERIFY(kept.describe("before")->answer().startsWith("UNAVAILABLE"));
    QVERIFY(refusal([&] { kept.engine->skip(1h); }).startsWith("UNAVAILABLE"));
    QCOMPARE(kept.events(), events);
    kept.let(true, false);
    QTRY_COMPARE(kept.describe("before")->answer(), QStringLiteral("answered"));
    // Only what was taken before anybody knew of the trouble is there.
    QCOMPARE(kept.describe("during")->answer(), QStringLiteral("answered"));
    QVERIFY(kept.describe("later")->answer().startsWith("NOT_FOUND"));
}

/// Its input must let nothing fall due that could not be kept.
void KeptServerTest::aGoneCallerChangesNothingInTrouble() {
    Kept kept;
    const auto poll = kept.poll();
    QCOMPARE(kept.start("w", 60s)->answer(), QStringLiteral("answered"));
    kept.let(true, true);
    QVERIFY(kept.start("during")->answer().startsWith("UNAVAILABLE"));
    const size_t events = kept.events();
    kept.wall->advance(61s);
    kept.engine->callerGone(poll);
    QVERIFY(poll->cancelled);
    QCOMPARE(poll->waitId, uint64_t(0));
    // The next try but one has what came before it.
    const int tries = kept.tries();
    QTRY_VERIFY(kept.tries() >= tries + 2);
    QCOMPARE(kept.events(), events);
    kept.let(true, false);
    QTRY_VERIFY(kept.events() > events);
}

void KeptServerTest::wakesUpWhenItCanKeepAgain() {
    Kept kept;
    QCOMPARE(kept.start("w", 60s)->answer(), QStringLiteral("answered"));
    kept.let(true, true);
    QVERIFY(kept.start("during")->answer().startsWith("UNAVAILABLE"));
    kept.wall->advance(61s);
    const size_t events = kept.events();
    const int tries = kept.tries();
    QTRY_VERIFY(kept.tries() >= tries + 2);
    QCOMPARE(kept.events(), events);
    kept.let(true, false);
    // Nobody asks for anything: it fires by itself, and is kept.
    QTRY_VERIFY(kept.events() > events);
    kept.restart();
    QCOMPARE(kept.describe("w")->answer(), QStringLiteral("answered"));
}

void KeptServerTest::knobsWaitForTheStore() {
    Kept kept;
    kept.engine->pause();
    kept.let(false, false);
    std::atomic<bool> returned = false;
    const int tries = kept.tries();
    std::thread turning([&] {
        kept.engine->resume();
        returned = true;
    });
    QTRY_VERIFY(kept.tries() > tries);
    QVERIFY(!returned);
    kept.let(true, false);
    turning.join();
    QVERIFY(returned);
    kept.restart();
    QCOMPARE(int(kept.engine->status().mode), int(server::ClockMode::Real));
    kept.engine->pause();
    kept.restart();
    QCOMPARE(int(kept.engine->status().mode), int(server::ClockMode::Paused));
}

QTEST_GUILESS_MAIN(KeptServerTest)
#include "kept_server_test.moc"
