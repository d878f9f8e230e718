// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace orrery::workflow {

/// One node of the tree of cancellation scopes. Whatever a coroutine waits for registers itself with the scope the
/// coroutine runs in; cancelling calls the registrations in the order they were made, children included.
class ScopeState : public std::enable_shared_from_this<ScopeState> {
public:
    using OnCancel = std::function<void()>;

    static std::shared_ptr<ScopeState> makeRoot();
    /// A shielded child does not hear of its parent's cancellation.
    std::shared_ptr<ScopeState> makeChild(bool shielded);
    ~ScopeState();

    bool isCancelled() const { return m_cancelled; }
    const std::string& reason() const { return m_reason; }
    /// The CancelledFailure that code in a cancelled scope gets to see; carries the reason.
    std::exception_ptr cancellation() const;
    /// Once; later calls change nothing.
    void cancel(const std::string& reason);

    /// The returned number takes the registration back.
    uint64_t onCancel(OnCancel callback);
    void forget(uint64_t registration);

private:
    std::map<uint64_t, OnCancel> m_callbacks;
    uint64_t m_lastRegistration = 0;
    std::shared_ptr<ScopeState> m_parent;
    uint64_t m_inParent = 0;
    bool m_cancelled = false;
    std::string m_reason;
};

/// Keeps one registration as long as it lives.
class ScopeRegistration {
public:
    ScopeRegistration() = default;
    ScopeRegistration(const std::shared_ptr<ScopeState>& scope, ScopeState::OnCancel callback);
    ScopeRegistration(ScopeRegistration&& other) noexcept;
    ScopeRegistration& operator=(ScopeRegistration&& other) noexcept;
    ~ScopeRegistration() { reset(); }
    void reset();

private:
    std::weak_ptr<ScopeState> m_scope;
    uint64_t m_registration = 0;
};

}  // namespace orrery::workflow
