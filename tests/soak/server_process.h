// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace orrery::soak {

/// A server in a process of its own, so that its memory is nobody else's. Ends with this object.
class ServerProcess {
public:
    /// `program` is `orrery`; `more` are further arguments of its verb `serve`. Throws std::runtime_error when it does
    /// not come up.
    ServerProcess(const std::string& program, const std::vector<std::string>& more);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    const std::string& address() const { return m_address; }
    /// What is resident, in bytes; throws when the process is gone.
    int64_t memory() const;
    /// User and system time that it has used, in seconds.
    double cpuSeconds() const;

private:
    pid_t m_process = -1;
    int m_output = -1;
    std::string m_address;
};

}  // namespace orrery::soak
