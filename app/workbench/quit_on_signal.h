// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

namespace orrery::workbench {

/// Ctrl-C and SIGTERM end the event loop, so that server and worker are stopped in order and settings are kept. One
/// object a program; a second signal ends it the hard way.
class QuitOnSignal : public QObject {
    Q_OBJECT

public:
    explicit QuitOnSignal(QObject* parent = nullptr);
    ~QuitOnSignal() override;
};

}  // namespace orrery::workbench
