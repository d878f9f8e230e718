// SPDX-License-Identifier: MIT
#include "tests/support/process.h"

#include <QTemporaryDir>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace orrery::test {
namespace {

/// Words as exec takes them; the strings have to stay.
std::vector<char*> pointersTo(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environmentWith(const QStringList& more) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
    for (const QString& entry : more) all.push_back(entry.toStdString());
    return all;
}

QString textOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return QString::fromStdString({std::istreambuf_iterator<char>(file), {}});
}

}  // namespace

Ended runToEnd(const QString& program, const QStringList& arguments, const QString& folder, const QStringList& more) {
    const QTemporaryDir said;
    const std::string out = said.filePath("out").toStdString();
    const std::string err = said.filePath("err").toStdString();
    std::vector<std::string> words{program.toStdString()};
    for (const QString& argument : arguments) words.push_back(argument.toStdString());
    std::vector<std::string> environment = environmentWith(more);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    constexpr int kWrite = O_WRONLY | O_CREAT;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kWrite, S_IRUSR);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), kWrite, S_IRUSR);
    const std::string there = folder.toStdString();
    if (!there.empty()) posix_spawn_file_actions_addchdir_np(&actions, there.c_str());
    pid_t process = 0;
    const int failed = posix_spawn(&process, words[0].c_str(), &actions, nullptr, pointersTo(words).data(),
                                   pointersTo(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failed != 0 || waitpid(process, &status, 0) != process) return {};
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, textOf(out), textOf(err)};
}

}  // namespace orrery::test
