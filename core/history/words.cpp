// SPDX-License-Identifier: MIT
#include "core/history/words.h"

#include <cctype>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/payload/json.h"
#include "core/payload/proto.h"
#include "core/payload/render.h"

namespace orrery::history {
namespace {

namespace pb = google::protobuf;
using temporal::api::common::v1::Payload;
using temporal::api::common::v1::Payloads;
using temporal::api::failure::v1::Failure;

/// Above this a value is cut before it is read: a word of it is wanted, not the megabyte.
constexpr size_t kLargest = 4096;

std::string upperSnake(std::string_view camel) {
    std::string out;
    for (size_t i = 0; i < camel.size(); ++i) {
        const bool capital = std::isupper(static_cast<unsigned char>(camel[i])) != 0;
        if (capital && i > 0) out += '_';
        out += static_cast<char>(std::toupper(static_cast<unsigned char>(camel[i])));
    }
    return out;
}

std::string failureKind(const Failure& failure) {
    switch (failure.failure_info_case()) {
        case Failure::kApplicationFailureInfo: return failure.application_failure_info().type();
        case Failure::kTimeoutFailureInfo: {
            const auto* type = temporal::api::enums::v1::TimeoutType_descriptor()->FindValueByNumber(
                failure.timeout_failure_info().timeout_type());
            return fmt::format("Timeout ({})", type ? shortEnumName(*type) : "unknown");
        }
        case Failure::kCanceledFailureInfo: return "Canceled";
        case Failure::kTerminatedFailureInfo: return "Terminated";
        case Failure::kServerFailureInfo: return "Server";
        case Failure::kResetWorkflowFailureInfo: return "Reset";
        case Failure::kActivityFailureInfo: return "Activity";
        case Failure::kChildWorkflowExecutionFailureInfo: return "Child workflow";
        case Failure::kNexusOperationExecutionFailureInfo: return "Nexus operation";
        case Failure::kNexusHandlerFailureInfo: return "Nexus handler";
        case Failure::FAILURE_INFO_NOT_SET: break;
    }
    return {};
}

/// An activity's or child's failure only wraps: the cause is what a person looks for.
bool isWrapper(const Failure& failure) {
    return failure.has_cause() && (failure.has_activity_failure_info() || failure.message().empty() ||
                                   failure.has_child_workflow_execution_failure_info() ||
                                   failure.has_nexus_operation_execution_failure_info());
}

}  // namespace

std::string camelCase(std::string_view upperSnakeName) {
    std::string out;
    bool start = true;
    for (const char c : upperSnakeName) {
        if (c == '_') {
            start = true;
            continue;
        }
        out += start ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        start = false;
    }
    return out;
}

std::string shortEnumName(const pb::EnumValueDescriptor& value) {
    const std::string prefix = upperSnake(value.type()->name()) + "_";
    std::string_view name = value.name();
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    return camelCase(name);
}

const pb::Message* attributesOf(const temporal::api::history::v1::HistoryEvent& event) {
    static const pb::OneofDescriptor* oneof = event.GetDescriptor()->FindOneofByName("attributes");
    const pb::FieldDescriptor* field = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
    return field ? &event.GetReflection()->GetMessage(event, field) : nullptr;
}

std::string wordOf(const Payload& value) {
    if (value.data().size() > kLargest) {
        const std::string_view head = std::string_view(value.data()).substr(0, 4 * kWordLimit);
        const auto encoding = value.metadata().find("encoding");
        if (encoding != value.metadata().end() && encoding->second.starts_with("json/")) {
            return payload::ellipsize(head, kWordLimit);
        }
    }
    return payload::ellipsize(payload::renderPayload(payload::fromProto(value)).text, kWordLimit);
}

std::string wordOf(const Payloads& values) {
    std::string out;
    for (const Payload& value : values.payloads()) {
        if (!out.empty()) out += ", ";
        out += wordOf(value);
        if (out.size() > kWordLimit) break;
    }
    return payload::ellipsize(out, kWordLimit);
}

std::string wordOf(const Failure& failure) {
    const Failure* told = &failure;
    while (isWrapper(*told)) told = &told->cause();
    const std::string kind = failureKind(*told);
    if (told->message().empty()) return kind;
    if (kind.empty() || !told->has_application_failure_info()) return told->message();
    return fmt::format("{}: {}", kind, told->message());
}

FailureInfo toFailureInfo(const Failure& failure) {
    FailureInfo info;
    info.message = failure.message();
    info.type = failureKind(failure);
    info.source = failure.source();
    info.stackTrace = failure.stack_trace();
    info.nonRetryable =
        failure.application_failure_info().non_retryable() || failure.server_failure_info().non_retryable();
    const Failure* cause = failure.has_cause() ? &failure.cause() : nullptr;
    for (; cause; cause = cause->has_cause() ? &cause->cause() : nullptr) {
        FailureInfo inner;
        inner.message = cause->message();
        inner.type = failureKind(*cause);
        inner.source = cause->source();
        inner.stackTrace = cause->stack_trace();
        inner.nonRetryable = cause->application_failure_info().non_retryable();
        info.causes.push_back(std::move(inner));
    }
    return info;
}

std::string plainText(const Payload& value) {
    const auto encoding = value.metadata().find("encoding");
    if (encoding != value.metadata().end() && encoding->second.starts_with("json/") && value.data().starts_with('"')) {
        try {
            payload::JsonReader reader(value.data());
            return std::string(reader.string());
        } catch (const payload::JsonError&) {
            return value.data();
        }
    }
    return payload::renderPayload(payload::fromProto(value)).text;
}

std::string plainText(const Payloads& values) {
    return values.payloads_size() == 0 ? std::string() : plainText(values.payloads(0));
}

std::string summaryOf(const temporal::api::history::v1::HistoryEvent& event) {
    if (!event.has_user_metadata() || !event.user_metadata().has_summary()) return {};
    return payload::ellipsize(plainText(event.user_metadata().summary()), 120);
}

}  // namespace orrery::history
