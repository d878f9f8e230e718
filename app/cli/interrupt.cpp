// SPDX-License-Identifier: MIT
#include "app/cli/interrupt.h"

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include <pthread.h>

namespace orrery::cli {
namespace {

sigset_t watched() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // Wakes the waiter when the Interrupt goes away.
    sigaddset(&signals, SIGUSR2);
    return signals;
}

}  // namespace

Interrupt::Interrupt() {
    const sigset_t signals = watched();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_waiter = std::thread([source = m_source, signals]() mutable {
        int caught = 0;
        while (sigwait(&signals, &caught) == 0 && caught != SIGUSR2) {
            if (source.stop_requested()) std::_Exit(128 + caught);
            source.request_stop();
        }
    });
}

Interrupt::~Interrupt() {
    pthread_kill(m_waiter.native_handle(), SIGUSR2);
    m_waiter.join();
    const sigset_t signals = watched();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void Interrupt::wait() {
    std::mutex mutex;
    std::condition_variable changed;
    const std::stop_callback wake(token(), [&] {
        const std::lock_guard lock(mutex);
        changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return token().stop_requested(); });
}

}  // namespace orrery::cli
