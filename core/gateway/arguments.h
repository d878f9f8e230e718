// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "core/gateway/outcome.h"
#include "core/payload/payload.h"

namespace orrery::gateway {

/// What a person typed into a form as an argument: a JSON value, sent as json/plain exactly as typed (outer blanks
/// aside). Problem(InvalidArgument) with the fields "line" and "column" when it is no JSON.
Outcome<payload::Payload> jsonArgument(std::string_view text);

/// Several arguments, one JSON value after another, with or without commas between; empty text is no argument.
Outcome<payload::Payloads> jsonArguments(std::string_view text);

}  // namespace orrery::gateway
