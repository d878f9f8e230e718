// SPDX-License-Identifier: MIT
// What the window offers to start can be started: types, inputs and messages are those of the samples.
#include "app/workbench/samples.h"

#include <QTest>

#include "app/samples/entity.h"
#include "app/samples/order_approval.h"
#include "app/samples/samples.h"
#include "tests/support/strings.h"

using namespace orrery;
using test::text;

namespace {

const ui::messages::StartDefaults& sample(const char* type) {
    static const auto all = workbench::samples();
    for (const auto& each : all) {
        if (each.type == QLatin1String(type)) return each;
    }
    qFatal("there is no sample %s", type);
}

/// Every field of the input is one that the workflow reads, and of the kind it reads.
template <class Input>
void checkInput(const char* type) {
    const nlohmann::json given = nlohmann::json::parse(sample(type).input.toStdString());
    const nlohmann::json known = Input();
    for (const auto& [name, value] : given.items()) QVERIFY2(known.contains(name), name.c_str());
    const nlohmann::json back = given.get<Input>();
    for (const auto& [name, value] : given.items()) QVERIFY2(back[name] == value, name.c_str());
}

}  // namespace

class SamplesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTypeIsRegistered();
    void inputsAreRead();
    void messagesAreKnown();
};

void SamplesTest::everyTypeIsRegistered() {
    workflow::WorkflowRegistry workflows;
    activity::ActivityRegistry activities;
    samples::registerSamples(workflows, activities);
    QStringList registered;
    for (const std::string& type : workflows.workflowTypes()) registered << text(type);
    QStringList offered;
    for (const auto& each : workbench::samples()) {
        offered << each.type;
        QVERIFY(!each.about.isEmpty() && !each.idPrefix.isEmpty());
        QCOMPARE(each.taskQueue, QString(samples::kSamplesTaskQueue));
    }
    registered.sort();
    offered.sort();
    QCOMPARE(offered, registered);
}

void SamplesTest::inputsAreRead() {
    checkInput<samples::Order>("order_approval");
    checkInput<samples::Order>("order_approval_changed");
    checkInput<samples::Trip>("saga");
    checkInput<samples::Account>("entity");
    checkInput<samples::SurveyPlan>("fan_out");
}

void SamplesTest::messagesAreKnown() {
    const workflow::WorkflowType order = samples::OrderApproval::definition().type();
    for (const QString& name : sample("order_approval").arguments.keys()) {
        const std::string key = name.toStdString();
        QVERIFY2(order.signals.contains(key) || order.updates.contains(key), qPrintable(name));
    }
    const workflow::WorkflowType entity = samples::LoyaltyAccount::definition().type();
    for (const QString& name : sample("entity").arguments.keys()) {
        const std::string key = name.toStdString();
        QVERIFY2(entity.signals.contains(key) || entity.updates.contains(key), qPrintable(name));
    }
    // All of them have something to begin with.
    QCOMPARE(sample("entity").arguments.size(), qsizetype(entity.signals.size() + entity.updates.size()));
}

QTEST_GUILESS_MAIN(SamplesTest)
#include "samples_test.moc"
