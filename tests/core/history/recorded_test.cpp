// SPDX-License-Identifier: MIT
// Every history of the shared collection, against its index. The collection is not part of the project.
#include <QTest>
#include <set>

#include "core/base/error.h"
#include "core/history/groups.h"
#include "core/history/reader.h"
#include "core/history/writer.h"
#include "tests/support/shared.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

using Row = QHash<QString, QString>;

QList<Row> readTable(const std::filesystem::path& file) {
    const QStringList lines = text(test::readFile(file.string())).split('\n', Qt::SkipEmptyParts);
    const QStringList names = lines.value(0).split('\t');
    QList<Row> rows;
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const QStringList cells = lines[i].split('\t');
        Row row;
        for (qsizetype c = 0; c < names.size(); ++c) row[names[c]] = cells.value(c);
        rows.append(row);
    }
    return rows;
}

QStringList typesOf(const history::History& all) {
    std::set<QString> types;
    for (size_t i = 0; i < all.size(); ++i) {
        types.insert(all[i].isKnown() ? text(all[i].typeName()) : QStringLiteral("UNSPECIFIED"));
    }
    return QStringList(types.begin(), types.end());
}

/// WORKFLOW_TASK_STARTED -> WorkflowTaskStarted, sorted.
QStringList indexTypes(const QString& cell) {
    std::set<QString> types;
    for (const QString& name : cell.split(',')) {
        QString camel;
        for (const QString& part : name.split('_')) camel += part.left(1) + part.mid(1).toLower();
        types.insert(name == QLatin1String("UNSPECIFIED") ? name : camel);
    }
    return QStringList(types.begin(), types.end());
}

}  // namespace

class RecordedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void loads_data();
    void loads();
    void survivesWriting_data();
    void survivesWriting();
    void refusesWithPlace();

private:
    void rows();
    std::filesystem::path m_folder;
};

void RecordedTest::initTestCase() {
    const auto shared = test::sharedFolder();
    if (!shared) QSKIP("no shared folder with recorded histories (ORRERY_SHARED_DIR)");
    m_folder = *shared / "histories";
}

void RecordedTest::rows() {
    QTest::addColumn<Row>("row");
    for (const Row& row : readTable(m_folder / "INDEX.tsv")) QTest::newRow(qPrintable(row["file"])) << row;
}

void RecordedTest::loads_data() { rows(); }

void RecordedTest::loads() {
    QFETCH(Row, row);
    const auto read = history::readHistories(m_folder / row["file"].toStdString());
    QCOMPARE(read.size(), size_t(1));
    const history::History& all = *read[0].history;
    QCOMPARE(QString::number(all.size()), row["events"]);
    QCOMPARE(typesOf(all), indexTypes(row["event_types"]));

    const history::Summary summary = all.summary();
    const QString status = text(history::workflowStatusName(summary.status));
    QCOMPARE(status, row["close"] == "open" ? QStringLiteral("Running") : row["close"]);
    if (row["workflow_types"] != "-") QCOMPARE(text(summary.workflowType.value_or("-")), row["workflow_types"]);

    QStringList notes;
    for (const std::string& note : read[0].notes) notes.append(text(note));
    const QString told = notes.join('\n');
    QCOMPARE(told.contains("newest first"), row["order"] == "descending");
    const bool decorated = row["notes"].contains("UI-decorated");
    QCOMPARE(told.contains("left out what a viewer had added"), decorated);
    // The index tells of a decorated file nothing else.
    if (!decorated) {
        QCOMPARE(told.contains("left out the unknown field"), row["notes"].contains("fields not in the current API"));
    }
    // Of a decorated file with both styles, the readable values may stand in the decoration only.
    if (!(decorated && row["payload_style"] == "base64/decoded")) {
        QCOMPARE(told.contains("encoded a readable payload again"), row["payload_style"].contains("decoded"));
    }
    for (size_t i = 1; i < all.size(); ++i) QVERIFY(all[i - 1].id() < all[i].id());

    const history::Groups groups = history::groups(all);
    size_t filed = 0;
    for (const auto& group : groups.list) {
        filed += group.eventIds.size();
        QVERIFY2(!group.name.empty(), qPrintable(QString::number(group.firstEventId)));
    }
    QCOMPARE(filed, static_cast<size_t>(std::count_if(groups.ofEvent.begin(), groups.ofEvent.end(),
                                                      [](int32_t group) { return group >= 0; })));
}

void RecordedTest::survivesWriting_data() { rows(); }

void RecordedTest::survivesWriting() {
    QFETCH(Row, row);
    const auto read = history::readHistories(m_folder / row["file"].toStdString());
    const std::string binary = history::toBinary(*read[0].history);
    const auto again = history::readHistories(history::toJson(*read[0].history), "again.json");
    for (size_t i = 0; i < again[0].history->size(); ++i) {
        const auto event = (*read[0].history)[i];
        QCOMPARE(text((*again[0].history)[i].json()), text(event.json()));
        // The whole of it can be shown.
        QVERIFY(!event.typeName().empty());
        event.attributes();
        event.details();
    }
    if (row["event_types"].contains("UNSPECIFIED")) return;
    QCOMPARE(history::toBinary(*again[0].history), binary);
    QVERIFY(again[0].notes.empty());
}

void RecordedTest::refusesWithPlace() {
    const QHash<QString, QString> expected = {
        {"negative/sdk-java-resetWorkflowHistory.json",
         "line 27, column 18, event 2: \"DecisionTaskScheduled\" is an event type from before Temporal 1.0; such "
         "histories "
         "cannot be read"},
        {"negative/sdk-go-basic.json",
         "line 6, column 20, event 1: \"EventTypeWorkflowExecutionStarted\" is an event type from before Temporal 1.0; "
         "such histories cannot be read"},
        {"negative/documentation-samples-go-your_workflow_history.json",
         "line 53, column 2: found ',' behind the first event: events need a list around them, as in {\"events\": "
         "[...]}"},
    };
    for (const Row& row : readTable(m_folder / "negative" / "INDEX.tsv")) {
        const std::string file = (m_folder / row["file"].toStdString()).string();
        QVERIFY2(expected.contains(row["file"]), qPrintable(row["file"]));
        try {
            history::readHistories(std::filesystem::path(file));
            QFAIL(qPrintable("was read: " + row["file"]));
        } catch (const base::Error& error) {
            QCOMPARE(text(error.what()), text(file) + ": " + expected[row["file"]]);
            QCOMPARE(error.code(), base::ErrorCode::Unreadable);
            QVERIFY(error.fields().contains("line") && error.fields().contains("column"));
        }
    }
}

QTEST_GUILESS_MAIN(RecordedTest)
#include "recorded_test.moc"
