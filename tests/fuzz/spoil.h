// SPDX-License-Identifier: MIT
// Damage to what a store keeps, as the fuzzer's bytes say.
#pragma once

#include "tests/fuzz/bytes.h"
#include "tests/support/rows_store.h"

namespace orrery::fuzz {

/// Changes, drops, copies or cuts some rows and events. Records are changed field by field more often than byte by
/// byte, for most bytes would only make them unreadable.
void spoil(test::Rows& rows, Bytes& bytes);

}  // namespace orrery::fuzz
