// SPDX-License-Identifier: MIT
// Stands in for the fuzzer's own main, where there is none.
//   fuzz_X FILE|FOLDER...      runs each file once
//   fuzz_X --chance N [SEED]   runs N inputs by chance; the one that ends the process lies in chance.input
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/simulation/dice.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

void run(const std::string& bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

int runFiles(const std::vector<fs::path>& given) {
    std::vector<fs::path> files;
    for (const fs::path& each : given) {
        if (fs::is_directory(each)) {
            for (const auto& entry : fs::directory_iterator(each)) files.push_back(entry.path());
        } else {
            files.push_back(each);
        }
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
        std::ifstream in(file, std::ios::binary);
        if (!in) {
            std::fprintf(stderr, "cannot read %s\n", file.c_str());
            return 1;
        }
        run({std::istreambuf_iterator<char>(in), {}});
    }
    std::printf("%zu inputs hold\n", files.size());
    return files.empty() ? 1 : 0;
}

int runChance(int count, uint64_t seed) {
    constexpr int kMostBytes = 1500;
    for (int i = 0; i < count; ++i) {
        orrery::simulation::Dice dice(seed + uint64_t(i));
        std::string bytes;
        for (int left = 20 + dice.below(kMostBytes); left > 0; --left) bytes.push_back(char(dice.below(256)));
        std::ofstream("chance.input", std::ios::binary) << bytes;
        run(bytes);
    }
    std::printf("%d inputs hold\n", count);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() > 1 && words[0] == "--chance") {
        return runChance(std::atoi(words[1].c_str()),
                         words.size() > 2 ? std::strtoull(words[2].c_str(), nullptr, 10) : 1);
    }
    return runFiles({words.begin(), words.end()});
}
