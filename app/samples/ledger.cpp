// SPDX-License-Identifier: MIT
#include "app/samples/ledger.h"

#include <fstream>

#include "core/base/error.h"

namespace orrery::samples {

Ledger::Ledger(std::filesystem::path file) : m_file(std::move(file)) {
    if (m_file.empty()) return;
    std::ifstream lines(m_file);
    std::string line;
    while (std::getline(lines, line)) {
        const auto tab = line.find('\t');
        // A line without its end is one that a killed worker did not finish: it was not done.
        if (tab != std::string::npos && !lines.eof()) m_entries.emplace(line.substr(0, tab), line.substr(tab + 1));
    }
}

std::string Ledger::record(const std::string& key, const std::string& entry) {
    const std::lock_guard lock(m_mutex);
    const auto [place, isNew] = m_entries.emplace(key, entry);
    if (isNew && !m_file.empty()) {
        std::ofstream lines(m_file, std::ios::app);
        lines << key << '\t' << entry << std::endl;
        if (!lines) {
            m_entries.erase(place);
            throw base::Error(base::ErrorCode::Unavailable, "The ledger " + m_file.string() + " cannot be written.");
        }
    }
    return place->second;
}

std::map<std::string, std::string> Ledger::entries() const {
    const std::lock_guard lock(m_mutex);
    return m_entries;
}

}  // namespace orrery::samples
