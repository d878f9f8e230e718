// SPDX-License-Identifier: MIT
// JSON of the structs that workflows and activities pass around, for their authors:
//   struct Order { std::string id; double total = 0; };
//   ORRERY_JSON(Order, id, total)
#pragma once

#include "core/payload/json_fields.h"  // IWYU pragma: export
