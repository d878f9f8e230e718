// SPDX-License-Identifier: MIT
#include "core/workflow/future.h"

namespace orrery::workflow {

void FutureCore::fail(std::exception_ptr error) {
    if (m_done) return;
    m_error = std::move(error);
    finish();
}

void FutureCore::finish() {
    m_done = true;
    m_scope.reset();
    m_cancel = nullptr;
    for (PromiseBase* waiter : std::exchange(m_waiters, {})) waiter->scheduler->ready(*waiter);
    for (const auto& callback : std::exchange(m_callbacks, {})) callback();
}

void FutureCore::removeWaiter(PromiseBase& waiter) { std::erase(m_waiters, &waiter); }

void FutureCore::whenDone(std::function<void()> callback) {
    if (m_done) {
        callback();
    } else {
        m_callbacks.push_back(std::move(callback));
    }
}

void FutureCore::cancel() {
    if (m_done || !m_cancel) return;
    // Once: and the action may finish this future, which drops it.
    const auto action = std::exchange(m_cancel, nullptr);
    action();
}

}  // namespace orrery::workflow
