// SPDX-License-Identifier: MIT
#include "core/gateway/worker_process.h"

#include <QTest>
#include <csignal>
#include <optional>

#include "core/gateway/impl/supervised_worker.h"
#include "tests/support/mailbox.h"
#include "tests/support/strings.h"

using namespace orrery;
using gateway::WorkerState;
using Kind = gateway::WorkerState::Kind;
using test::Mailbox;
using test::text;

namespace {

std::unique_ptr<gateway::WorkerProcess> shell(const std::string& script) {
    return gateway::superviseWorker("/bin/sh", {"-c", script});
}

WorkerState waitFor(Mailbox<WorkerState>& states, Kind kind) {
    while (true) {
        WorkerState state = states.take();
        if (state.kind == kind) return state;
    }
}

bool alive(int pid) { return ::kill(pid, 0) == 0; }

}  // namespace

class WorkerProcessTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stopsOnRequest();
    void isKilled();
    void tellsHowItEndedByItself();
    void saysWhatCannotBeStarted();
    void restarts();
    void diesWithItsOwner();
    void droppingEndsTheWatch();
};

void WorkerProcessTest::stopsOnRequest() {
    const auto worker = shell("trap 'echo bye >&2; exit 0' TERM; echo up >&2; while :; do :; done");
    Mailbox<WorkerState> states;
    const auto watch = worker->watch(states.sink());
    QCOMPARE(states.take().kind, Kind::Stopped);
    worker->start();
    const WorkerState running = waitFor(states, Kind::Running);
    QVERIFY(running.pid > 0);
    QVERIFY(alive(running.pid));
    worker->stop();
    QCOMPARE(waitFor(states, Kind::Stopping).pid, running.pid);
    const WorkerState stopped = waitFor(states, Kind::Stopped);
    QCOMPARE(stopped.pid, 0);
    QVERIFY(!alive(running.pid));
}

void WorkerProcessTest::isKilled() {
    const auto worker = shell("trap '' TERM; while :; do :; done");
    Mailbox<WorkerState> states;
    const auto watch = worker->watch(states.sink());
    worker->start();
    const int pid = waitFor(states, Kind::Running).pid;
    worker->kill();
    QCOMPARE(waitFor(states, Kind::Killed).signal, SIGKILL);
    QVERIFY(!alive(pid));
}

void WorkerProcessTest::tellsHowItEndedByItself() {
    const auto worker = shell("echo to stdout; echo first >&2; printf 'last words' >&2; exit 3");
    Mailbox<WorkerState> states;
    const auto watch = worker->watch(states.sink());
    worker->start();
    const WorkerState ended = waitFor(states, Kind::Exited);
    QCOMPARE(ended.exitCode, 3);
    QCOMPARE(ended.signal, 0);
    QCOMPARE(ended.lastLines, (std::vector<std::string>{"to stdout", "first", "last words"}));
}

void WorkerProcessTest::saysWhatCannotBeStarted() {
    const auto worker = gateway::superviseWorker("/nowhere/worker", {});
    Mailbox<WorkerState> states;
    const auto watch = worker->watch(states.sink());
    worker->start();
    const WorkerState failed = waitFor(states, Kind::Failed);
    QVERIFY2(text(failed.message).contains("/nowhere/worker"), failed.message.c_str());
}

void WorkerProcessTest::restarts() {
    const auto worker = shell("while :; do :; done");
    Mailbox<WorkerState> states;
    const auto watch = worker->watch(states.sink());
    worker->restart();
    const int first = waitFor(states, Kind::Running).pid;
    worker->restart();
    waitFor(states, Kind::Stopped);
    const int second = waitFor(states, Kind::Running).pid;
    QVERIFY(first != second);
    QVERIFY(!alive(first));
}

void WorkerProcessTest::diesWithItsOwner() {
    auto worker = shell("trap '' TERM; while :; do :; done");
    Mailbox<WorkerState> states;
    const auto watch = worker->watch(states.sink());
    worker->start();
    const int pid = waitFor(states, Kind::Running).pid;
    worker.reset();
    QVERIFY(!alive(pid));
}

void WorkerProcessTest::droppingEndsTheWatch() {
    const auto worker = shell("exit 0");
    Mailbox<WorkerState> states;
    Mailbox<WorkerState> others;
    auto dropped = worker->watch(others.sink());
    const auto watch = worker->watch(states.sink());
    waitFor(states, Kind::Stopped);
    dropped.drop();
    QCOMPARE(others.take().kind, Kind::Stopped);
    worker->start();
    waitFor(states, Kind::Exited);
    QVERIFY(others.empty());
}

QTEST_GUILESS_MAIN(WorkerProcessTest)
#include "worker_process_test.moc"
