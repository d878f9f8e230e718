// SPDX-License-Identifier: MIT
// peers_record FOLDER: plays the samples' scripts on both servers and writes FOLDER/{real,embedded}/<script>.json, a
// run that another one continued as <script>-2.json and so on. Run through with_server.py; replayed by the tests of
// core/replay.
#include <cstdio>
#include <filesystem>

#include "core/history/writer.h"
#include "tests/peers/stage.h"

using namespace orrery;

namespace {

void record(const test::Peer& peer, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const test::Script& script : test::sampleScripts()) {
        test::Stage stage(peer, script.name);
        script.play(stage);
        int number = 0;
        for (const auto& handle : stage.compared()) {
            const std::string tail = ++number > 1 ? "-" + std::to_string(number) : "";
            history::writeHistory(*handle.history(), folder / (script.name + tail + ".json"));
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "peers_record FOLDER\n");
        return 2;
    }
    try {
        record(test::Peer::real(), std::filesystem::path(argv[1]) / "real");
        record(test::Peer::embedded(), std::filesystem::path(argv[1]) / "embedded");
    } catch (const base::Error& error) {
        std::fprintf(stderr, "peers_record: %s\n", error.what());
        return 1;
    }
    return 0;
}
