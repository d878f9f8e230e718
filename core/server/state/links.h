// SPDX-License-Identifier: MIT
// Links: what a request tells of where it comes from, and what its answer tells of where it went.
#pragma once

#include <string>

#include <temporal/api/common/v1/message.pb.h>
#include <temporal/api/enums/v1/event_type.pb.h>

#include "core/server/state/run.h"

namespace orrery::server {

using Links = google::protobuf::RepeatedPtrField<common::Link>;

/// To the event that began the run.
common::Link linkToStart(const Run& run);
/// To the event that a request led to. By the request, for the event may still wait in the buffer, without an id.
common::Link linkToRequest(const Run& run, const std::string& requestId, enums::EventType type);
/// To the run as a whole, for a request that leaves no event.
common::Link linkToRun(const Run& run, const std::string& reason);

}  // namespace orrery::server
