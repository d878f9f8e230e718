// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <temporal/api/failure/v1/message.pb.h>

#include "core/payload/converter.h"
#include "core/payload/failure.h"

namespace orrery::client {

/// Through the converter's codec, where there is one.
payload::Payloads encoded(const payload::DataConverter& converter, payload::Payloads values);
payload::Payloads decoded(const payload::DataConverter& converter, payload::Payloads values);

/// The typed failure of a wire message.
std::shared_ptr<const payload::Failure> failureFrom(const payload::DataConverter& converter,
                                                    const temporal::api::failure::v1::Failure& wire);

}  // namespace orrery::client
