// SPDX-License-Identifier: MIT
#include "tests/support/strings.h"

#include <QtGlobal>
#include <fstream>
#include <sstream>

namespace orrery::test {

QString text(std::string_view utf8) { return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())); }

std::string readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) qFatal("cannot read %s", path.c_str());
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

}  // namespace orrery::test
