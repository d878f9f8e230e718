// SPDX-License-Identifier: MIT
#include "core/gateway/impl/supervised_worker.h"

#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/delivery.h"
#include "core/gateway/impl/problem.h"
#include "core/gateway/impl/process.h"

namespace orrery::gateway {
namespace {

constexpr size_t kLinesKept = 20;
constexpr size_t kLineLimit = 2'000;
constexpr base::Duration kGrace = std::chrono::milliseconds(500);

/// The last lines of a stream of bytes.
class LastLines {
public:
    void add(std::string_view bytes) {
        for (const char c : bytes) {
            if (c == '\n') {
                finishLine();
            } else if (m_open.size() < kLineLimit) {
                m_open += c;
            }
        }
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> all(m_lines.begin(), m_lines.end());
        if (!m_open.empty()) all.push_back(m_open);
        return all;
    }
    void clear() {
        m_lines.clear();
        m_open.clear();
    }

private:
    void finishLine() {
        m_lines.push_back(std::exchange(m_open, {}));
        if (m_lines.size() > kLinesKept) m_lines.pop_front();
    }

    std::deque<std::string> m_lines;
    std::string m_open;
};

struct Watcher {
    base::DeliveryGate gate;
    std::function<void(WorkerState)> callback;
};

class SupervisedWorker final : public WorkerProcess {
public:
    SupervisedWorker(std::filesystem::path program, std::vector<std::string> arguments)
        : m_program(std::move(program)),
          m_arguments(std::move(arguments)),
          m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        m_thread = std::thread([this] { supervise(); });
        pthread_setname_np(m_thread.native_handle(), "worker-watch");
    }
    ~SupervisedWorker() override {
        post([this] { m_quitting = true; });
        m_thread.join();
    }

    WorkerState state() const override {
        const std::lock_guard lock(m_mutex);
        return m_state;
    }
    Subscription watch(std::function<void(WorkerState)> callback) override;

    void start() override {
        post([this] { startNow(); });
    }
    void stop() override {
        post([this] {
            m_startAgain = false;
            end(SIGTERM, WorkerState::Kind::Stopping);
        });
    }
    void kill() override {
        post([this] {
            m_startAgain = false;
            end(SIGKILL, WorkerState::Kind::Running);
        });
    }
    void restart() override {
        post([this] {
            if (!m_child.pid) return startNow();
            m_startAgain = true;
            end(SIGTERM, WorkerState::Kind::Stopping);
        });
    }

private:
    void post(std::function<void()> command) {
        {
            const std::lock_guard lock(m_mutex);
            m_commands.push_back(std::move(command));
        }
        const uint64_t one = 1;
        // Cannot fail but by overflow, and then the thread is awake anyway.
        static_cast<void>(!::write(m_wake.get(), &one, sizeof one));
    }

    // All below: on the supervising thread.
    void supervise();
    void runCommands();
    void waitForSomething(int timeoutMillis);
    void startNow();
    void end(int signal, WorkerState::Kind meanwhile);
    void readOutput();
    void noteEnd();
    void setState(WorkerState state);

    const std::filesystem::path m_program;
    const std::vector<std::string> m_arguments;
    Descriptor m_wake;

    mutable std::mutex m_mutex;
    WorkerState m_state;
    std::deque<std::function<void()>> m_commands;

    ChildProcess m_child;
    LastLines m_lines;
    std::vector<std::weak_ptr<Watcher>> m_watchers;
    int m_sentSignal = 0;
    bool m_startAgain = false;
    bool m_quitting = false;
    std::thread m_thread;
};

Subscription SupervisedWorker::watch(std::function<void(WorkerState)> callback) {
    struct Watching final : Running {
        std::shared_ptr<Watcher> watcher = std::make_shared<Watcher>();
        ~Watching() override { watcher->gate.close(); }
    };
    auto watching = std::make_unique<Watching>();
    watching->watcher->callback = std::move(callback);
    post([this, weak = std::weak_ptr(watching->watcher)] {
        m_watchers.push_back(weak);
        if (const auto watcher = weak.lock()) watcher->gate.deliver([&] { watcher->callback(state()); });
    });
    return Subscription(std::move(watching));
}

void SupervisedWorker::supervise() {
    while (!m_quitting) {
        waitForSomething(-1);
        runCommands();
    }
    if (!m_child.pid) return;
    m_startAgain = false;
    ::kill(m_child.pid, SIGTERM);
    const base::Duration graceEnd = base::monotonicNow() + kGrace;
    for (auto left = kGrace; m_child.pid && left > base::Duration::zero(); left = graceEnd - base::monotonicNow()) {
        waitForSomething(static_cast<int>(left / std::chrono::milliseconds(1)) + 1);
    }
    if (m_child.pid) {
        ::kill(m_child.pid, SIGKILL);
        noteEnd();
    }
}

void SupervisedWorker::waitForSomething(int timeoutMillis) {
    pollfd waits[] = {{m_wake.get(), POLLIN, 0}, {m_child.ended.get(), POLLIN, 0}, {m_child.output.get(), POLLIN, 0}};
    ::poll(waits, 3, timeoutMillis);
    if (waits[0].revents & POLLIN) {
        uint64_t count = 0;
        static_cast<void>(!::read(m_wake.get(), &count, sizeof count));
    }
    if (waits[2].revents) readOutput();
    if (waits[1].revents & POLLIN) noteEnd();
}

void SupervisedWorker::runCommands() {
    std::deque<std::function<void()>> commands;
    {
        const std::lock_guard lock(m_mutex);
        commands.swap(m_commands);
    }
    for (const auto& command : commands) command();
}

void SupervisedWorker::startNow() {
    if (m_child.pid) return;
    m_lines.clear();
    m_sentSignal = 0;
    WorkerState next;
    try {
        if (m_program.empty()) throw base::Error(base::ErrorCode::NotFound, "there is no worker program to start");
        m_child = spawn(m_program, m_arguments);
        next.kind = WorkerState::Kind::Running;
        next.pid = m_child.pid;
    } catch (...) {
        next.kind = WorkerState::Kind::Failed;
        next.message = problemFromCurrentException().message;
    }
    setState(std::move(next));
}

void SupervisedWorker::end(int signal, WorkerState::Kind meanwhile) {
    if (!m_child.pid) return;
    m_sentSignal = signal;
    ::kill(m_child.pid, signal);
    WorkerState next = state();
    next.kind = meanwhile;
    setState(std::move(next));
}

void SupervisedWorker::readOutput() {
    char buffer[4096];
    while (true) {
        const ssize_t count = ::read(m_child.output.get(), buffer, sizeof buffer);
        if (count > 0) {
            m_lines.add({buffer, static_cast<size_t>(count)});
        } else {
            // At the end of the stream stop asking for it; its end would wake us for ever.
            if (count == 0) m_child.output = Descriptor();
            break;
        }
    }
}

void SupervisedWorker::noteEnd() {
    if (m_child.output) readOutput();
    const ChildEnd ended = reap(m_child.pid);
    m_child = ChildProcess();
    WorkerState next;
    next.exitCode = ended.exitCode;
    next.signal = ended.signal;
    next.lastLines = m_lines.lines();
    if (m_sentSignal == SIGKILL) {
        next.kind = WorkerState::Kind::Killed;
    } else {
        next.kind = m_sentSignal == SIGTERM ? WorkerState::Kind::Stopped : WorkerState::Kind::Exited;
    }
    setState(std::move(next));
    if (std::exchange(m_startAgain, false)) startNow();
}

void SupervisedWorker::setState(WorkerState next) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_state == next) return;
        m_state = next;
    }
    std::erase_if(m_watchers, [](const auto& weak) { return weak.expired(); });
    // A copy, for a callback may add watchers through this thread's queue only, but drop them right here.
    for (const auto& weak : std::vector(m_watchers)) {
        if (const auto watcher = weak.lock()) watcher->gate.deliver([&] { watcher->callback(next); });
    }
}

}  // namespace

std::unique_ptr<WorkerProcess> superviseWorker(std::filesystem::path program, std::vector<std::string> arguments) {
    return std::make_unique<SupervisedWorker>(std::move(program), std::move(arguments));
}

}  // namespace orrery::gateway
