// SPDX-License-Identifier: MIT
// Several things at once. Tasks are started in the written order, so their first commands are in that order too;
// results stand in it as well, whichever was done first.
#pragma once

#include <deque>
#include <tuple>
#include <vector>

#include "core/workflow/workflow.h"

namespace orrery::workflow {

namespace detail {

/// Done when so many futures are, or when the first of them has failed.
class Join {
public:
    explicit Join(size_t count);
    static void watch(const std::shared_ptr<Join>& join, const std::shared_ptr<FutureCore>& part);
    Future<void> gate() const { return Future<void>(m_gate); }

private:
    size_t m_left;
    std::shared_ptr<FutureState<void>> m_gate;
};

/// To be resolved by the first of so many.
std::shared_ptr<FutureState<size_t>> firstOf(size_t count);

}  // namespace detail

/// All results; the first failure, as soon as there is one, while the others go on (cancel them through a CancelScope).
///   const auto [stock, card] = co_await workflow::all(reserve(order), charge(order));
template <class... T>
Task<std::tuple<Value<T>...>> all(Task<T>... tasks) {
    const std::tuple<Future<T>...> parts{start(std::move(tasks))...};
    const auto join = std::make_shared<detail::Join>(sizeof...(T));
    std::apply([&join](const auto&... part) { (detail::Join::watch(join, part.state()), ...); }, parts);
    co_await join->gate();
    co_return std::apply([](const auto&... part) { return std::tuple<Value<T>...>(part.state()->value()...); }, parts);
}

template <class T>
Task<std::vector<Value<T>>> all(std::vector<Task<T>> tasks) {
    std::vector<Future<T>> parts;
    parts.reserve(tasks.size());
    for (Task<T>& task : tasks) parts.push_back(start(std::move(task)));
    const auto join = std::make_shared<detail::Join>(parts.size());
    for (const Future<T>& part : parts) detail::Join::watch(join, part.state());
    co_await join->gate();
    std::vector<Value<T>> results;
    results.reserve(parts.size());
    for (const Future<T>& part : parts) results.push_back(part.state()->value());
    co_return results;
}

/// The index of the first future that is done, with a result or a failure; of several the first written. All go on.
///   switch (co_await workflow::any(answer, reminder)) { … }
template <class... T>
Task<size_t> any(Future<T>... futures) {
    const auto first = detail::firstOf(sizeof...(T));
    size_t index = 0;
    ((futures.state()->whenDone([first, index] { first->set(index); }), ++index), ...);
    co_return co_await Future<size_t>(first);
}

/// The result or failure of the first task that is done; the others are cancelled.
template <class T>
Task<T> race(std::vector<Task<T>> tasks) {
    const auto first = detail::firstOf(tasks.size());
    std::vector<Future<T>> parts;
    for (Task<T>& task : tasks) {
        parts.push_back(start(std::move(task)));
        parts.back().state()->whenDone([first, index = parts.size() - 1] { first->set(index); });
    }
    const size_t winner = co_await Future<size_t>(first);
    for (const Future<T>& part : parts) part.cancel();
    co_return co_await parts[winner];
}

/// Lets so many pass at a time, in the order they came. A member of the workflow class.
///   const auto turn = co_await m_transfers.acquire();   // until `turn` goes out of scope
class Semaphore {
public:
    explicit Semaphore(int permits) : m_free(permits) {}
    Semaphore(const Semaphore&) = delete;

    class Permit {
    public:
        explicit Permit(Semaphore& semaphore) : m_semaphore(&semaphore) {}
        Permit(Permit&& other) noexcept : m_semaphore(std::exchange(other.m_semaphore, nullptr)) {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (m_semaphore) m_semaphore->release();
        }

    private:
        Semaphore* m_semaphore;
    };

    /// Throws CancelledFailure when the scope is cancelled while it waits.
    Task<Permit> acquire();
    int waiting() const { return static_cast<int>(m_queue.size()); }

private:
    void release();

    int m_free;
    std::deque<std::shared_ptr<FutureState<void>>> m_queue;
};

/// A semaphore with one permit: handlers that must not interleave.
class Mutex : public Semaphore {
public:
    Mutex() : Semaphore(1) {}
};

}  // namespace orrery::workflow
