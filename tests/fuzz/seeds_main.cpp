// SPDX-License-Identifier: MIT
// Writes inputs to begin with: for every method two requests that its own server understands, and sequences by chance.
//   fuzz_seeds FOLDER   FOLDER/methods and FOLDER/sequence are made
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/stage.h"
#include "tests/simulation/dice.h"

namespace {

using namespace orrery;
namespace fs = std::filesystem;

std::string randomBytes(simulation::Dice& dice, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes.push_back(char(dice.below(256)));
    return bytes;
}

void write(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

void writeMethods(const fs::path& folder, simulation::Dice& dice) {
    const fuzz::Stage stage;
    for (const auto& entry : fuzz::Stage::table()) {
        for (int times = 0; times < 2; ++times) {
            const std::string decisions = randomBytes(dice, 120);
            fuzz::Bytes bytes(reinterpret_cast<const uint8_t*>(decisions.data()), decisions.size());
            const auto request = entry.method->newRequest();
            fuzz::fill(*request, stage.words, bytes);
            const std::string key = {char(entry.key >> 8), char(entry.key & 0xff)};
            const std::string name = entry.path.substr(entry.path.rfind('/') + 1);
            write(folder / (name + "-" + std::to_string(times + 1)), key + request->SerializeAsString());
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
        return 2;
    }
    const fs::path folder = arguments[1];
    fs::create_directories(folder / "methods");
    fs::create_directories(folder / "sequence");
    simulation::Dice dice(1);
    writeMethods(folder / "methods", dice);
    constexpr int kSequences = 40;
    for (int i = 1; i <= kSequences; ++i) {
        write(folder / "sequence" / ("chance-" + std::to_string(i)), randomBytes(dice, 100 + dice.below(500)));
    }
    return 0;
}
