// SPDX-License-Identifier: MIT
// `orrery server start-dev`, with the flags of Temporal's development server: SDK test environments and people's
// scripts start it without knowing the difference.
#include <algorithm>
#include <map>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/serve.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"

namespace orrery::cli {
namespace {

using Pair = std::pair<std::string, std::string>;

/// The flags as they were given.
struct Flags {
    std::string port = "7233";
    std::string ip = "localhost";
    std::vector<std::string> namespaces;
    std::string file;
    std::vector<std::string> pragmas;
    std::vector<std::string> config;
    std::vector<std::string> attributes;
    std::string logLevel;  ///< empty: as the program's own flag says, or warn
    std::string logFormat = "text";
    bool logConfig = false;
    bool headless = false;
    std::string httpPort;
    std::string metricsPort;
    std::string uiPort;
    std::map<std::string, std::string> ignored;
};

[[noreturn]] void refuse(const std::string& message) { throw base::Error(base::ErrorCode::InvalidArgument, message); }

Pair pairOf(const std::string& flag, const std::string& word) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
        refuse(fmt::format("{} wants KEY=VALUE, not '{}'.", flag, word));
    }
    return {word.substr(0, equals), word.substr(equals + 1)};
}

std::vector<Pair> pairsOf(const std::string& flag, const std::vector<std::string>& words) {
    std::vector<Pair> pairs;
    for (const std::string& word : words) pairs.push_back(pairOf(flag, word));
    return pairs;
}

std::string lowerCase(std::string word) {
    for (char& c : word) {
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    }
    return word;
}

/// In any case of letters, and of equal names the last one counts.
std::vector<Pair> attributesOf(const std::vector<std::string>& words) {
    std::map<std::string, std::string> attributes;
    for (auto& [name, type] : pairsOf("--search-attribute", words)) {
        for (const char* known : {"Text", "Keyword", "Int", "Double", "Bool", "Datetime", "KeywordList"}) {
            if (lowerCase(type) == lowerCase(known)) type = known;
        }
        attributes[name] = type;
    }
    return {attributes.begin(), attributes.end()};
}

uint16_t checkedPort(const std::string& flag, const std::string& word) {
    const auto port = portOf(word);
    if (!port) refuse(fmt::format("{} wants a port number (0 to 65535), not '{}'.", flag, word));
    return *port;
}

/// As gRPC wants it. A name would make the server look up where it is, so there is only the one that everybody knows.
std::string hostOf(const std::string& ip) {
    if (ip == "localhost") return "127.0.0.1";
    in_addr four{};
    if (inet_pton(AF_INET, ip.c_str(), &four) == 1) return ip;
    in6_addr six{};
    if (inet_pton(AF_INET6, ip.c_str(), &six) == 1) return "[" + ip + "]";
    refuse(fmt::format("--ip wants an address like 127.0.0.1, not '{}'.", ip));
}

server::ServerOptions optionsOf(const Flags& flags) {
    server::ServerOptions options;
    options.port = checkedPort("--port", flags.port);
    options.host = hostOf(flags.ip);
    for (const std::string& name : flags.namespaces) {
        if (name.empty()) refuse("--namespace wants a name.");
        const bool known =
            std::find(options.namespaces.begin(), options.namespaces.end(), name) != options.namespaces.end();
        if (!known) options.namespaces.push_back(name);
    }
    options.dynamicConfig = pairsOf("--dynamic-config-value", flags.config);
    options.searchAttributes = attributesOf(flags.attributes);
    options.storeFile = flags.file;
    for (auto& [name, value] : pairsOf("--sqlite-pragma", flags.pragmas)) options.storePragmas[name] = value;
    return options;
}

base::LogLevel levelOf(const std::string& word) {
    return word == "never" ? base::LogLevel::Off : base::parseLogLevel(word);
}

void logAsJson(base::LogLevel level, std::string_view component, std::string_view message) {
    const nlohmann::ordered_json line = {{"time", base::formatTimestamp(base::systemClock()->now())},
                                         {"level", base::logLevelName(level)},
                                         {"msg", message},
                                         {"component", component}};
    fmt::print(stderr, "{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void setUpLog(const Flags& flags) {
    if (!flags.logLevel.empty()) base::setLogLevel(levelOf(flags.logLevel));
    if (flags.logFormat == "json") base::setLogSink(logAsJson);
}

/// What was asked for and is not part of this server.
std::string notesOf(const Flags& flags) {
    std::string notes;
    if (!flags.headless || !flags.uiPort.empty()) {
        notes += "There is no web page: the program 'orrery' is its window.\n";
    }
    if (flags.file.empty() && !flags.pragmas.empty()) {
        notes += "Nothing is kept in a file without --db-filename: --sqlite-pragma changes nothing.\n";
    }
    if (!flags.httpPort.empty()) notes += "There is no HTTP API: --http-port opens nothing.\n";
    if (!flags.metricsPort.empty()) notes += "There are no metrics: --metrics-port opens nothing.\n";
    return notes;
}

void showConfig(const server::ServerOptions& options) {
    nlohmann::ordered_json shown = {{"address", fmt::format("{}:{}", options.host, options.port)},
                                    {"file", options.storeFile},
                                    {"namespaces", options.namespaces},
                                    {"dynamicConfig", nlohmann::ordered_json::object()},
                                    {"searchAttributes", nlohmann::ordered_json::object()}};
    for (const auto& [key, value] : options.dynamicConfig) shown["dynamicConfig"][key] = value;
    for (const auto& [name, type] : options.searchAttributes) shown["searchAttributes"][name] = type;
    fmt::print(stderr, "{}\n", shown.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

int startDev(const Flags& flags) {
    setUpLog(flags);
    for (const auto& [flag, word] : {Pair{"--http-port", flags.httpPort}, Pair{"--metrics-port", flags.metricsPort},
                                     Pair{"--ui-port", flags.uiPort}}) {
        if (!word.empty()) checkedPort(flag, word);
    }
    const server::ServerOptions options = optionsOf(flags);
    if (flags.logConfig) showConfig(options);
    warnWhenOpenToOthers(options.host);
    return serve(options, notesOf(flags));
}

CLI::Option* one(CLI::Option* option) { return option->take_last(); }

CLI::Option* many(CLI::Option* option) { return option->take_all()->allow_extra_args(false); }

void addServerFlags(CLI::App& verb, Flags& flags) {
    one(verb.add_option("-p,--port", flags.port, "Port to listen on; 0 takes a free one"))->option_text("PORT [7233]");
    one(verb.add_option("--ip", flags.ip, "Address to listen on; only this machine unless another one is given"))
        ->option_text("ADDRESS [localhost]");
    many(verb.add_option("-n,--namespace", flags.namespaces, "Namespace that exists from the start, beside default"))
        ->option_text("NAME ...");
    many(verb.add_option("--search-attribute", flags.attributes,
                         "Search attribute that exists from the start, of type Text, Keyword, Int, Double, Bool, "
                         "Datetime or KeywordList"))
        ->option_text("NAME=TYPE ...");
    many(verb.add_option("--dynamic-config-value", flags.config,
                         "A value of Temporal's dynamic configuration, as JSON; keys without a meaning here are told"))
        ->option_text("KEY=VALUE ...");
    one(verb.add_option("-f,--db-filename", flags.file,
                        "File that keeps everything, made where there is none; without it nothing is kept"))
        ->option_text("FILE");
    many(verb.add_option("--sqlite-pragma", flags.pragmas, "How SQLite handles the file, for example synchronous=off"))
        ->option_text("PRAGMA=VALUE ...");
    one(verb.add_option("--log-level", flags.logLevel, "debug, info, warn, error or never"))
        ->option_text("LEVEL [warn]");
    one(verb.add_option("--log-format", flags.logFormat, "text or json"))
        ->option_text("FORMAT [text]")
        ->check(CLI::IsMember({"text", "json", "pretty"}));
    verb.add_flag("--log-config", flags.logConfig, "Tell on stderr how the server is set up");
}

/// What belongs to parts that this server does not have, and is taken so that scripts need not change.
void addIdleFlags(CLI::App& verb, Flags& flags) {
    verb.add_flag("--headless", flags.headless, "No web page; there is none anyway")->group("Without effect here");
    const auto idle = [&verb](const char* name, std::string& where, const char* help) {
        one(verb.add_option(name, where, help))->group("Without effect here");
    };
    idle("--ui-port", flags.uiPort, "Port of the web page");
    idle("--http-port", flags.httpPort, "Port of the HTTP API");
    idle("--metrics-port", flags.metricsPort, "Port of the metrics");
    for (const char* name : {"--ui-ip", "--ui-asset-path", "--ui-codec-endpoint", "--ui-public-path", "--env",
                             "--env-file", "--profile", "--config-file", "--color", "--output,-o", "--time-format",
                             "--client-connect-timeout", "--command-timeout"}) {
        idle(name, flags.ignored[name], "");
    }
    for (const char* name : {"--disable-config-env", "--disable-config-file", "--no-json-shorthand-payloads"}) {
        verb.add_flag(name)->group("Without effect here");
    }
}

}  // namespace

void addStartDev(CLI::App& root, Action& action) {
    auto* verb = root.add_subcommand("server", "Run a server as Temporal's command line does");
    verb->require_subcommand(1);
    auto* start = verb->add_subcommand("start-dev", "Run a server, with the flags of Temporal's development server");
    auto flags = std::make_shared<Flags>();
    addServerFlags(*start, *flags);
    addIdleFlags(*start, *flags);
    start->footer(
        "Example: orrery server start-dev --port 7233 --namespace staging --search-attribute Customer=Keyword");
    start->callback([flags, &action] { action = [flags] { return startDev(*flags); }; });
}

}  // namespace orrery::cli
