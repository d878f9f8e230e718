// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <string>
#include <string_view>

namespace orrery::test {

/// UTF-8 to QString, so that QCOMPARE shows both sides when they differ.
QString text(std::string_view utf8);

/// The whole of a file below tests/data, or of an absolute path; fails the program when it cannot be read.
std::string readFile(const std::string& path);

}  // namespace orrery::test
