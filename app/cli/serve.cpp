// SPDX-License-Identifier: MIT
// `orrery serve`, and `orrery PORT [--enable-time-skipping]` as SDK test environments start a test server.
#include "app/cli/serve.h"

#include <algorithm>
#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "core/base/error.h"
#include "core/base/host.h"
#include "core/server/server.h"

namespace orrery::cli {

int serve(const server::ServerOptions& options, const std::string& notes) {
    // Whoever started the server may have closed the pipe before asking it to end; that is no reason to fail.
    std::signal(SIGPIPE, SIG_IGN);
    Interrupt interrupt;
    server::Server server(options);
    server.start();
    fmt::print("Orrery {} serves {} on {}\n{}Stop it with Ctrl-C.\n", ORRERY_VERSION,
               options.testService ? "workflows and the test service" : "workflows", server.address(), notes);
    std::fflush(stdout);
    interrupt.wait();
    server.shutdown();
    fmt::print("Stopped.\n");
    return kGood;
}

std::optional<uint16_t> portOf(const std::string& word) {
    if (word.empty() || word.size() > 5) return std::nullopt;
    unsigned value = 0;
    for (const char digit : word) {
        if (digit < '0' || digit > '9') return std::nullopt;
        value = value * 10 + unsigned(digit - '0');
    }
    if (value > 65535) return std::nullopt;
    return uint16_t(value);
}

void warnWhenOpenToOthers(const std::string& host) {
    if (base::isLoopback(host)) return;
    fmt::print(stderr,
               "Warning: the server listens on {}. Whoever can reach this machine can read and change every workflow; "
               "nobody is asked for a password.\n",
               host);
}

void addServe(CLI::App& root, Action& action) {
    auto* verb =
        root.add_subcommand("serve", "Run a server in memory; workers and clients of any Temporal SDK connect");
    auto options = std::make_shared<server::ServerOptions>();
    verb->add_option("--port", options->port, "Port to listen on; 0 takes a free one")->capture_default_str();
    verb->add_option("--host", options->host, "Address to listen on; the default is this machine only")
        ->capture_default_str();
    verb->add_option("--namespace", options->namespaces, "Namespaces that exist from the start")->capture_default_str();
    const auto* file =
        verb->add_option("--db-filename", options->storeFile,
                         "File that keeps everything, made where there is none; without it nothing is kept");
    verb->footer("Examples: orrery serve --port 7233\n          orrery serve --db-filename orrery.db");
    verb->callback([options, file, &action] {
        // Such as a variable of the shell that is not set: whoever asks for a file believes that all is kept.
        if (file->count() != 0 && options->storeFile.empty()) {
            throw base::Error(base::ErrorCode::InvalidArgument,
                              "--db-filename wants the name of a file, not ''. Leave it away to keep nothing.");
        }
        action = [options] {
            warnWhenOpenToOthers(options->host);
            return serve(*options);
        };
    });
}

namespace {

/// Those that Temporal's test server knows from the start; suites that run on it use them without asking.
std::vector<std::pair<std::string, std::string>> testServerAttributes() {
    return {{"CustomStringField", "Text"},      {"CustomTextField", "Text"},     {"CustomKeywordField", "Keyword"},
            {"CustomIntField", "Int"},          {"CustomDoubleField", "Double"}, {"CustomBoolField", "Bool"},
            {"CustomDatetimeField", "Datetime"}};
}

}  // namespace

int runTestServer(const std::vector<std::string>& arguments) {
    server::ServerOptions options;
    options.testService = true;
    const auto port = portOf(arguments.empty() ? std::string() : arguments.front());
    if (!port) {
        fmt::print(stderr, "orrery: '{}' is no port number (0 to 65535).\n",
                   arguments.empty() ? "" : arguments.front());
        return kUsage;
    }
    options.port = *port;
    options.searchAttributes = testServerAttributes();
    for (auto word = arguments.begin() + 1; word != arguments.end(); ++word) {
        if (*word == "--enable-time-skipping") {
            options.timeSkipping = true;
        } else {
            fmt::print(stderr, "orrery: unknown argument '{}'. Usage: orrery PORT [--enable-time-skipping]\n", *word);
            return kUsage;
        }
    }
    return serve(options);
}

}  // namespace orrery::cli
