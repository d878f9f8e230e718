// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace orrery::test {

/// Compares with tests/golden/<name>. Empty when equal, else a message with the first line that differs. With
/// ORRERY_UPDATE_GOLDEN=1 in the environment the file is written instead; read the diff before committing it.
std::string compareGolden(const std::string& name, const std::string& actual);

}  // namespace orrery::test
