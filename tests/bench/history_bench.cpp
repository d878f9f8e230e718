// SPDX-License-Identifier: MIT
// What reading and grouping a full history costs. Prints figures and asserts nothing about time.
//
//   history_bench [FILE]     FILE: where to leave the generated history, for other programs
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/base/clock.h"
#include "core/history/groups.h"
#include "core/history/reader.h"
#include "core/history/writer.h"
#include "tests/bench/generate_history.h"

namespace {

using namespace orrery;

/// Median of five, in milliseconds.
template <typename Work>
double measure(Work work) {
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) {
        const base::Duration before = base::monotonicNow();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(base::monotonicNow() - before).count());
    }
    std::sort(times.begin(), times.end());
    return times[2];
}

}  // namespace

int main(int argc, char** argv) {
    const auto generated = bench::generateHistory(bench::kFullHistory);
    const std::string json = history::toJson(*generated);
    const std::string binary = history::toBinary(*generated);
    if (argc > 1) history::writeHistory(*generated, argv[1]);

    std::shared_ptr<const history::History> read;
    const double readJson = measure([&] { read = history::readHistories(json, "generated.json")[0].history; });
    const double readBinary = measure([&] { history::readHistories(binary, "generated.bin"); });
    size_t groupCount = 0;
    const double grouping = measure([&] { groupCount = history::groups(*read).list.size(); });
    const double writing = measure([&] { history::toJson(*read); });
    if (read->size() != bench::kFullHistory || history::toBinary(*read) != binary) {
        fmt::print(stderr, "history_bench: what was read is not what was written\n");
        return 1;
    }
    fmt::print("{} events, {} groups, JSON {:.1f} MB, binary {:.1f} MB\n", read->size(), groupCount,
               static_cast<double>(json.size()) / 1e6, static_cast<double>(binary.size()) / 1e6);
    fmt::print(
        "read JSON      {:7.1f} ms\nread binary    {:7.1f} ms\ngroup          {:7.1f} ms\nwrite JSON     {:7.1f} ms\n",
        readJson, readBinary, grouping, writing);
    return 0;
}
