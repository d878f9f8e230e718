// SPDX-License-Identifier: MIT
// Every script, once on the real server and once on the embedded one, leaves the same behind.
#include <QTest>

#ifndef Q_MOC_RUN  // moc cannot read generated protobuf headers
#include "tests/peers/stage.h"
#endif
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

std::vector<std::string> played(const test::Peer& peer, const test::Script& script) {
    test::Stage stage(peer, script.name);
    script.play(stage);
    return stage.transcript();
}

/// Of two lines what differs, with a little around it.
QString differing(const std::string& line, const std::string& other) {
    constexpr size_t kAround = 60;
    const size_t shorter = std::min(line.size(), other.size());
    size_t first = 0;
    while (first < shorter && line[first] == other[first]) ++first;
    size_t last = 0;
    while (last < shorter - first && line[line.size() - 1 - last] == other[other.size() - 1 - last]) ++last;
    const size_t from = first - std::min(first, kAround);
    const size_t to = std::min(line.size(), line.size() - last + kAround);
    // The number and type of the event stand before the first blanks.
    const std::string head = from > 0 ? line.substr(0, line.find(' ', line.find(' ') + 1)) + " … " : "";
    return text(head + line.substr(from, to - from));
}

/// The first lines that differ.
QString difference(const std::vector<std::string>& real, const std::vector<std::string>& ours) {
    constexpr int kAtMost = 8;
    QString told;
    int differences = 0;
    for (size_t i = 0; i < std::max(real.size(), ours.size()) && differences < kAtMost; ++i) {
        const std::string there = i < real.size() ? real[i] : "(nothing more)";
        const std::string here = i < ours.size() ? ours[i] : "(nothing more)";
        if (there == here) continue;
        ++differences;
        told += "    real: " + differing(there, here) + "\n    ours: " + differing(here, there) + "\n";
    }
    return told;
}

}  // namespace

class SameTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void leavesTheSame_data();
    void leavesTheSame();
    void cleanupTestCase();

private:
    std::optional<test::Peer> m_real;
    std::optional<test::Peer> m_embedded;
};

void SameTest::initTestCase() {
    m_real = test::Peer::real();
    m_embedded = test::Peer::embedded();
}

void SameTest::cleanupTestCase() { m_embedded.reset(); }

void SameTest::leavesTheSame_data() {
    QTest::addColumn<const test::Script*>("script");
    for (const auto* scripts : {&test::sampleScripts(), &test::messageScripts(), &test::activityScripts(),
                                &test::lifeScripts(), &test::resetScripts()}) {
        for (const test::Script& script : *scripts) QTest::newRow(script.name.c_str()) << &script;
    }
}

void SameTest::leavesTheSame() {
    QFETCH(const test::Script*, script);
    std::vector<std::string> real;
    std::vector<std::string> ours;
    try {
        real = played(*m_real, *script);
        ours = played(*m_embedded, *script);
    } catch (const base::Error& error) {
        QFAIL(qPrintable((real.empty() ? "on the real server: " : "on the embedded server: ") + text(error.what())));
    }
    QVERIFY2(real.size() > 3, "the script left nothing to compare");
    if (real != ours) QFAIL(qPrintable("they differ:\n" + difference(real, ours)));
}

QTEST_GUILESS_MAIN(SameTest)
#include "same_test.moc"
