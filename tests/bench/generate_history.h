// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/history/history.h"

namespace orrery::bench {

/// A made-up run of an order desk with exactly `events` events (at least 20): activities in parallel, some retried or
/// failed, timers, children, signals, updates, local activities, version markers, quiet nights. The same arguments give
/// the same history, byte for byte.
std::shared_ptr<const history::History> generateHistory(size_t events, uint32_t seed = 1);

/// A server's limit of events in one run, and what the bars are measured with.
constexpr size_t kFullHistory = 51'200;

}  // namespace orrery::bench
