// SPDX-License-Identifier: MIT
#include "tests/support/shared.h"

#include <cstdlib>

namespace orrery::test {

std::optional<std::filesystem::path> sharedFolder() {
    const char* given = std::getenv("ORRERY_SHARED_DIR");
    const std::filesystem::path folder = given ? given : std::filesystem::path(ORRERY_SOURCE_DIR) / ".." / "shared";
    if (!std::filesystem::is_directory(folder)) return std::nullopt;
    return folder;
}

}  // namespace orrery::test
