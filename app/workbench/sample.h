// SPDX-License-Identifier: MIT
#pragma once

#include "views/panels/messages/start_form.h"

namespace orrery::workbench {

/// What the forms hold for the sample order_approval: two charges that fail, activities of one second.
inline ui::messages::StartDefaults sampleDefaults() {
    ui::messages::StartDefaults sample;
    sample.idPrefix = QStringLiteral("order");
    sample.type = QStringLiteral("order_approval");
    sample.taskQueue = QStringLiteral("samples");
    sample.input = QStringLiteral(
        "{\"id\": \"4711\", \"customer\": \"Ada Lovelace\",\n \"items\": [\"book\", \"lamp\"], \"total\": 41.5,\n"
        " \"failingCharges\": 2, \"pace\": 1}");
    sample.arguments = {
        {QStringLiteral("approve"), QStringLiteral("{\"approved\": true, \"approver\": \"Grace\"}")},
        {QStringLiteral("set_address"), QStringLiteral("{\"street\": \"Hauptstr. 5\", \"city\": \"Ulm\"}")}};
    return sample;
}

}  // namespace orrery::workbench
