// SPDX-License-Identifier: MIT
#include "core/workflow/scheduler.h"

#include <algorithm>
#include <string_view>

#include "core/workflow/future.h"
#include "core/workflow/task.h"

namespace orrery::workflow {

struct Scheduler::Root {
    Task<void> task;
    std::string name;
};

Scheduler::Scheduler() = default;

Scheduler::~Scheduler() { clear(); }

void Scheduler::clear() {
    m_stopped = true;
    while (!m_roots.empty()) {
        // Out of the map first: destructors of workflow code may look at the scheduler.
        const auto last = std::prev(m_roots.end());
        const std::unique_ptr<Root> root = std::move(last->second);
        m_roots.erase(last);
    }
}

void Scheduler::start(Task<void> task, std::shared_ptr<ScopeState> scope, std::string name) {
    PromiseBase& promise = task.promise();
    promise.scheduler = this;
    promise.root = ++m_lastRoot;
    if (!promise.scope) promise.scope = std::move(scope);
    m_ready.push_back(&promise);
    m_roots.emplace(promise.root, std::make_unique<Root>(Root{std::move(task), std::move(name)}));
}

void Scheduler::enter(PromiseBase& child, PromiseBase& parent) noexcept {
    child.scheduler = this;
    child.continuation = &parent;
    parent.child = &child;
    if (!child.scope) child.scope = parent.scope;
    m_next = &child;
}

void Scheduler::leave(PromiseBase& done) noexcept {
    if (m_observed && !isLibraryLine(done.waitsAt)) m_lastEnd = done.waitsAt;
    if (done.continuation) {
        done.continuation->child = nullptr;
        m_next = done.continuation;
    } else {
        m_ended.push_back(done.root);
    }
}

void Scheduler::drain() {
    while (!m_stopped) {
        PromiseBase* promise = std::exchange(m_next, nullptr);
        if (!promise && !m_ready.empty()) {
            promise = m_ready.front();
            m_ready.pop_front();
        }
        if (!promise) {
            if (!wakeOneCondition()) return;
            continue;
        }
        m_running = promise;
        promise->handle.resume();
        m_running = nullptr;
        if (!m_ended.empty()) bury();
    }
}

void Scheduler::bury() {
    for (const uint64_t id : std::exchange(m_ended, {})) {
        const auto found = m_roots.find(id);
        const std::unique_ptr<Root> root = std::move(found->second);
        m_roots.erase(found);
        if (root->task.promise().error && m_onError) m_onError(root->task.promise().error);
    }
}

bool Scheduler::wakeOneCondition() {
    if (m_conditions.empty()) return false;
    if (m_onPredicates) m_onPredicates(true);
    ConditionWait* woken = nullptr;
    std::exception_ptr error;
    for (ConditionWait* wait : m_conditions) {
        try {
            if (wait->m_predicate()) woken = wait;
        } catch (...) {
            woken = wait;
            error = std::current_exception();
        }
        if (woken) break;
    }
    if (m_onPredicates) m_onPredicates(false);
    if (woken) woken->wake(error);
    return woken != nullptr;
}

const std::shared_ptr<ScopeState>& Scheduler::scope() const { return m_running ? m_running->scope : m_rootScope; }

std::string Scheduler::stackTrace() const {
    std::string text;
    for (const auto& [id, root] : m_roots) {
        std::vector<std::string> lines;
        for (const PromiseBase* promise = &root->task.promise(); promise; promise = promise->child) {
            if (promise->waitsAt.line() == 0) continue;
            const std::string_view file = promise->waitsAt.file_name();
            lines.push_back("    at " + std::string(promise->waitsAt.function_name()) + " (" +
                            std::string(file.substr(file.rfind('/') + 1)) + ":" +
                            std::to_string(promise->waitsAt.line()) + ")\n");
        }
        if (lines.empty()) continue;
        if (!text.empty()) text += '\n';
        text += root->name + "\n";
        for (auto line = lines.rbegin(); line != lines.rend(); ++line) text += *line;
    }
    return text;
}

std::source_location Scheduler::ownLine() const {
    for (const PromiseBase* promise = m_running; promise; promise = promise->continuation) {
        if (!isLibraryLine(promise->waitsAt)) return promise->waitsAt;
    }
    return {};
}

std::vector<definition::WaitingCoroutine> Scheduler::waiting() const {
    std::vector<definition::WaitingCoroutine> all;
    for (const auto& [id, root] : m_roots) {
        definition::WaitingCoroutine one;
        one.name = root->name;
        const PromiseBase* innermost = nullptr;
        for (const PromiseBase* promise = &root->task.promise(); promise; promise = promise->child) {
            innermost = promise;
            if (!isLibraryLine(promise->waitsAt)) one.stack.push_back(promise->waitsAt);
        }
        std::ranges::reverse(one.stack);
        if (innermost->condition) one.waitsFor = innermost->condition->words();
        if (innermost->future) one.waitsFor = innermost->future->words();
        all.push_back(std::move(one));
    }
    return all;
}

bool isLibraryLine(const std::source_location& line) {
    if (line.line() == 0) return true;
    std::string_view file = line.file_name();
    constexpr std::string_view room = "core/workflow/";
    const size_t found = file.rfind(room);
    if (found == std::string_view::npos) return false;
    file = file.substr(0, found);
    return !file.ends_with("tests/");
}

ConditionWait::~ConditionWait() {
    if (m_waiter) m_waiter->scheduler->m_conditions.remove(this);
}

bool ConditionWait::await_ready() { return m_predicate(); }

void ConditionWait::suspend(PromiseBase& waiter) {
    m_waiter = &waiter;
    waiter.condition = this;
    waiter.scheduler->m_conditions.push_back(this);
    const auto cancel = [this] { wake(m_waiter->scope->cancellation()); };
    if (waiter.scope->isCancelled()) {
        cancel();
    } else {
        m_cancellation = ScopeRegistration(waiter.scope, cancel);
    }
}

void ConditionWait::wake(std::exception_ptr error) {
    PromiseBase* waiter = std::exchange(m_waiter, nullptr);
    if (!waiter) return;
    m_error = std::move(error);
    waiter->scheduler->m_conditions.remove(this);
    m_cancellation.reset();
    waiter->scheduler->ready(*waiter);
}

void ConditionWait::await_resume() {
    if (m_error) std::rethrow_exception(m_error);
}

}  // namespace orrery::workflow
