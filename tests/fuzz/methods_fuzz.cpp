// SPDX-License-Identifier: MIT
// One request: the key of a method in two bytes, and the request as the wire would bring it.
#include "tests/fuzz/stage.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace orrery::fuzz;
    Bytes bytes(data, size);
    const Stage::Entry& entry = Stage::at(uint16_t(bytes.number()));
    const auto request = entry.method->newRequest();
    if (!request->ParseFromString(bytes.rest())) return -1;
    Stage stage;
    stage.call(*entry.method, *request);
    stage.finish();
    return 0;
}
