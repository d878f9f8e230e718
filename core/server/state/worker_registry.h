// SPDX-License-Identifier: MIT
// The workers that say that they live, each with the last thing it said. In wall time, and not kept by a store: a
// worker says it again within a minute.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/time.h"

namespace temporal::api::worker::v1 {
class WorkerHeartbeat;
}

namespace orrery::server {

using temporal::api::worker::v1::WorkerHeartbeat;

class WorkerRegistry {
public:
    struct Worker {
        std::shared_ptr<const WorkerHeartbeat> heartbeat;
        base::Timestamp seen;
        uint64_t turn = 0;
    };
    using Workers = std::map<std::string, Worker>;  ///< by worker instance key

    /// A worker that says it has shut down is forgotten.
    void record(const std::string& ns, const WorkerHeartbeat& heartbeat, base::Timestamp wall);
    /// Those of a namespace that spoke within the last five minutes; nullptr when none ever did.
    const Workers* of(const std::string& ns, base::Timestamp wall);
    void forget(const std::string& ns);

    size_t size() const { return m_order.size(); }
    /// How many are kept; of more, the longest silent go, though nobody who spoke within the last minute.
    void setLimit(size_t most) { m_most = most; }

private:
    void remove(const std::string& ns, const std::string& key);
    void trim(base::Timestamp wall);

    std::map<std::string, Workers> m_namespaces;
    std::map<uint64_t, std::pair<std::string, std::string>> m_order;  ///< namespace and key, the longest silent first
    uint64_t m_turn = 0;
    size_t m_most = 1'000'000;
};

}  // namespace orrery::server
