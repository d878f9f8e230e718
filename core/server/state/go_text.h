// SPDX-License-Identifier: MIT
// How Temporal's server, which is written in Go, shows values inside its messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <temporal/api/common/v1/message.pb.h>
#include <temporal/api/taskqueue/v1/message.pb.h>

namespace orrery::server {

/// Nothing but white space, in Unicode's sense.
bool isBlank(std::string_view text);
/// How many bytes of white space stand at `at`; 0 for none.
size_t spaceAt(std::string_view text, size_t at);
/// The JSON value without quotes, lists as [a b]; nullopt when the text is no JSON.
std::optional<std::string> goValue(std::string_view json);
/// "text" as a literal of a Go program.
std::string goQuoted(std::string_view text);
/// metadata:{key:"encoding" value:"json/plain"} data:"..."
std::string goPayload(const temporal::api::common::v1::Payload& payload);
/// name:"orders" kind:TASK_QUEUE_KIND_NORMAL
std::string goTaskQueue(const temporal::api::taskqueue::v1::TaskQueue& queue);
/// "BadStartTimerAttributes" from "..._BAD_START_TIMER_ATTRIBUTES": each word with a capital.
std::string goEnumName(std::string_view name, std::string_view prefix);

}  // namespace orrery::server
