// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>

namespace orrery::test {

/// The folder of reference data beside the checkout: $ORRERY_SHARED_DIR, else <source>/../shared; nullopt when there is
/// none, and then a test that needs it says so with QSKIP.
std::optional<std::filesystem::path> sharedFolder();

}  // namespace orrery::test
