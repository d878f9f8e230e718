// SPDX-License-Identifier: MIT
#pragma once

#include "core/worker/task.h"

namespace orrery::worker {

/// The request message of an update, rebuilt from the event that shows it was accepted, so that replay runs it again.
WireMessage requestOfAccepted(const HistoryEvent& event);

/// The same from the event by which the server keeps an update that no worker has seen yet.
WireMessage requestOfAdmitted(const HistoryEvent& event);

}  // namespace orrery::worker
