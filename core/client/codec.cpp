// SPDX-License-Identifier: MIT
#include "core/client/codec.h"

#include <utility>

#include "core/payload/failure_proto.h"

namespace orrery::client {

payload::Payloads encoded(const payload::DataConverter& converter, payload::Payloads values) {
    if (!converter.codec() || values.empty()) return values;
    return converter.codec()->encode(std::move(values));
}

payload::Payloads decoded(const payload::DataConverter& converter, payload::Payloads values) {
    if (!converter.codec() || values.empty()) return values;
    return converter.codec()->decode(std::move(values));
}

std::shared_ptr<const payload::Failure> failureFrom(const payload::DataConverter& converter,
                                                    const temporal::api::failure::v1::Failure& wire) {
    return payload::makeFailure(payload::decodeAttributes(payload::fromProto(wire), converter.values()));
}

}  // namespace orrery::client
