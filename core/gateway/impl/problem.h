// SPDX-License-Identifier: MIT
#pragma once

#include <exception>

#include "core/base/error.h"
#include "core/gateway/outcome.h"

namespace orrery::gateway {

Problem problemFrom(const base::Error& error);
/// Of the exception that is being handled: call it inside a catch block.
Problem problemFromCurrentException();

}  // namespace orrery::gateway
