// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "core/base/error.h"

namespace orrery::gateway {

/// What went wrong, as a value: the code for translation, `message` in plain English, `fields` with its parts.
/// Fields that calls set where they know them: "address", "namespace", "workflowId", "runId", "file", "line".
struct Problem {
    base::ErrorCode code = base::ErrorCode::Unknown;
    std::string message;
    std::map<std::string, std::string> fields;
};

/// The answer of operations that give nothing but success.
struct Done {
    bool operator==(const Done&) const = default;
};

/// A value or a Problem.
template <typename T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : m_content(std::in_place_index<0>, std::move(value)) {}
    Outcome(Problem problem) : m_content(std::in_place_index<1>, std::move(problem)) {}

    bool ok() const { return m_content.index() == 0; }
    explicit operator bool() const { return ok(); }
    const T& value() const& { return std::get<0>(m_content); }
    T&& value() && { return std::get<0>(std::move(m_content)); }
    const Problem& problem() const { return std::get<1>(m_content); }

private:
    std::variant<T, Problem> m_content;
};

/// Runs on a core thread, and must not block it.
template <typename T>
using Callback = std::function<void(Outcome<T>)>;

/// Something asynchronous that ends when it is destroyed.
class Running {
public:
    virtual ~Running() = default;
};

/// Move-only owner of something under way. Once drop() or the destructor has returned, no callback of it runs; it waits
/// for one that runs right now on another thread, so never drop it while holding a lock that the callback takes.
/// Inside its own callback it may be dropped freely. Dropping a finished one does nothing.
class [[nodiscard]] Handle {
public:
    Handle() = default;
    explicit Handle(std::unique_ptr<Running> running) : m_running(std::move(running)) {}
    Handle(Handle&&) noexcept = default;
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            drop();
            m_running = std::move(other.m_running);
        }
        return *this;
    }
    ~Handle() { drop(); }

    // Moved out first: the callback that runs meanwhile may reach this handle again.
    void drop() { std::exchange(m_running, nullptr).reset(); }
    explicit operator bool() const { return m_running != nullptr; }

private:
    std::unique_ptr<Running> m_running;
};

/// Of one answer: the callback runs at most once.
using Request = Handle;
/// Of many: the callback runs until the handle is dropped, never twice at the same time.
using Subscription = Handle;

}  // namespace orrery::gateway
