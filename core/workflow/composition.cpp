// SPDX-License-Identifier: MIT
#include "core/workflow/composition.h"

namespace orrery::workflow {

detail::Join::Join(size_t count) : m_left(count), m_gate(std::make_shared<FutureState<void>>()) {
    if (Runtime::current().observed()) m_gate->name("all of " + std::to_string(count));
    if (count == 0) m_gate->set({});
}

std::shared_ptr<FutureState<size_t>> detail::firstOf(size_t count) {
    auto first = std::make_shared<FutureState<size_t>>();
    if (Runtime::current().observed()) first->name("the first of " + std::to_string(count));
    return first;
}

void detail::Join::watch(const std::shared_ptr<Join>& join, const std::shared_ptr<FutureCore>& part) {
    part->whenDone([join, weak = std::weak_ptr(part)] {
        const auto done = weak.lock();
        if (done && done->error()) {
            join->m_gate->fail(done->error());
        } else if (--join->m_left == 0) {
            join->m_gate->set({});
        }
    });
}

Task<Semaphore::Permit> Semaphore::acquire() {
    if (m_free > 0) {
        --m_free;
        co_return Permit(*this);
    }
    const auto turn = std::make_shared<FutureState<void>>();
    Runtime& runtime = Runtime::current();
    if (runtime.observed()) turn->name("a free place");
    if (runtime.openScope(*turn)) {
        m_queue.push_back(turn);
        turn->onCancel([this, weak = std::weak_ptr(turn), scope = runtime.scheduler().scope()] {
            const auto cancelled = weak.lock();
            if (!cancelled) return;
            std::erase(m_queue, cancelled);
            cancelled->fail(scope->cancellation());
        });
        runtime.bindToScope(turn);
    }
    co_await Future<void>(turn);
    co_return Permit(*this);
}

void Semaphore::release() {
    if (m_queue.empty()) {
        ++m_free;
        return;
    }
    // Handed over: nobody who comes in between can take it.
    const auto next = std::move(m_queue.front());
    m_queue.pop_front();
    next->set({});
}

}  // namespace orrery::workflow
