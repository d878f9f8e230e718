// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "core/payload/payload.h"

namespace orrery::payload {

/// Transforms payloads on their way to and from the network (encryption, compression). Runs on worker and client
/// threads, never in workflow code; must be thread safe and may throw base::Error.
class PayloadCodec {
public:
    virtual ~PayloadCodec() = default;
    virtual Payloads encode(Payloads payloads) const = 0;
    virtual Payloads decode(Payloads payloads) const = 0;
};

}  // namespace orrery::payload
