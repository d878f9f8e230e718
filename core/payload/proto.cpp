// SPDX-License-Identifier: MIT
#include "core/payload/proto.h"

#include <limits>

namespace orrery::payload {
namespace {

using namespace std::chrono;

/// Nanoseconds in 64 bits reach 292 years; longer spans, which the protocol allows, are capped.
nanoseconds capped(int64_t wholeSeconds, int32_t nanos) {
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 1'000'000'000 - 1;
    if (wholeSeconds > kMost) return nanoseconds::max();
    // Not the very first: its whole second is out of reach.
    if (wholeSeconds < -kMost) return -seconds(kMost);
    return seconds(wholeSeconds) + nanoseconds(nanos);
}

}  // namespace

Payload fromProto(const temporal::api::common::v1::Payload& wire) {
    Payload value;
    for (const auto& [key, data] : wire.metadata()) value.metadata.emplace(key, data);
    value.data = wire.data();
    return value;
}

Payloads fromProto(const temporal::api::common::v1::Payloads& wire) {
    Payloads values;
    values.reserve(static_cast<size_t>(wire.payloads_size()));
    for (const auto& item : wire.payloads()) values.push_back(fromProto(item));
    return values;
}

void toProto(const Payload& value, temporal::api::common::v1::Payload* wire) {
    wire->Clear();
    for (const auto& [key, data] : value.metadata) (*wire->mutable_metadata())[key] = data;
    wire->set_data(value.data);
}

void toProto(const Payloads& values, temporal::api::common::v1::Payloads* wire) {
    wire->Clear();
    for (const Payload& value : values) toProto(value, wire->add_payloads());
}

base::Timestamp fromProto(const google::protobuf::Timestamp& wire) {
    return base::Timestamp(capped(wire.seconds(), wire.nanos()));
}

base::Duration fromProto(const google::protobuf::Duration& wire) { return capped(wire.seconds(), wire.nanos()); }

void toProto(base::Timestamp value, google::protobuf::Timestamp* wire) {
    const auto whole = floor<seconds>(value);
    wire->set_seconds(whole.time_since_epoch().count());
    wire->set_nanos(static_cast<int32_t>((value - whole).count()));
}

void toProto(base::Duration value, google::protobuf::Duration* wire) {
    wire->set_seconds(value / seconds(1));
    wire->set_nanos(static_cast<int32_t>((value % seconds(1)).count()));
}

}  // namespace orrery::payload
