// SPDX-License-Identifier: MIT
// Every script leaves the same on the real server and on the embedded one. Most of a script's time is waiting, so
// several are played at once, on both servers at the same time, before anything is compared.
//
//   ORRERY_PLAYS_ONLY=TEXT    only scripts with the text in their name
//   ORRERY_PLAYS_SHOW=1       prints what the real server left of each
//   ORRERY_PLAYS_KEPT=FILE    takes from there what the real server left, where it has it, and keeps the rest there
#include <QTest>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

#ifndef Q_MOC_RUN
#include "core/server/server.h"
#include "tests/peers/plays/play.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

/// Scripts that leave something else on our server, and why: differences.txt has one "NAME: WHY" a line.
std::map<std::string, std::string> readDifferences() {
    std::map<std::string, std::string> known;
    std::ifstream file(std::string(ORRERY_SOURCE_DIR) + "/tests/peers/plays/differences.txt");
    for (std::string line; std::getline(file, line);) {
        const size_t colon = line.rfind(": ");
        if (colon != std::string::npos) known[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return known;
}

/// What a play left, or why it ended early.
struct Left {
    std::vector<std::string> lines;
    std::string error;
};

Left played(const std::shared_ptr<grpc::Channel>& channel, const test::PlayScript& script) {
    Left left;
    test::Play play(channel, script.name);
    try {
        script.play(play);
    } catch (const std::runtime_error& error) {
        left.error = error.what();
    }
    try {
        left.lines = play.transcript();
    } catch (const std::runtime_error& error) {
        left.error += std::string(" and no transcript: ") + error.what();
    }
    return left;
}

/// The first lines that differ, and of each the part that does.
QString difference(const std::vector<std::string>& real, const std::vector<std::string>& ours) {
    constexpr size_t kAtMost = 8;
    constexpr size_t kAround = 70;
    QString told;
    size_t differences = 0;
    for (size_t i = 0; i < std::max(real.size(), ours.size()) && differences < kAtMost; ++i) {
        const std::string there = i < real.size() ? real[i] : "(nothing more)";
        const std::string here = i < ours.size() ? ours[i] : "(nothing more)";
        if (there == here) continue;
        ++differences;
        size_t first = 0;
        while (first < std::min(there.size(), here.size()) && there[first] == here[first]) ++first;
        const size_t from = first - std::min(first, kAround);
        const auto part = [&](const std::string& line) {
            return line.substr(0, std::min<size_t>(from, 30)) + (from > 0 ? " … " : "") +
                   line.substr(from, 3 * kAround);
        };
        told += QStringLiteral("line %1\n  real: ").arg(i) + text(part(there)) + "\n  ours: " + text(part(here)) + "\n";
    }
    return told;
}

using Plays = std::map<std::string, std::pair<Left, Left>>;  ///< by script: real, ours

/// A text of scripts, "= NAME" each, and below it the lines that it left.
void readKept(const std::string& path, Plays* plays) {
    std::ifstream file(path);
    Left* left = nullptr;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("= ", 0) == 0) {
            const auto found = plays->find(line.substr(2));
            left = found == plays->end() ? nullptr : &found->second.first;
        } else if (left != nullptr) {
            left->lines.push_back(line);
        }
    }
}

void writeKept(const std::string& path, const Plays& plays) {
    std::ofstream file(path);
    for (const auto& [name, left] : plays) {
        if (!left.first.error.empty() || left.first.lines.empty()) continue;
        file << "= " << name << "\n";
        for (const std::string& line : left.first.lines) file << line << "\n";
    }
}

bool same(const std::pair<Left, Left>& plays) {
    return !plays.second.lines.empty() && plays.first.lines == plays.second.lines && plays.first.error.empty() &&
           plays.second.error.empty();
}

}  // namespace

class PlaysTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void leavesTheSame_data();
    void leavesTheSame();

private:
    Plays m_left;
};

void PlaysTest::initTestCase() {
    const std::string address = qEnvironmentVariable("ORRERY_PEER_ADDRESS").toStdString();
    QVERIFY2(!address.empty(), "ORRERY_PEER_ADDRESS is not set: run this through tests/peers/with_server.py");
    server::ServerOptions options;
    options.listen = false;
    server::Server server(options);
    server.start();
    const std::shared_ptr<grpc::Channel> real = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    const std::shared_ptr<grpc::Channel> ours = server.inProcessChannel();
    const std::string only = qEnvironmentVariable("ORRERY_PLAYS_ONLY").toStdString();
    const std::vector<test::PlayScript> scripts = test::playScripts();
    for (const auto& script : scripts) {
        if (std::string(script.name).find(only) == std::string::npos) continue;
        QVERIFY2(m_left.emplace(script.name, std::pair<Left, Left>()).second, script.name);
    }
    const std::string kept = qEnvironmentVariable("ORRERY_PLAYS_KEPT").toStdString();
    readKept(kept, &m_left);
    // On a busy machine tasks time out that do so on no other: what differs is played again, fewer at a time.
    for (const size_t atOnce : {12, 4, 2}) {
        std::vector<std::function<void()>> plays;
        for (const auto& script : scripts) {
            const auto found = m_left.find(script.name);
            if (found == m_left.end() || same(found->second)) continue;
            const bool known = !kept.empty() && found->second.first.error.empty();
            auto* left = &found->second;
            if (!known || left->first.lines.empty()) plays.push_back([=] { left->first = played(real, script); });
            plays.push_back([=] { left->second = played(ours, script); });
        }
        std::atomic<size_t> next{0};
        std::vector<std::jthread> players;
        for (size_t i = 0; i < atOnce; ++i) {
            players.emplace_back([&] {
                for (size_t at = next++; at < plays.size(); at = next++) plays[at]();
            });
        }
    }
    if (!kept.empty() && only.empty()) writeKept(kept, m_left);
}

void PlaysTest::leavesTheSame_data() {
    QTest::addColumn<std::string>("script");
    for (const auto& [name, left] : m_left) QTest::newRow(name.c_str()) << name;
}

void PlaysTest::leavesTheSame() {
    QFETCH(std::string, script);
    const auto& [real, ours] = m_left.at(script);
    if (qEnvironmentVariableIsSet("ORRERY_PLAYS_SHOW")) {
        for (const std::string& line : real.lines) qInfo("%s", line.c_str());
    }
    static const auto differences = readDifferences();
    if (const auto known = differences.find(script); known != differences.end()) {
        QVERIFY2(real.lines != ours.lines, "It is the same now: strike it off differences.txt.");
        QSKIP(known->second.c_str());
    }
    if (real.lines != ours.lines) {
        QFAIL(
            qPrintable("they differ:\n" + difference(real.lines, ours.lines) + text(real.error + " / " + ours.error)));
    }
    QCOMPARE(text(ours.error), text(real.error));
    QVERIFY2(real.error.empty(), real.error.c_str());
    QVERIFY2(real.lines.size() > 3, "the script left nothing to compare");
}

QTEST_GUILESS_MAIN(PlaysTest)
#include "plays_test.moc"
