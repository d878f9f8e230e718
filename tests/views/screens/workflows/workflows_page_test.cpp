// SPDX-License-Identifier: MIT
#include "views/screens/workflows/workflows_page.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "tests/views/support/fake_cluster.h"
#include "views/screens/workflows/workflow_list_model.h"
#include "views/shared/theme.h"
#include "views/shared/widgets.h"

using namespace orrery;
using namespace orrery::ui;
using history::WorkflowStatus;

class WorkflowsPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { shared::Theme::instance().apply(); }
    void modelChangesInPlace();
    void modelLaysOutAnewWhenTheOrderChanges();
    void emptyPageTeaches();
    void showsFiltersAndOpens();
    void keepsTheSelectionWhenRowsEnter();
    void saysWhatWentWrong();
};

namespace {

QStringList ids(const QAbstractItemModel& model) {
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row) {
        all << model.index(row, workflows::WorkflowListModel::Workflow).data().toString();
    }
    return all;
}

}  // namespace

void WorkflowsPageTest::modelChangesInPlace() {
    test::FakeCluster cluster;
    workflows::WorkflowListModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    for (const char* id : {"a", "b", "c"}) cluster.addRow(id, WorkflowStatus::Running);
    model.setRows(cluster.rows);
    QCOMPARE(ids(model), (QStringList{"c", "b", "a"}));
    cluster.rows.erase(cluster.rows.begin() + 1);
    cluster.rows.back().status = WorkflowStatus::Failed;
    cluster.addRow("d", WorkflowStatus::Running);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setRows(cluster.rows);
    QCOMPARE(ids(model), (QStringList{"d", "c", "a"}));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(reset.size(), 0);
    model.setNote(cluster.rows[0].key, "signal approve", false);
    QCOMPARE(model.index(0, workflows::WorkflowListModel::Waits).data().toString(), "signal approve");
}

void WorkflowsPageTest::modelLaysOutAnewWhenTheOrderChanges() {
    test::FakeCluster cluster;
    workflows::WorkflowListModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    for (const char* id : {"a", "b"}) cluster.addRow(id, WorkflowStatus::Running);
    model.setRows(cluster.rows);
    std::swap(cluster.rows[0], cluster.rows[1]);
    model.setRows(cluster.rows);
    QCOMPARE(ids(model), (QStringList{"a", "b"}));
}

void WorkflowsPageTest::emptyPageTeaches() {
    auto cluster = std::make_shared<test::FakeCluster>();
    workflows::WorkflowsPage page;
    page.setSampleOffered(true);
    page.setCluster(cluster);
    page.show();
    auto* button = page.findChild<shared::EmptyState*>()->findChild<QPushButton*>();
    QTRY_VERIFY(button->isVisible());
    const QSignalSpy asked(&page, &workflows::WorkflowsPage::sampleRequested);
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(asked.size(), 1);
}

void WorkflowsPageTest::showsFiltersAndOpens() {
    auto cluster = std::make_shared<test::FakeCluster>();
    cluster->addRow("order-1", WorkflowStatus::Completed);
    cluster->addRow("order-2", WorkflowStatus::Running);
    cluster->addRow("report-1", WorkflowStatus::Running);
    cluster->description.waitsFor = "signal approve";
    workflows::WorkflowsPage page;
    page.setCluster(cluster);
    page.show();
    auto* table = page.findChild<QTableView*>("workflowTable");
    QTRY_COMPARE(ids(*table->model()), (QStringList{"report-1", "order-2", "order-1"}));
    QTRY_COMPARE(table->model()->index(0, workflows::WorkflowListModel::Waits).data().toString(), "signal approve");
    auto* filter = page.findChild<QLineEdit*>("workflowFilter");
    QTest::keyClicks(filter, "order");
    QTRY_COMPARE(ids(*table->model()), (QStringList{"order-2", "order-1"}));
    page.setStatusFilter(WorkflowStatus::Running);
    QTRY_COMPARE(ids(*table->model()), QStringList{"order-2"});
    QList<QString> opened;
    connect(&page, &workflows::WorkflowsPage::opened, &page,
            [&](const gateway::WorkflowKey& key) { opened << QString::fromStdString(key.workflowId); });
    QTest::keyClick(filter, Qt::Key_Return);
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(opened, QStringList{"order-2"});
    QVERIFY(page.stepOut());
    QVERIFY(filter->text().isEmpty());
}

void WorkflowsPageTest::keepsTheSelectionWhenRowsEnter() {
    auto cluster = std::make_shared<test::FakeCluster>();
    cluster->addRow("order-1", WorkflowStatus::Running);
    workflows::WorkflowsPage page;
    page.setCluster(cluster);
    page.show();
    auto* table = page.findChild<QTableView*>("workflowTable");
    QTRY_COMPARE(table->model()->rowCount(), 1);
    table->selectRow(0);
    cluster->addRow("order-2", WorkflowStatus::Running);
    cluster->tellList();
    QTRY_COMPARE(table->model()->rowCount(), 2);
    QCOMPARE(table->currentIndex().row(), 1);
}

void WorkflowsPageTest::saysWhatWentWrong() {
    auto cluster = std::make_shared<test::FakeCluster>();
    cluster->problem = gateway::Problem{base::ErrorCode::Unavailable, "cannot reach 10.0.0.1:7233", {}};
    workflows::WorkflowsPage page;
    page.setCluster(cluster);
    page.show();
    QTRY_COMPARE(page.findChild<shared::MessageBar*>()->message(), "cannot reach 10.0.0.1:7233");
}

QTEST_MAIN(WorkflowsPageTest)
#include "workflows_page_test.moc"
