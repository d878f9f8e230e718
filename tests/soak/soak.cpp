// SPDX-License-Identifier: MIT
// Whether the server keeps what it should have forgotten: mixed load on a server process for as long as one wants, with
// its memory every minute. Holds when the memory at the end is at most 5 % above that after a sixth of the time (ten
// minutes of an hour), and the server did what it was asked.
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "tests/soak/load.h"
#include "tests/soak/server_process.h"

namespace {

using namespace orrery;
using namespace std::chrono_literals;

constexpr double kMegabyte = 1024.0 * 1024.0;
constexpr double kMostGrowth = 1.05;
/// Of starts; and of all requests, but for those about runs that have ended or were deleted.
constexpr double kMostRefused = 0.01;

struct Options {
    std::string program;
    double minutes = 60;
    int rate = 20;
    uint64_t seed = 1;
    std::vector<std::string> more;
};

/// Holds a steady pace.
class Pace {
public:
    explicit Pace(int rate) : m_step(base::Duration(1s) / std::max(rate, 1)), m_next(base::monotonicNow()) {}
    void wait() {
        m_next += m_step;
        std::unique_lock lock(m_mutex);
        const base::Duration left = m_next - base::monotonicNow();
        if (left > 0s) m_never.wait_for(lock, left);
    }

private:
    const base::Duration m_step;
    base::Duration m_next;
    std::mutex m_mutex;
    std::condition_variable m_never;
};

class Samples {
public:
    void add(base::Duration at, int64_t memory) { m_all.emplace_back(at, memory); }
    /// The middle of what was seen in that span.
    double median(base::Duration from, base::Duration to) const {
        std::vector<int64_t> seen;
        for (const auto& [at, memory] : m_all) {
            if (at >= from && at <= to) seen.push_back(memory);
        }
        if (seen.empty()) return 0;
        std::nth_element(seen.begin(), seen.begin() + long(seen.size() / 2), seen.end());
        return double(seen[seen.size() / 2]);
    }

private:
    std::vector<std::pair<base::Duration, int64_t>> m_all;
};

/// Why the memory says nothing: the server was not under the load that was meant. Empty when it was.
std::string idleness(const soak::Load& load) {
    int64_t refused = 0;
    for (const auto& [code, count] : load.refusals()) {
        if (code != "NOT_FOUND" && code != "FAILED_PRECONDITION") refused += count;
    }
    const int64_t refusedStarts = load.started() - load.taken();
    if (load.taken() == 0 || double(refusedStarts) > double(load.started()) * kMostRefused) {
        return fmt::format("{} of {} starts were refused", refusedStarts, load.started());
    }
    if (double(refused) > double(load.requests()) * kMostRefused) {
        return fmt::format("{} of {} requests were refused", refused, load.requests());
    }
    return load.known() == 0 ? "the server knows no runs" : "";
}

int verdict(const Samples& samples, base::Duration length) {
    const base::Duration window = std::min<base::Duration>(2min, length / 6);
    const double early = samples.median(length / 6 - window / 2, length / 6 + window / 2);
    const double late = samples.median(length - window, length);
    if (early <= 0 || late <= 0) {
        fmt::print("NOTHING MEASURED: the time was too short for a sample after a sixth of it and one at the end\n");
        return 1;
    }
    const bool holds = late <= early * kMostGrowth;
    fmt::print("{}: {:.1f} MB after a sixth of the time, {:.1f} MB at the end ({:+.1f} %, at most +5 %)\n",
               holds ? "holds" : "GROWS", early / kMegabyte, late / kMegabyte, (late / early - 1) * 100);
    return holds ? 0 : 1;
}

int run(const Options& options) {
    const soak::ServerProcess server(options.program, options.more);
    soak::Load load(server.address(), options.seed);
    const auto length = base::Duration(int64_t(options.minutes * 60e9));
    const base::Duration begin = base::monotonicNow();
    Samples samples;
    Pace pace(options.rate);
    base::Duration lastSample{};
    base::Duration lastMinute{};
    fmt::print("minute 0: {:.1f} MB\n", double(server.memory()) / kMegabyte);
    for (base::Duration at{}; at < length; at = base::monotonicNow() - begin) {
        load.step();
        pace.wait();
        if (at - lastSample >= 2s) {
            lastSample = at;
            samples.add(at, server.memory());
            // A day of retention is over within a quarter of a minute.
            load.skip(3h);
        }
        if (at - lastMinute < 1min) continue;
        lastMinute += 1min;
        load.replaceWorker();
        fmt::print("minute {}: {:.1f} MB, {} started, {} known, server CPU {:.1f} s\n", lastMinute / 1min,
                   double(server.memory()) / kMegabyte, load.started(), load.known(), server.cpuSeconds());
        std::fflush(stdout);
    }
    for (const auto& [code, count] : load.refusals()) fmt::print("refused: {} {}\n", count, code);
    if (const std::string idle = idleness(load); !idle.empty()) {
        fmt::print("NOT UNDER LOAD: {}\n", idle);
        return 1;
    }
    return verdict(samples, length);
}

}  // namespace

int main(int count, char** arguments) {
    Options options;
    CLI::App app("Mixed load on a server process, with its memory every minute");
    app.add_option("--orrery", options.program, "The program to test")->required();
    app.add_option("--minutes", options.minutes, "How long")->capture_default_str();
    app.add_option("--rate", options.rate, "Workflows a second")->capture_default_str();
    app.add_option("--seed", options.seed, "Of the load")->capture_default_str();
    app.add_option("--with", options.more, "Further arguments of the server");
    CLI11_PARSE(app, count, arguments);
    base::setLogLevel(base::LogLevel::Off);
    try {
        return run(options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "soak: {}\n", error.what());
        return 2;
    }
}
