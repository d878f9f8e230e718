// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace orrery::samples {

/// The outside world of the samples: remembers under a key what was done, so that a second attempt does not do it
/// again. With a file it survives the worker, which may be killed. Thread safe.
class Ledger {
public:
    /// An empty path keeps the entries in memory. Throws base::Error when the file cannot be read or made.
    explicit Ledger(std::filesystem::path file = {});

    /// Writes `entry` under the key unless there is one already; gives the entry that counts.
    std::string record(const std::string& key, const std::string& entry);
    std::map<std::string, std::string> entries() const;

private:
    mutable std::mutex m_mutex;
    std::filesystem::path m_file;
    std::map<std::string, std::string> m_entries;
};

}  // namespace orrery::samples
