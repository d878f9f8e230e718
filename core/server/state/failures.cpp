// SPDX-License-Identifier: MIT
#include "core/server/state/failures.h"

#include <algorithm>
#include <cstdint>

namespace orrery::server {
namespace {

constexpr int kDeepest = 20;
constexpr int64_t kField = 4;  ///< what a field of text takes beside the text
constexpr const char* kTooLarge = "Failure exceeds size limit.";

/// Whole code points.
std::string cutText(const std::string& text, int64_t bytes) {
    if (int64_t(text.size()) <= bytes) return text;
    const auto continues = [&text](int64_t at) { return (uint8_t(text[size_t(at)]) & 0xC0) == 0x80; };
    while (bytes > 0 && continues(bytes)) --bytes;
    return text.substr(0, size_t(std::max<int64_t>(bytes, 0)));
}

Failure cut(const Failure& failure, int64_t bytes, int depth) {
    const auto take = [&bytes](const std::string& text) {
        std::string taken = cutText(text, bytes);
        if (!taken.empty()) bytes -= int64_t(taken.size()) + kField;
        return taken;
    };
    Failure result;
    if (failure.has_application_failure_info()) {
        auto* info = result.mutable_application_failure_info();
        info->set_non_retryable(failure.application_failure_info().non_retryable());
        info->set_type(take(failure.application_failure_info().type()));
        bytes -= 2 * kField;
    } else if (failure.has_server_failure_info()) {
        result.mutable_server_failure_info()->set_non_retryable(failure.server_failure_info().non_retryable());
        bytes -= kField;
    }
    result.set_source(take(failure.source()));
    result.set_message(take(failure.message()));
    result.set_stack_trace(take(failure.stack_trace()));
    if (failure.has_cause() && bytes > kField && depth > 0) {
        *result.mutable_cause() = cut(failure.cause(), bytes - kField, depth - 1);
    }
    return result;
}

/// In the words of the library that Temporal's server checks it with.
std::optional<std::string> durationProblem(const google::protobuf::Duration& duration) {
    constexpr int64_t kTenThousandYears = 315'576'000'000;
    constexpr int32_t kNanos = 1'000'000'000;
    const int64_t seconds = duration.seconds();
    const int32_t nanos = duration.nanos();
    std::string shown;
    if (seconds != 0) shown = "seconds:" + std::to_string(seconds);
    if (nanos != 0) shown += (shown.empty() ? "nanos:" : " nanos:") + std::to_string(nanos);
    const auto problem = [&shown](const char* what) { return "proto: duration (" + shown + ") " + what; };
    if (seconds < -kTenThousandYears) return problem("exceeds -10000 years");
    if (seconds > kTenThousandYears) return problem("exceeds +10000 years");
    if (nanos <= -kNanos || nanos >= kNanos) return problem("has out-of-range nanos");
    if ((seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
        return problem("has seconds and nanos with different signs");
    }
    return std::nullopt;
}

}  // namespace

Failure cutFailure(const Failure& failure, size_t bytes) { return cut(failure, int64_t(bytes), kDeepest); }

Failure serverFailure(const std::string& message, const Failure* cause) {
    Failure failure;
    failure.set_message(message);
    failure.mutable_server_failure_info()->set_non_retryable(true);
    if (cause != nullptr) *failure.mutable_cause() = cutFailure(*cause, kToldOfLargeFailure);
    return failure;
}

Failure storedFailure(const Failure& failure, size_t limit) {
    if (failure.ByteSizeLong() <= limit) return failure;
    Failure wrapped = serverFailure(kTooLarge);
    wrapped.mutable_server_failure_info()->set_non_retryable(false);
    *wrapped.mutable_cause() = cutFailure(failure, limit);
    return wrapped;
}

std::optional<std::string> retryDelayProblem(const Failure& failure) {
    for (const Failure* one = &failure; one != nullptr; one = one->has_cause() ? &one->cause() : nullptr) {
        const auto& info = one->application_failure_info();
        if (!info.has_next_retry_delay()) continue;
        if (const auto problem = durationProblem(info.next_retry_delay())) {
            return "NextRetryDelay is not a valid duration: " + *problem;
        }
    }
    return std::nullopt;
}

}  // namespace orrery::server
