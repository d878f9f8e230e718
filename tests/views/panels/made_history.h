// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/history/history.h"

namespace orrery::test {

/// A day in the life of an order, open at its end: activities (one with a failed workflow task beside it), a timer of
/// 24 hours, a child, a signal, an update, a running activity. About 45 events.
std::shared_ptr<const history::History> orderHistory();

/// The same cut off after `events` events, to watch it grow.
std::shared_ptr<const history::History> orderHistory(size_t events);

/// Many activities with workflow tasks between them, several at a time, some failing: at least `events` events.
std::shared_ptr<const history::History> largeHistory(size_t events);

}  // namespace orrery::test
