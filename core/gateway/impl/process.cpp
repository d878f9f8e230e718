// SPDX-License-Identifier: MIT
#include "core/gateway/impl/process.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"

namespace orrery::gateway {
namespace {

/// Between fork and exec: only what is safe after fork in a program with threads. Gives errno through `report`.
[[noreturn]] void becomeProgram(char* const* arguments, int output, int report, pid_t parent) {
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0) dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    // Whatever else is open belongs to the parent: the server's port must not live on in a child.
    syscall(SYS_close_range, 3, UINT_MAX, 4 /* CLOSE_RANGE_CLOEXEC */);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have gone before prctl took effect.
    if (getppid() == parent) execv(arguments[0], arguments);
    const int problem = errno;
    const ssize_t written = write(report, &problem, sizeof problem);
    _exit(written == sizeof problem ? 127 : 126);
}

std::pair<Descriptor, Descriptor> makePipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        throw base::Error(base::ErrorCode::ResourceExhausted, fmt::format("cannot make a pipe: {}", strerror(errno)));
    }
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

base::Error cannotStart(const std::filesystem::path& program, int problem) {
    return base::Error(base::ErrorCode::NotFound,
                       fmt::format("cannot start {}: {}", program.string(), strerror(problem)),
                       {{"file", program.string()}});
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (m_fd >= 0) close(m_fd);
        m_fd = other.release();
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (m_fd >= 0) close(m_fd);
}

int Descriptor::release() { return std::exchange(m_fd, -1); }

ChildProcess spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    auto [output, outputOfChild] = makePipe();
    auto [report, reportOfChild] = makePipe();
    std::string path = program.string();
    std::vector<std::string> copies = arguments;
    std::vector<char*> pointers{path.data()};
    for (std::string& argument : copies) pointers.push_back(argument.data());
    pointers.push_back(nullptr);

    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) throw cannotStart(program, errno);
    if (child == 0) becomeProgram(pointers.data(), outputOfChild.get(), reportOfChild.get(), parent);

    outputOfChild = Descriptor();
    reportOfChild = Descriptor();
    int problem = 0;
    // Ends at once: exec closes the other end.
    if (read(report.get(), &problem, sizeof problem) == sizeof problem) {
        reap(child);
        throw cannotStart(program, problem);
    }
    fcntl(output.get(), F_SETFL, O_NONBLOCK);
    ChildProcess process;
    process.pid = child;
    process.ended = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    process.output = std::move(output);
    return process;
}

ChildEnd reap(int pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    ChildEnd end;
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (WIFEXITED(status)) end.exitCode = WEXITSTATUS(status);
    return end;
}

}  // namespace orrery::gateway
