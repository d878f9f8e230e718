// SPDX-License-Identifier: MIT
// The program `orrery`, run to its end.
#pragma once

#include "tests/support/process.h"

using orrery::test::Ended;

inline Ended run(const QStringList& arguments, const QString& folder = {}) {
    return orrery::test::runToEnd(QStringLiteral(ORRERY_PROGRAM), arguments, folder);
}
