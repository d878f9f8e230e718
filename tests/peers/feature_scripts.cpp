// SPDX-License-Identifier: MIT
#include "tests/peers/stage.h"

namespace orrery::test {

const std::vector<Script>& featureScripts() {
    static const std::vector<Script> all{};
    return all;
}

}  // namespace orrery::test
