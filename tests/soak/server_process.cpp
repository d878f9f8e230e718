// SPDX-License-Identifier: MIT
#include "tests/soak/server_process.h"

#include <array>
#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace orrery::soak {
namespace {

[[noreturn]] void become(const std::string& program, const std::vector<std::string>& more, int output) {
    dup2(output, STDOUT_FILENO);
    std::vector<std::string> words = {program, "serve", "--port", "0"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(program.c_str(), arguments.data());
    _exit(127);
}

std::string fileOf(pid_t process, const char* name) {
    std::ifstream file("/proc/" + std::to_string(process) + "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    if (text.str().empty()) throw std::runtime_error("the server is gone");
    return text.str();
}

}  // namespace

ServerProcess::ServerProcess(const std::string& program, const std::vector<std::string>& more) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe to the server");
    m_process = fork();
    if (m_process == 0) become(program, more, ends[1]);
    close(ends[1]);
    m_output = ends[0];
    const std::regex place("on (127\\.0\\.0\\.1:[0-9]+)");
    std::string said;
    std::smatch match;
    while (!std::regex_search(said, match, place)) {
        std::array<char, 256> piece{};
        const ssize_t size = read(m_output, piece.data(), piece.size());
        if (size <= 0) throw std::runtime_error("'" + program + "' does not come up: " + said);
        said.append(piece.data(), size_t(size));
    }
    m_address = match[1];
}

ServerProcess::~ServerProcess() {
    if (m_process > 0) {
        kill(m_process, SIGTERM);
        waitpid(m_process, nullptr, 0);
    }
    if (m_output >= 0) close(m_output);
}

int64_t ServerProcess::memory() const {
    const std::string status = fileOf(m_process, "status");
    std::smatch match;
    if (!std::regex_search(status, match, std::regex("VmRSS:\\s+([0-9]+) kB"))) {
        throw std::runtime_error("the server is gone");
    }
    return std::stoll(match[1]) * 1024;
}

double ServerProcess::cpuSeconds() const {
    std::string text = fileOf(m_process, "stat");
    // The name, in brackets, may hold spaces.
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    constexpr int kFieldsBefore = 11;
    std::string skipped;
    for (int i = 0; i < kFieldsBefore; ++i) rest >> skipped;
    int64_t user = 0;
    int64_t system = 0;
    rest >> user >> system;
    return double(user + system) / double(sysconf(_SC_CLK_TCK));
}

}  // namespace orrery::soak
