// SPDX-License-Identifier: MIT
#include <fmt/format.h>

int main() {
    fmt::print("orrery {}\n", ORRERY_VERSION);
    return 0;
}
