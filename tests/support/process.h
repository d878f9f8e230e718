// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

namespace orrery::test {

struct Ended {
    int code = -1;  ///< -1: it did not start, or a signal ended it
    QString out;
    QString err;
};

/// Runs a program to its end, in `folder` (else here), with `more` ("NAME=value") in its environment. QProcess begins
/// with a clone at which the thread sanitizer breaks off; this does not.
Ended runToEnd(const QString& program, const QStringList& arguments, const QString& folder = {},
               const QStringList& more = {});

}  // namespace orrery::test
