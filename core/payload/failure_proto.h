// SPDX-License-Identifier: MIT
#pragma once

#include <temporal/api/failure/v1/message.pb.h>

#include "core/payload/converter.h"
#include "core/payload/failure_data.h"

namespace orrery::payload {

FailureData fromProto(const temporal::api::failure::v1::Failure& wire);
void toProto(const FailureData& value, temporal::api::failure::v1::Failure* wire);

/// Hides message and stack trace of the whole chain in a payload, so that a codec can encrypt them; decodes them again.
/// Decoding leaves alone what was never encoded or cannot be read.
FailureData encodeAttributes(FailureData value, const PayloadConverter& converter);
FailureData decodeAttributes(FailureData value, const PayloadConverter& converter);

}  // namespace orrery::payload
