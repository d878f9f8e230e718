// SPDX-License-Identifier: MIT
#include "core/history/history.h"

#include "core/history/groups.h"
#include "core/history/reader.h"
#include "core/history/writer.h"

namespace orrery::history {}
