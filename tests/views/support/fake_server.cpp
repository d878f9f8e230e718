// SPDX-License-Identifier: MIT
#include "tests/views/support/fake_server.h"

namespace orrery::test {

gateway::Subscription FakeWorker::watch(std::function<void(gateway::WorkerState)> callback) {
    callback(m_state);
    m_watcher = std::move(callback);
    return {};
}

void FakeWorker::enter(gateway::WorkerState::Kind kind) {
    m_state.kind = kind;
    m_state.pid = kind == gateway::WorkerState::Kind::Running ? 4711 : 0;
    if (m_watcher) m_watcher(m_state);
}

FakeServer::FakeServer() : fakeClock(*base::parseTimestamp("2026-03-10T09:14:12Z")) {}

}  // namespace orrery::test
