// SPDX-License-Identifier: MIT
#include "core/workflow/scope.h"

#include <utility>

#include "core/payload/failure.h"

namespace orrery::workflow {

std::shared_ptr<ScopeState> ScopeState::makeRoot() { return std::make_shared<ScopeState>(); }

std::shared_ptr<ScopeState> ScopeState::makeChild(bool shielded) {
    auto child = std::make_shared<ScopeState>();
    if (shielded) return child;
    if (m_cancelled) {
        child->m_cancelled = true;
        child->m_reason = m_reason;
        return child;
    }
    child->m_parent = shared_from_this();
    child->m_inParent = onCancel([weak = std::weak_ptr(child), this] {
        if (const auto scope = weak.lock()) scope->cancel(m_reason);
    });
    return child;
}

ScopeState::~ScopeState() {
    if (m_parent) m_parent->forget(m_inParent);
}

void ScopeState::cancel(const std::string& reason) {
    if (std::exchange(m_cancelled, true)) return;
    m_reason = reason;
    // One at a time: a callback may take back registrations that come after it.
    while (!m_callbacks.empty()) {
        const OnCancel callback = std::move(m_callbacks.begin()->second);
        m_callbacks.erase(m_callbacks.begin());
        callback();
    }
}

std::exception_ptr ScopeState::cancellation() const {
    const std::string message = m_reason.empty() ? "Cancelled" : "Cancelled: " + m_reason;
    return std::make_exception_ptr(payload::CancelledFailure(message));
}

uint64_t ScopeState::onCancel(OnCancel callback) {
    m_callbacks.emplace(++m_lastRegistration, std::move(callback));
    return m_lastRegistration;
}

void ScopeState::forget(uint64_t registration) { m_callbacks.erase(registration); }

ScopeRegistration::ScopeRegistration(const std::shared_ptr<ScopeState>& scope, ScopeState::OnCancel callback)
    : m_scope(scope), m_registration(scope->onCancel(std::move(callback))) {}

ScopeRegistration::ScopeRegistration(ScopeRegistration&& other) noexcept
    : m_scope(std::exchange(other.m_scope, {})), m_registration(std::exchange(other.m_registration, 0)) {}

ScopeRegistration& ScopeRegistration::operator=(ScopeRegistration&& other) noexcept {
    if (this != &other) {
        reset();
        m_scope = std::exchange(other.m_scope, {});
        m_registration = std::exchange(other.m_registration, 0);
    }
    return *this;
}

void ScopeRegistration::reset() {
    if (const auto scope = m_scope.lock()) scope->forget(m_registration);
    m_scope.reset();
}

}  // namespace orrery::workflow
