// SPDX-License-Identifier: MIT
#include "core/machines/wire.h"

#include "core/payload/proto.h"

namespace orrery::machines {
namespace {

/// What every SDK's default converter makes of a string, so that every tool can read the line.
void setText(const std::string& text, temporal::api::common::v1::Payload* wire) {
    std::string json = "\"";
    for (const char letter : text) {
        switch (letter) {
            case '"': json += "\\\""; break;
            case '\\': json += "\\\\"; break;
            case '\n': json += "\\n"; break;
            case '\t': json += "\\t"; break;
            case '\r': json += "\\r"; break;
            default: json += letter;
        }
    }
    json += '"';
    (*wire->mutable_metadata())["encoding"] = "json/plain";
    wire->set_data(json);
}

}  // namespace

WireCommand& addCommand(Reactions& out, temporal::api::enums::v1::CommandType type) {
    WireCommand& wire = out.commands.emplace_back();
    wire.set_command_type(type);
    return wire;
}

void setSummary(WireCommand& wire, const std::string& summary, const std::string& details) {
    if (!summary.empty()) setText(summary, wire.mutable_user_metadata()->mutable_summary());
    if (!details.empty()) setText(details, wire.mutable_user_metadata()->mutable_details());
}

void toProto(const definition::RetryPolicy& policy, temporal::api::common::v1::RetryPolicy* wire) {
    if (policy.initialInterval()) payload::toProto(*policy.initialInterval(), wire->mutable_initial_interval());
    wire->set_backoff_coefficient(policy.backoffCoefficient());
    if (policy.maximumInterval()) payload::toProto(*policy.maximumInterval(), wire->mutable_maximum_interval());
    wire->set_maximum_attempts(policy.maximumAttempts());
    for (const std::string& type : policy.nonRetryableErrorTypes()) wire->add_non_retryable_error_types(type);
}

definition::RetryPolicy fromProto(const temporal::api::common::v1::RetryPolicy& wire) {
    definition::RetryPolicy policy;
    if (wire.has_initial_interval()) policy.initialInterval(payload::fromProto(wire.initial_interval()));
    if (wire.backoff_coefficient() > 0) policy.backoffCoefficient(wire.backoff_coefficient());
    if (wire.has_maximum_interval()) policy.maximumInterval(payload::fromProto(wire.maximum_interval()));
    policy.maximumAttempts(wire.maximum_attempts());
    policy.nonRetryableErrorTypes({wire.non_retryable_error_types().begin(), wire.non_retryable_error_types().end()});
    return policy;
}

}  // namespace orrery::machines
