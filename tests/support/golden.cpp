// SPDX-License-Identifier: MIT
#include "tests/support/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace orrery::test {

std::string compareGolden(const std::string& name, const std::string& actual) {
    const std::filesystem::path file = std::filesystem::path(ORRERY_SOURCE_DIR) / "tests" / "golden" / name;
    const char* update = std::getenv("ORRERY_UPDATE_GOLDEN");
    if (update && std::string(update) == "1") {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << actual;
        return {};
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) return file.string() + " is missing (ORRERY_UPDATE_GOLDEN=1 writes it)";
    std::ostringstream expected;
    expected << in.rdbuf();
    if (expected.str() == actual) return {};
    std::istringstream left(expected.str());
    std::istringstream right(actual);
    std::string wanted;
    std::string got;
    for (int line = 1;; ++line) {
        const bool more = static_cast<bool>(std::getline(left, wanted));
        const bool most = static_cast<bool>(std::getline(right, got));
        if (more && most && wanted == got) continue;
        return name + " line " + std::to_string(line) + "\n  wanted: " + (more ? wanted : "(end)") +
               "\n  got:    " + (most ? got : "(end)");
    }
}

}  // namespace orrery::test
