// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/payload/payload.h"

namespace orrery::payload {

/// What a person sees of a payload. `text` is valid UTF-8; it is JSON exactly when `isJson`, else plain words.
struct RenderedPayload {
    std::string encoding;
    std::string text;
    bool isJson = false;
};

enum class RenderStyle { Compact, Pretty };

/// Never throws: what cannot be read is described ("42 bytes, binary/encrypted"). Numbers keep their digits and objects
/// their order. binary/protobuf is shown as JSON when the message type is one of Temporal's own.
RenderedPayload renderPayload(const Payload& payload, RenderStyle style = RenderStyle::Compact);

/// All values, comma-separated, on one line: what stands in the brackets of a call.
std::string renderPayloads(const Payloads& payloads);

/// One line of at most `limit` characters (not bytes), cut with an ellipsis.
std::string ellipsize(std::string_view text, size_t limit);

}  // namespace orrery::payload
