// SPDX-License-Identifier: MIT
// The program `orrery`, run to its end.
#pragma once

#include <QProcess>

struct Ended {
    int code = -1;  ///< -1: it crashed, or did not end within a minute
    QString out;
    QString err;
};

inline Ended run(const QStringList& arguments, const QString& folder = {}) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral(ORRERY_PROGRAM), arguments);
    if (!process.waitForFinished(60'000)) return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
}
