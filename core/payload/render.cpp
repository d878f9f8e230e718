// SPDX-License-Identifier: MIT
#include "core/payload/render.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "core/payload/json.h"
#include "core/payload/utf8.h"

namespace orrery::payload {
namespace {

namespace pb = google::protobuf;

std::optional<std::string> jsonText(std::string_view text, RenderStyle style) {
    return style == RenderStyle::Pretty ? prettyJson(text) : minifyJson(text);
}

bool isReadable(std::string_view text) {
    if (!isValidUtf8(text)) return false;
    return std::none_of(text.begin(), text.end(), [](char c) {
        const unsigned char u = static_cast<unsigned char>(c);
        return (u < 0x20 && c != '\n' && c != '\t' && c != '\r') || u == 0x7F;
    });
}

std::string sizeOf(size_t bytes, std::string_view what) {
    return fmt::format("{} {}, {}", bytes, bytes == 1 ? "byte" : "bytes", what.empty() ? "no encoding" : what);
}

std::optional<std::string> protobufAsJson(const std::string& typeName, const std::string& data) {
    const auto* type = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(typeName);
    if (!type) return std::nullopt;
    const std::unique_ptr<pb::Message> message(pb::MessageFactory::generated_factory()->GetPrototype(type)->New());
    std::string json;
    if (!message->ParseFromString(data) || !pb::util::MessageToJsonString(*message, &json).ok()) return std::nullopt;
    return json;
}

RenderedPayload renderBinary(const Payload& payload, RenderedPayload rendered, RenderStyle style) {
    const auto type = payload.metadata.find("messageType");
    if (rendered.encoding == "binary/protobuf" && type != payload.metadata.end()) {
        if (const auto json = protobufAsJson(type->second, payload.data)) {
            rendered.text = jsonText(*json, style).value_or(*json);
            rendered.isJson = true;
            return rendered;
        }
        rendered.text = sizeOf(payload.data.size(), type->second);
        return rendered;
    }
    // An encoding that we do not know may still be text, and a person wants to read it.
    const bool sealed = rendered.encoding == "binary/encrypted" || rendered.encoding == "binary/protobuf";
    rendered.text = !sealed && !payload.data.empty() && isReadable(payload.data)
                        ? payload.data
                        : sizeOf(payload.data.size(), rendered.encoding);
    return rendered;
}

}  // namespace

RenderedPayload renderPayload(const Payload& payload, RenderStyle style) {
    RenderedPayload rendered;
    rendered.encoding = payload.encoding();
    // Some workers have written the name with a newline behind it.
    while (!rendered.encoding.empty() && rendered.encoding.back() == '\n') rendered.encoding.pop_back();
    if (!isValidUtf8(rendered.encoding)) rendered.encoding = "unreadable encoding";
    if (rendered.encoding == "binary/null") {
        rendered.text = "null";
        rendered.isJson = true;
        return rendered;
    }
    if (rendered.encoding.starts_with("json/")) {
        if (auto text = jsonText(payload.data, style)) {
            rendered.text = std::move(*text);
            rendered.isJson = true;
            return rendered;
        }
    }
    return renderBinary(payload, std::move(rendered), style);
}

std::string renderPayloads(const Payloads& payloads) {
    std::string out;
    for (const Payload& item : payloads) {
        if (!out.empty()) out += ", ";
        out += renderPayload(item).text;
    }
    return out;
}

std::string ellipsize(std::string_view text, size_t limit) {
    std::string out;
    size_t characters = 0;
    bool spaced = false;
    for (size_t at = 0; at < text.size();) {
        const size_t length = std::max<size_t>(1, utf8Length(text, at));
        const unsigned char c = static_cast<unsigned char>(text[at]);
        const bool space = c <= 0x20 || c == 0x7F;
        if (space && (spaced || out.empty())) {
            at += length;
            continue;
        }
        spaced = space;
        if (++characters > limit) {
            while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
            if (!out.empty()) out.pop_back();
            return out + "\u2026";
        }
        space ? out.append(1, ' ') : out.append(text, at, length);
        at += length;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace orrery::payload
