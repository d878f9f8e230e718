// SPDX-License-Identifier: MIT
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/views/panels/made_history.h"
#include "views/panels/payload/inspector_panel.h"
#include "views/shared/json_format.h"
#include "views/shared/theme.h"

using namespace orrery::ui;
using orrery::history::Node;
using payload::AttributesModel;
using payload::EventFacts;
using payload::InspectorPanel;
using shared::HistoryView;
using shared::Selection;

class InspectorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void treeOfAttributes();
    void wideTreesCloseQuickly();
    void factsOfAnActivity();
    void factsOfAFailure();
    void followsTheSelection();
    void linksLeadToEvents();
    void prettyJson_data();
    void prettyJson();
};

namespace {

int64_t eventNamed(const HistoryView& view, const char* name) {
    for (size_t i = 0; i < view.history->size(); ++i) {
        if ((*view.history)[i].name() == name) return (*view.history)[i].id();
    }
    qFatal("no event %s", name);
}

}  // namespace

void InspectorTest::treeOfAttributes() {
    AttributesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    for (size_t i = 0; i < view.history->size(); ++i) {
        model.setRoot((*view.history)[i].attributes());
    }
    model.setRoot(view.history->find(eventNamed(view, "sendReminder"))->attributes());
    QVERIFY(model.rowCount() > 3);
    QSet<QString> paths;
    for (int row = 0; row < model.rowCount(); ++row) paths.insert(model.path(model.index(row, 0)));
    QVERIFY(paths.contains(QStringLiteral("input")));
    QCOMPARE(paths.size(), model.rowCount());
}

void InspectorTest::wideTreesCloseQuickly() {
    // Small integers as ids would make this take minutes (Qt hashes persistent indexes by them).
    Node root;
    for (int i = 0; i < 4000; ++i) {
        Node parent;
        parent.key = std::to_string(i);
        for (const char* child : {"a", "b", "c"}) parent.children.push_back({.key = child, .value = "1"});
        root.children.push_back(std::move(parent));
    }
    AttributesModel model;
    model.setRoot(std::move(root));
    QTreeView tree;
    tree.setUniformRowHeights(true);
    tree.setModel(&model);
    tree.expandAll();
    QCOMPARE(model.rowCount(model.index(3999, 0)), 3);
    QVERIFY(model.flags(model.index(0, 0, model.index(0, 0))).testFlag(Qt::ItemNeverHasChildren));
    model.setRoot({});
    QCOMPARE(model.rowCount(), 0);
}

void InspectorTest::factsOfAnActivity() {
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    const EventFacts facts = payload::eventFacts(view, eventNamed(view, "sendReminder"), std::nullopt);
    QCOMPARE(facts.title, QStringLiteral("sendReminder"));
    QCOMPARE(facts.events.size(), size_t(3));
    QCOMPARE(facts.result, QStringList{QStringLiteral("true")});
    QVERIFY(facts.input.value(0).contains(QStringLiteral("\"total\": 41.5")));
    QMap<QString, QString> values;
    for (const payload::Fact& fact : facts.facts) values.insert(fact.name, fact.value);
    QCOMPARE(values.value(QStringLiteral("Waited")), QStringLiteral("1 s"));
    QCOMPARE(values.value(QStringLiteral("Worker")), QStringLiteral("worker-1"));
    QCOMPARE(values.value(QStringLiteral("Queue")), QStringLiteral("orders"));
}

void InspectorTest::factsOfAFailure() {
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    const EventFacts facts = payload::eventFacts(view, eventNamed(view, "sendReceipt"), std::nullopt);
    QVERIFY(facts.failure.contains(QStringLiteral("mailbox is full")));
    QVERIFY(payload::eventFacts(view, 9999, std::nullopt).title.isEmpty());
    QVERIFY(payload::eventFacts({}, 1, std::nullopt).title.isEmpty());
}

void InspectorTest::followsTheSelection() {
    Selection selection;
    InspectorPanel panel(&selection);
    panel.resize(320, 700);
    panel.show();
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    panel.setHistory(view);
    auto* title = panel.findChild<QLabel*>(QStringLiteral("inspectorTitle"));
    QVERIFY(!title->isVisible());
    for (size_t i = 0; i < view.history->size(); ++i) {
        const int64_t id = (*view.history)[i].id();
        selection.select(id, view.groupIdOf(id));
        QVERIFY(title->isVisible());
        QVERIFY(!title->text().isEmpty());
        QVERIFY(panel.tree()->isVisible());
    }
    QTest::mouseClick(panel.tabs()->button(1), Qt::LeftButton);
    QVERIFY(panel.json()->isVisible());
    QVERIFY(panel.json()->toPlainText().contains(QStringLiteral("eventId")));
    selection.clear();
    QVERIFY(!title->isVisible());
}

void InspectorTest::linksLeadToEvents() {
    Selection selection;
    InspectorPanel panel(&selection);
    panel.resize(320, 700);
    panel.show();
    const HistoryView view = HistoryView::of(orrery::test::orderHistory());
    panel.setHistory(view);
    const int64_t id = eventNamed(view, "createOrder");
    selection.select(id, view.groupIdOf(id));
    auto* events = panel.findChild<QLabel*>(QStringLiteral("inspectorEvents"));
    QVERIFY(events);
    Q_EMIT events->linkActivated(QString::number(id + 1));
    QTRY_COMPARE(selection.eventId(), id + 1);
    QCOMPARE(selection.groupId(), id);
}

void InspectorTest::prettyJson_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("output");
    QTest::newRow("plain") << "true" << "true";
    QTest::newRow("digits") << "12345678901234567890.10" << "12345678901234567890.10";
    QTest::newRow("empty") << "{}" << "{}";
    QTest::newRow("short list") << "[\"book\",\"lamp\"]" << "[\"book\", \"lamp\"]";
    QTest::newRow("object") << R"({"b":1,"a":{"c":2}})" << "{\n  \"b\": 1,\n  \"a\": {\"c\": 2}\n}";
    QTest::newRow("brackets in text") << R"({"a":"{[,:\"]}"})" << "{\n  \"a\": \"{[,:\\\"]}\"\n}";
    QTest::newRow("broken") << "{\"a\":" << "{\n  \"a\": ";
}

void InspectorTest::prettyJson() {
    QFETCH(QString, input);
    QFETCH(QString, output);
    QCOMPARE(shared::prettyJson(input), output);
}

QTEST_MAIN(InspectorTest)
#include "inspector_test.moc"
