// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/server/state/call.h"
#include "core/server/store/store.h"

namespace orrery::server {

/// The thread that writes. Changes that come while it is at work make the next group, and the answers of a group leave
/// when the store has it: nothing is told to anybody that a crash could take back, not even what another one changed.
/// When the store refuses a group its calls are answered UNAVAILABLE, and the group is tried again, by itself and ahead
/// of all others, until it is in.
class StoreWriter {
public:
    using Replies = std::vector<std::pair<CallPtr, Reply>>;

    /// `recovered` is called on the writing thread when the store works again.
    StoreWriter(std::unique_ptr<Store> store, std::function<void()> recovered);
    ~StoreWriter();
    StoreWriter(const StoreWriter&) = delete;
    StoreWriter& operator=(const StoreWriter&) = delete;

    /// In the order of the inputs, one caller at a time. Gives back those replies that may leave at once.
    [[nodiscard]] Replies submit(std::optional<Change> change, Replies replies);

    /// Why nothing can be kept now; nullopt when all is well. While there is trouble nothing should change.
    std::optional<ServiceError> trouble() const;
    bool inTrouble() const { return m_inTrouble; }

    /// Waits until all that was submitted is kept; throws base::Error(Unavailable) when that does not work out.
    void await();
    /// Waits until all that was submitted is written or refused.
    void finishAll();
    /// Writes what is left, answers what waits, and ends the thread. Idempotent.
    void stop();

private:
    struct Group {
        Change change;
        Replies replies;
        uint64_t last = 0;  ///< number of the last submission in it
    };

    void write();
    bool commit(const Change& change);
    void refuse(Replies replies);

    const std::unique_ptr<Store> m_store;
    const std::function<void()> m_recovered;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_progress;
    Group m_next;
    uint64_t m_submitted = 0;
    uint64_t m_done = 0;  ///< kept, and answered
    std::string m_trouble;
    std::atomic<bool> m_inTrouble = false;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace orrery::server
