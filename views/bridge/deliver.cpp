// SPDX-License-Identifier: MIT
#include "views/bridge/deliver.h"

#include <QCoreApplication>
#include <QMetaObject>

namespace orrery::ui::bridge {

// The application object is the receiver, not the owner: asking on this thread whether the owner lives would race with
// its destructor. The guard is looked at on the UI thread only.
void post(QPointer<QObject> owner, std::function<void()> call) {
    QCoreApplication* application = QCoreApplication::instance();
    if (application == nullptr) return;
    QMetaObject::invokeMethod(
        application,
        [owner = std::move(owner), call = std::move(call)] {
            if (owner) call();
        },
        Qt::QueuedConnection);
}

}  // namespace orrery::ui::bridge
