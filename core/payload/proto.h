// SPDX-License-Identifier: MIT
// Values <-> Temporal's wire messages. Include only from .cpp files and from headers of rooms that may show protobuf.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <temporal/api/common/v1/message.pb.h>

#include "core/base/time.h"
#include "core/payload/payload.h"

namespace orrery::payload {

Payload fromProto(const temporal::api::common::v1::Payload& wire);
Payloads fromProto(const temporal::api::common::v1::Payloads& wire);
void toProto(const Payload& value, temporal::api::common::v1::Payload* wire);
void toProto(const Payloads& values, temporal::api::common::v1::Payloads* wire);

base::Timestamp fromProto(const google::protobuf::Timestamp& wire);
base::Duration fromProto(const google::protobuf::Duration& wire);
void toProto(base::Timestamp value, google::protobuf::Timestamp* wire);
void toProto(base::Duration value, google::protobuf::Duration* wire);

}  // namespace orrery::payload
