// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <google/protobuf/message.h>

#include "core/base/time.h"
#include "core/server/state/service_error.h"

namespace orrery::server {

/// What a call is answered with: an error, or a message followed by fields that are already in wire form (a history is
/// kept as bytes and never parsed again).
struct Reply {
    std::unique_ptr<google::protobuf::Message> message;
    std::string tail;
    std::optional<ServiceError> error;
};

/// One request from the wire that waits for its answer. The state holds it while a long poll is open; the transport
/// makes it. finish() is called once, from any thread, and never under the state's lock.
class Call {
public:
    virtual ~Call() = default;
    virtual void finish(Reply reply) = 0;
    /// A header of the request, empty when it has none. To be asked while the request is handled, and not later.
    virtual std::string header(const char* /*name*/) const { return {}; }

    /// When the caller gives up, in wall time.
    std::optional<base::Timestamp> deadline;
    /// The wait this call is parked in, 0 for none. Belongs to the state.
    uint64_t waitId = 0;
    /// The caller is gone. Belongs to the state.
    bool cancelled = false;
};
using CallPtr = std::shared_ptr<Call>;

}  // namespace orrery::server
