// SPDX-License-Identifier: MIT
// Failures that the server makes itself, or keeps in short.
#pragma once

#include <optional>
#include <string>

#include <temporal/api/failure/v1/message.pb.h>

namespace orrery::server {

using temporal::api::failure::v1::Failure;

/// Of what was too large to be taken, so much is told; in bytes.
constexpr size_t kToldOfLargeFailure = 512 * 1024;

/// At most about so many bytes of it. What comes first stays longest: type, source, message, stack, causes.
Failure cutFailure(const Failure& failure, size_t bytes);
/// What the server itself says went wrong; never retried.
Failure serverFailure(const std::string& message, const Failure* cause = nullptr);
/// As an activity keeps the failure of an attempt that is followed by another.
Failure storedFailure(const Failure& failure, size_t limit);
/// What is wrong with a delay that the failure or one of its causes asks for.
std::optional<std::string> retryDelayProblem(const Failure& failure);

}  // namespace orrery::server
