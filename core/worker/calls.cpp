// SPDX-License-Identifier: MIT
#include "core/worker/calls.h"

namespace orrery::worker {

Calls::Id Calls::reserve() {
    const std::lock_guard lock(m_mutex);
    if (m_closed) return 0;
    m_calls.emplace(++m_lastId, client::Call());
    return m_lastId;
}

void Calls::keep(Id id, client::Call call) {
    const std::lock_guard lock(m_mutex);
    const auto place = m_calls.find(id);
    // Not there: it was finished or cancelled in between, and goes with `call`, after the lock.
    if (place != m_calls.end()) place->second = std::move(call);
}

void Calls::finish(Id id) {
    decltype(m_calls)::node_type done;
    const std::lock_guard lock(m_mutex);
    done = m_calls.extract(id);
}

void Calls::cancel(Id id) {
    client::Call call;
    {
        const std::lock_guard lock(m_mutex);
        const auto place = m_calls.find(id);
        if (place == m_calls.end()) return;
        call = std::move(place->second);
        m_calls.erase(place);
    }
    // Outside the lock: it waits for a callback that runs right now.
    call.cancel();
}

void Calls::cancelAll() {
    std::map<Id, client::Call> calls;
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        calls.swap(m_calls);
    }
    for (auto& [id, call] : calls) call.cancel();
}

}  // namespace orrery::worker
