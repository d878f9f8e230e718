// SPDX-License-Identifier: MIT
#pragma once

#include "core/server/state/methods.h"

namespace orrery::server {

/// The operator's DeleteNamespace.
void addNamespaceDeletion(Methods& methods);

}  // namespace orrery::server
