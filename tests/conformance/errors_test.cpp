// SPDX-License-Identifier: MIT
// Asks the embedded server what the real one was asked, and compares every answer with the recorded one. README.md says
// how the same program asks a real server, or records it anew.
#include <QTest>
#include <fstream>

#ifndef Q_MOC_RUN
#include <grpcpp/grpcpp.h>

#include "core/server/server.h"
#include "tests/conformance/answers.h"
#endif

using namespace orrery;
using test::Json;

namespace {

const std::string kFolder = std::string(ORRERY_SOURCE_DIR) + "/tests/data/conformance/";

std::string environment(const char* name) { return qEnvironmentVariable(name).toStdString(); }

Json readJson(const std::string& path) {
    std::ifstream file(path);
    if (!file) return Json::object();
    return Json::parse(file);
}

/// The first two numbers are the version whose behaviour counts.
std::string minorVersion(const std::string& version) {
    return version.substr(0, version.find('.', version.find('.') + 1));
}

/// Whatever the order of fields.
bool same(const Json& left, const Json& right) { return nlohmann::json(left) == nlohmann::json(right); }

/// One line a row, so that a change of one answer is a change of one line.
std::string tableText(const Json& table) {
    std::string text = "{\n\"recorded\": " + table.at("recorded").dump() + ",\n\"rows\": {\n";
    std::string separator;
    for (const auto& [name, row] : table.at("rows").items()) {
        text += separator + Json(name).dump() + ": " + row.dump();
        separator = ",\n";
    }
    return text + "\n}\n}\n";
}

}  // namespace

class ErrorsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answers_data();
    void answers();
    void differencesAreDocumented();
    void cleanupTestCase();

private:
    bool embedded() const { return m_address.empty(); }
    Json expected(const std::string& name) const;

    std::string m_address = environment("ORRERY_PEER_ADDRESS");
    bool m_record = !environment("ORRERY_CONFORMANCE_RECORD").empty();
    std::unique_ptr<server::Server> m_server;
    std::unique_ptr<test::Asker> m_asker;
    std::string m_version;
    std::vector<test::Row> m_rows;
    Json m_table;
    Json m_differences;
    Json m_recorded = Json::object();
};

void ErrorsTest::initTestCase() {
    test::Rows rows = test::readRows(kFolder + "requests.json");
    m_rows = std::move(rows.rows);
    m_table = readJson(kFolder + "errors.json");
    m_differences = readJson(kFolder + "differences.json");
    std::shared_ptr<grpc::Channel> channel;
    if (embedded()) {
        QVERIFY2(!m_record, "Only a real server's answers are recorded: give ORRERY_PEER_ADDRESS.");
        server::ServerOptions options;
        options.listen = false;
        options.seed = 1;
        m_server = std::make_unique<server::Server>(options);
        m_server->start();
        channel = m_server->inProcessChannel();
    } else {
        channel = grpc::CreateChannel(m_address, grpc::InsecureChannelCredentials());
    }
    m_asker = std::make_unique<test::Asker>(channel);
    m_version = minorVersion(m_asker->serverVersion());
    m_asker->prepare(rows.first);
}

void ErrorsTest::answers_data() {
    QTest::addColumn<int>("index");
    const std::string only = environment("ORRERY_CONFORMANCE_ONLY");
    for (size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].name.find(only) == std::string::npos) continue;
        QTest::newRow(m_rows[i].name.c_str()) << int(i);
    }
}

/// What a server of this version answers: the row's own column, or the oldest one's where nothing changed since.
Json ErrorsTest::expected(const std::string& name) const {
    if (!m_table.contains("rows") || !m_table.at("rows").contains(name)) return {};
    Json row = m_table.at("rows").at(name);
    if (row.contains(m_version)) return row.at(m_version);
    for (const Json& version : m_table.at("recorded")) row.erase(version.get<std::string>());
    return row;
}

void ErrorsTest::answers() {
    QFETCH(int, index);
    const test::Row& row = m_rows[size_t(index)];
    Json actual;
    try {
        actual = m_asker->answer(row);
    } catch (const std::exception& error) {
        QFAIL(error.what());
    }
    if (m_record) {
        m_recorded[row.name] = actual;
        return;
    }
    const Json wanted = expected(row.name);
    QVERIFY2(!wanted.is_null(), "The table has no such row; record it from a real server.");
    const bool differs = embedded() && m_differences.contains(row.name);
    if (differs) {
        QVERIFY2(!same(actual, wanted), "This row holds now: strike it off differences.json and docs/errors.md.");
        return;
    }
    const std::string text = "\n  real server: " + wanted.dump() + "\n  this server: " + actual.dump();
    QVERIFY2(same(actual, wanted), text.c_str());
}

/// Each has a reason, a row of the table, and its place in the document that people read.
void ErrorsTest::differencesAreDocumented() {
    std::ifstream file(std::string(ORRERY_SOURCE_DIR) + "/docs/errors.md");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    for (const auto& [name, reason] : m_differences.items()) {
        QVERIFY2(m_table.at("rows").contains(name), (name + " is no row of the table").c_str());
        QVERIFY2(!reason.get<std::string>().empty(), (name + " has no reason").c_str());
        QVERIFY2(text.find("\n- " + name + "\n") != std::string::npos, (name + " is not in errors.md").c_str());
    }
    size_t items = 0;
    for (size_t at = text.find("\n- "); at != std::string::npos; at = text.find("\n- ", at + 1)) ++items;
    QCOMPARE(items, m_differences.size());
}

void ErrorsTest::cleanupTestCase() {
    if (!m_record) return;
    Json recorded = m_table.value("recorded", Json::array());
    if (std::find(recorded.begin(), recorded.end(), m_version) == recorded.end()) recorded.push_back(m_version);
    const bool oldest = recorded[0] == m_version;
    Json rows = Json::object();
    for (const test::Row& row : m_rows) {
        Json kept = m_table.contains("rows") ? m_table.at("rows").value(row.name, Json::object()) : Json::object();
        if (m_recorded.contains(row.name)) {
            const Json& now = m_recorded.at(row.name);
            Json first = kept;
            for (const Json& version : recorded) first.erase(version.get<std::string>());
            Json others = Json::object();
            for (const Json& version : recorded) {
                if (kept.contains(version.get<std::string>()))
                    others[version.get<std::string>()] = kept.at(version.get<std::string>());
            }
            others.erase(m_version);
            if (oldest) first = now;
            if (!oldest && !same(now, first)) others[m_version] = now;
            kept = first;
            kept.update(others);
        }
        if (!kept.empty()) rows[row.name] = kept;
    }
    std::ofstream(kFolder + "errors.json") << tableText({{"recorded", recorded}, {"rows", rows}});
}

QTEST_GUILESS_MAIN(ErrorsTest)
#include "errors_test.moc"
