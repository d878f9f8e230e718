// SPDX-License-Identifier: MIT
// Inside of the room: words for messages, shared by event texts, groups and summary. Protobuf types stay
// forward-declared.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/history/history.h"

namespace google::protobuf {
class Message;
class Timestamp;
class EnumValueDescriptor;
}  // namespace google::protobuf
namespace temporal::api::common::v1 {
class Payload;
class Payloads;
}  // namespace temporal::api::common::v1
namespace temporal::api::failure::v1 {
class Failure;
}

namespace orrery::history {

/// EVENT_TYPE_TIMER_STARTED -> "TimerStarted".
std::string shortEnumName(const google::protobuf::EnumValueDescriptor& value);

/// "WORKFLOW_TASK_FAILED" -> "WorkflowTaskFailed".
std::string camelCase(std::string_view upperSnake);

/// The message in the oneof `attributes`, nullptr when there is none.
const google::protobuf::Message* attributesOf(const temporal::api::history::v1::HistoryEvent& event);

constexpr size_t kWordLimit = 60;
/// Values on one line of at most kWordLimit characters.
std::string wordOf(const temporal::api::common::v1::Payload& value);
std::string wordOf(const temporal::api::common::v1::Payloads& values);
/// The outer message and the innermost cause that says more.
std::string wordOf(const temporal::api::failure::v1::Failure& failure);

FailureInfo toFailureInfo(const temporal::api::failure::v1::Failure& failure);

/// The text of a user metadata summary, empty when there is none.
std::string summaryOf(const temporal::api::history::v1::HistoryEvent& event);

/// When the event happened; nullopt when that is absent or no time at which anything can have happened.
std::optional<base::Timestamp> timeOf(const temporal::api::history::v1::HistoryEvent& event);

/// RFC 3339 of any year that the protocol allows, also those that base::Timestamp cannot hold.
std::string timeText(const google::protobuf::Timestamp& wire);

/// A JSON string without its quotes, any other value as it is.
std::string plainText(const temporal::api::common::v1::Payload& value);
std::string plainText(const temporal::api::common::v1::Payloads& values);

}  // namespace orrery::history
