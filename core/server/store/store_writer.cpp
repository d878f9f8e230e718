// SPDX-License-Identifier: MIT
#include "core/server/store/store_writer.h"

#include <chrono>
#include <exception>

#include "core/base/error.h"
#include "core/base/log.h"

namespace orrery::server {
namespace {

using namespace std::chrono_literals;

/// Between two tries while the store refuses to write.
constexpr auto kRetryPause = 500ms;

void deliver(StoreWriter::Replies replies) {
    for (auto& [call, reply] : replies) call->finish(std::move(reply));
}

}  // namespace

StoreWriter::StoreWriter(std::unique_ptr<Store> store, std::function<void()> recovered)
    : m_store(std::move(store)), m_recovered(std::move(recovered)), m_thread([this] { write(); }) {}

StoreWriter::~StoreWriter() { stop(); }

StoreWriter::Replies StoreWriter::submit(std::optional<Change> change, Replies replies) {
    {
        const std::lock_guard lock(m_mutex);
        if (!change && m_done == m_submitted) return replies;
        if (!change && replies.empty()) return {};
        m_next.last = ++m_submitted;
        if (change) m_next.change.add(std::move(*change));
        for (auto& reply : replies) m_next.replies.push_back(std::move(reply));
    }
    m_wake.notify_one();
    return {};
}

std::optional<ServiceError> StoreWriter::trouble() const {
    if (!m_inTrouble) return std::nullopt;
    const std::lock_guard lock(m_mutex);
    return ServiceError(base::ErrorCode::Unavailable, m_trouble);
}

void StoreWriter::await() {
    std::unique_lock lock(m_mutex);
    const uint64_t wanted = m_submitted;
    m_progress.wait(lock, [&] { return m_done >= wanted || m_inTrouble; });
    if (m_done < wanted) throw base::Error(base::ErrorCode::Unavailable, m_trouble);
}

void StoreWriter::finishAll() {
    std::unique_lock lock(m_mutex);
    m_progress.wait(lock, [this] { return m_done >= m_submitted || m_inTrouble; });
}

void StoreWriter::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable()) m_thread.join();
}

void StoreWriter::write() {
    std::unique_lock lock(m_mutex);
    Change unwritten;  // of groups that the store refused
    while (true) {
        if (m_inTrouble) {
            m_wake.wait_for(lock, kRetryPause, [this] { return m_stopping; });
        } else {
            m_wake.wait(lock, [this] { return m_stopping || m_next.last != 0; });
        }
        if (m_next.last == 0 && !m_inTrouble) return;
        Group group = std::exchange(m_next, {});
        const uint64_t last = m_submitted;
        lock.unlock();
        unwritten.add(std::move(group.change));
        const bool kept = unwritten.empty() || commit(unwritten);
        if (kept) unwritten = {};
        kept ? deliver(std::move(group.replies)) : refuse(std::move(group.replies));
        lock.lock();
        if (kept) m_done = last;
        m_progress.notify_all();
        if (!kept && m_stopping) {
            base::log(base::LogLevel::Error, "server", "The server ends with changes that could not be kept.");
            return;
        }
    }
}

bool StoreWriter::commit(const Change& change) {
    try {
        m_store->commit(change);
    } catch (const std::exception& error) {
        if (!m_inTrouble) {
            base::log(base::LogLevel::Error, "server",
                      std::string("Nothing can be kept, so requests are refused until it can: ") + error.what());
        }
        const std::lock_guard lock(m_mutex);
        m_trouble = std::string("The server cannot keep anything now: ") + error.what();
        m_inTrouble = true;
        return false;
    }
    if (!m_inTrouble) return true;
    m_inTrouble = false;
    base::log(base::LogLevel::Warn, "server", "What was refused is kept now, and requests are taken again.");
    m_recovered();
    return true;
}

void StoreWriter::refuse(Replies replies) {
    const auto error = trouble();
    for (auto& [call, reply] : replies) {
        Reply refusal;
        refusal.error = error;
        call->finish(std::move(refusal));
    }
}

}  // namespace orrery::server
