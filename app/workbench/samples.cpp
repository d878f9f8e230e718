// SPDX-License-Identifier: MIT
#include "app/workbench/samples.h"

#include <QCoreApplication>

namespace orrery::workbench {
namespace {

using ui::messages::StartDefaults;

QString tr(const char* words) { return QCoreApplication::translate("orrery::workbench::Samples", words); }

StartDefaults sample(const char* type, const char* idPrefix, const QString& about, const char* input) {
    StartDefaults sample;
    sample.about = about;
    sample.idPrefix = QLatin1String(idPrefix);
    sample.type = QLatin1String(type);
    sample.taskQueue = QStringLiteral("samples");
    sample.input = QString::fromUtf8(input);
    return sample;
}

constexpr const char* kOrderInput =
    "{\"id\": \"4711\", \"customer\": \"Ada Lovelace\",\n \"items\": [\"book\", \"lamp\"], \"total\": 41.5,\n"
    " \"failingCharges\": 2, \"pace\": 1}";

StartDefaults order() {
    auto order = sample("order_approval", "order",
                        tr("An order waits up to a day for an approval; charging the card fails twice."), kOrderInput);
    order.arguments = {
        {QStringLiteral("approve"), QStringLiteral("{\"approved\": true, \"approver\": \"Grace\"}")},
        {QStringLiteral("set_address"), QStringLiteral("{\"street\": \"Hauptstr. 5\", \"city\": \"Ulm\"}")}};
    return order;
}

StartDefaults entity() {
    auto entity = sample("entity", "account",
                         tr("An account that lives on: signal earn, update redeem, close. After each ten entries it "
                            "continues as a new run."),
                         "{\"customer\": \"Ada Lovelace\",\n \"entriesPerRun\": 10, \"pace\": 1}");
    entity.arguments = {{QStringLiteral("earn"), QStringLiteral("{\"points\": 300, \"reason\": \"a telescope\"}")},
                        {QStringLiteral("redeem"), QStringLiteral("250")},
                        {QStringLiteral("close"), QString()}};
    return entity;
}

}  // namespace

QList<StartDefaults> samples() {
    return {
        order(),
        sample(
            "saga", "trip",
            tr("A trip whose car cannot be had: what is booked is cancelled in reverse order, but the hotel does "
               "not take its cancellation."),
            "{\"id\": \"lisbon\", \"traveller\": \"Ada Lovelace\", \"destination\": \"Lisbon\",\n \"failAt\": \"car\", "
            "\"failUndo\": \"hotel\", \"pace\": 1}"),
        entity(),
        sample("fan_out", "sky", tr("A hundred sectors of the sky, ten at a time; clouds are tried again."),
               "{\"sectors\": 100, \"width\": 10, \"cloudedEvery\": 7,\n \"pace\": 0.5}"),
        sample("order_approval_changed", "order",
               tr("order_approval with one step changed. Replay an order's history with it to see where it diverges."),
               kOrderInput),
    };
}

}  // namespace orrery::workbench
