// SPDX-License-Identifier: MIT
#include "core/server/state/worker_registry.h"

#include <temporal/api/worker/v1/message.pb.h>

namespace orrery::server {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kRemembered = 5min;
constexpr base::Duration kSafe = 1min;

}  // namespace

void WorkerRegistry::record(const std::string& ns, const WorkerHeartbeat& heartbeat, base::Timestamp wall) {
    const std::string& key = heartbeat.worker_instance_key();
    remove(ns, key);
    // A namespace stays known when its last worker goes.
    Workers& workers = m_namespaces[ns];
    if (heartbeat.status() != temporal::api::enums::v1::WORKER_STATUS_SHUTDOWN) {
        workers[key] = {std::make_shared<const WorkerHeartbeat>(heartbeat), wall, ++m_turn};
        m_order.emplace(m_turn, std::pair(ns, key));
    }
    trim(wall);
}

const WorkerRegistry::Workers* WorkerRegistry::of(const std::string& ns, base::Timestamp wall) {
    trim(wall);
    const auto found = m_namespaces.find(ns);
    return found == m_namespaces.end() ? nullptr : &found->second;
}

void WorkerRegistry::forget(const std::string& ns) {
    const auto found = m_namespaces.find(ns);
    if (found == m_namespaces.end()) return;
    for (const auto& [key, worker] : found->second) m_order.erase(worker.turn);
    m_namespaces.erase(found);
}

void WorkerRegistry::remove(const std::string& ns, const std::string& key) {
    const auto workers = m_namespaces.find(ns);
    if (workers == m_namespaces.end()) return;
    const auto worker = workers->second.find(key);
    if (worker == workers->second.end()) return;
    m_order.erase(worker->second.turn);
    workers->second.erase(worker);
}

void WorkerRegistry::trim(base::Timestamp wall) {
    while (!m_order.empty()) {
        const auto& [ns, key] = m_order.begin()->second;
        const base::Duration silent = wall - m_namespaces.at(ns).at(key).seen;
        if (silent <= (m_order.size() > m_most ? kSafe : kRemembered)) return;
        remove(std::string(ns), std::string(key));
    }
}

}  // namespace orrery::server
