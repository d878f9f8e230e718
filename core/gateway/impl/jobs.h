// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "core/base/delivery.h"
#include "core/base/executor.h"
#include "core/gateway/impl/problem.h"
#include "core/gateway/outcome.h"

namespace orrery::gateway {

/// Threads for work that takes a while: parsing, writing, starting a server.
base::Executor& jobPool();

/// Runs `work(stop)` there and delivers what it gives or throws. Dropping the request asks it to stop.
template <typename T, typename Work>
Request runJobOn(base::Executor& executor, Work work, Callback<T> callback) {
    struct State {
        base::DeliveryGate gate;
        std::stop_source stop;
        Work work;
        Callback<T> callback;
        State(Work given, Callback<T> then) : work(std::move(given)), callback(std::move(then)) {}

        Outcome<T> outcome() {
            try {
                return work(stop.get_token());
            } catch (...) {
                return problemFromCurrentException();
            }
        }
    };
    struct Job final : Running {
        std::shared_ptr<State> state;
        explicit Job(std::shared_ptr<State> shared) : state(std::move(shared)) {}
        ~Job() override {
            state->stop.request_stop();
            state->gate.close();
        }
    };
    auto state = std::make_shared<State>(std::move(work), std::move(callback));
    executor.post([state] {
        if (state->stop.stop_requested()) return;
        auto outcome = state->outcome();
        state->gate.deliver([&] { std::exchange(state->callback, nullptr)(std::move(outcome)); });
    });
    return Request(std::make_unique<Job>(std::move(state)));
}

/// The same on the job pool.
template <typename T, typename Work>
Request runJob(Work work, Callback<T> callback) {
    return runJobOn<T>(jobPool(), std::move(work), std::move(callback));
}

/// Delivers on the job pool, for answers that are known at once.
template <typename T>
Request answerLater(Outcome<T> outcome, Callback<T> callback) {
    return runJob<T>([outcome = std::move(outcome)](const std::stop_token&) { return outcome; }, std::move(callback));
}

}  // namespace orrery::gateway
