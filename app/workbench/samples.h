// SPDX-License-Identifier: MIT
#pragma once

#include <QList>

#include "views/panels/messages/start_form.h"

namespace orrery::workbench {

/// What the forms hold for each of the samples (app/samples), the first one to begin with.
QList<ui::messages::StartDefaults> samples();

}  // namespace orrery::workbench
