// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace orrery::gateway {

/// Closes the descriptor it holds.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(Descriptor&& other) noexcept : m_fd(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int get() const { return m_fd; }
    int release();
    explicit operator bool() const { return m_fd >= 0; }

private:
    int m_fd = -1;
};

struct ChildProcess {
    int pid = 0;
    /// Becomes readable when the process has ended.
    Descriptor ended;
    /// What it writes to standard output and standard error; does not block.
    Descriptor output;
};

struct ChildEnd {
    int exitCode = 0;
    /// 0 unless a signal ended it.
    int signal = 0;
};

/// Starts a program that gets SIGKILL when the calling *thread* ends, so call it on a thread that lives as long as the
/// child should. Throws base::Error naming the program.
ChildProcess spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments);

/// Of a process that has ended; must be called once for each.
ChildEnd reap(int pid);

}  // namespace orrery::gateway
