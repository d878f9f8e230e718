// SPDX-License-Identifier: MIT
// Every script leaves the same on the real server and on the embedded one. Most of a script's time is waiting, so
// several are played at once, on both servers at the same time, before anything is compared.
//
//   ORRERY_PLAYS_ONLY=TEXT    only scripts with the text in their name
//   ORRERY_PLAYS_SHOW=1       prints what the real server left of each
#include <QTest>
#include <atomic>
#include <fstream>
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
    } catch (const test::PlayError& error) {
        left.error = error.what();
    }
    try {
        left.lines = play.transcript();
    } catch (const test::PlayError& error) {
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

}  // namespace

class PlaysTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void leavesTheSame_data();
    void leavesTheSame();

private:
    std::map<std::string, std::pair<Left, Left>> m_left;  ///< by script: real, ours
};

void PlaysTest::initTestCase() {
    const std::string address = qEnvironmentVariable("ORRERY_PEER_ADDRESS").toStdString();
    QVERIFY2(!address.empty(), "ORRERY_PEER_ADDRESS is not set: run this through tests/peers/with_server.py");
    server::ServerOptions options;
    options.listen = false;
    server::Server server(options);
    server.start();
    const std::string only = qEnvironmentVariable("ORRERY_PLAYS_ONLY").toStdString();
    std::vector<test::PlayScript> scripts;
    for (const auto& script : test::playScripts()) {
        if (std::string(script.name).find(only) == std::string::npos) continue;
        QVERIFY2(m_left.emplace(script.name, std::pair<Left, Left>()).second, script.name);
        scripts.push_back(script);
    }
    const std::shared_ptr<grpc::Channel> channels[] = {grpc::CreateChannel(address, grpc::InsecureChannelCredentials()),
                                                       server.inProcessChannel()};
    std::atomic<size_t> next{0};
    const auto play = [&] {
        for (size_t i = next++; i < 2 * scripts.size(); i = next++) {
            const test::PlayScript& script = scripts[i / 2];
            auto& left = m_left.at(script.name);
            (i % 2 == 0 ? left.first : left.second) = played(channels[i % 2], script);
        }
    };
    constexpr int kAtOnce = 12;
    std::vector<std::jthread> players;
    for (int i = 0; i < kAtOnce; ++i) players.emplace_back(play);
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
