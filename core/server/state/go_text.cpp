// SPDX-License-Identifier: MIT
#include "core/server/state/go_text.h"

#include <cctype>
#include <map>

#include <fmt/format.h>
#include <google/protobuf/stubs/strutil.h>

#include "core/payload/json.h"

namespace orrery::server {
namespace {

using payload::JsonReader;

/// What is nested deeper than any value of a search attribute is not shown in Go's way.
constexpr int kDeepest = 200;

std::string shown(JsonReader& json, int depth) {
    if (depth > kDeepest) json.fail(json.offset(), "nested too deeply");
    switch (json.peek()) {
        case JsonReader::Kind::Array: {
            std::string text;
            json.enterArray();
            while (json.nextItem()) text += (text.empty() ? "" : " ") + shown(json, depth + 1);
            return "[" + text + "]";
        }
        case JsonReader::Kind::Object: {
            std::map<std::string, std::string> members;
            std::string_view key;
            json.enterObject();
            while (json.nextKey(key)) {
                std::string name(key);
                members[std::move(name)] = shown(json, depth + 1);
            }
            std::string text;
            for (const auto& [name, value] : members) text += (text.empty() ? "" : " ") + name + ":" + value;
            return "map[" + text + "]";
        }
        case JsonReader::Kind::String: return std::string(json.string());
        case JsonReader::Kind::Bool: return json.boolean() ? "true" : "false";
        case JsonReader::Kind::Null: json.null(); return "<nil>";
        default: return std::string(json.number());
    }
}

std::string quoted(const std::string& bytes) { return '"' + google::protobuf::CEscape(bytes) + '"'; }

}  // namespace

std::optional<std::string> goValue(std::string_view json) {
    try {
        JsonReader reader(json);
        std::string text = shown(reader, 0);
        reader.end();
        return text;
    } catch (const payload::JsonError&) {
        return std::nullopt;
    }
}

std::string goQuoted(std::string_view text) {
    static constexpr std::string_view kLetters = "\a\b\f\n\r\t\v\\\"";
    static constexpr std::string_view kNames = "abfnrtv\\\"";
    std::string shown = "\"";
    for (const char letter : text) {
        const size_t found = kLetters.find(letter);
        if (found != std::string_view::npos) {
            shown += {'\\', kNames[found]};
        } else if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(letter));
        } else {
            shown.push_back(letter);
        }
    }
    return shown + '"';
}

std::string goPayload(const temporal::api::common::v1::Payload& payload) {
    std::string text;
    const std::map<std::string, std::string> sorted(payload.metadata().begin(), payload.metadata().end());
    for (const auto& [key, value] : sorted) {
        text += "metadata:{key:" + quoted(key) + " value:" + quoted(value) + "} ";
    }
    if (!payload.data().empty()) return text + "data:" + quoted(payload.data());
    if (!text.empty()) text.pop_back();
    return text;
}

std::string goTaskQueue(const temporal::api::taskqueue::v1::TaskQueue& queue) {
    namespace enums = temporal::api::enums::v1;
    std::string text = "name:" + quoted(queue.name());
    // An unset kind has become the normal one by the time it is shown.
    const auto kind = queue.kind() == enums::TASK_QUEUE_KIND_UNSPECIFIED ? enums::TASK_QUEUE_KIND_NORMAL : queue.kind();
    text += " kind:" + enums::TaskQueueKind_Name(kind);
    if (!queue.normal_name().empty()) text += " normal_name:" + quoted(queue.normal_name());
    return text;
}

std::string goEnumName(std::string_view name, std::string_view prefix) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    std::string text;
    bool first = true;
    for (const char letter : name) {
        if (letter != '_') text += first ? letter : char(std::tolower(static_cast<unsigned char>(letter)));
        first = letter == '_';
    }
    return text;
}

size_t spaceAt(std::string_view text, size_t at) {
    const char c = text[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    for (const std::string_view space :
         {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
          "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"}) {
        if (text.substr(at).starts_with(space)) return space.size();
    }
    return 0;
}

bool isBlank(std::string_view text) {
    while (!text.empty()) {
        const size_t space = spaceAt(text, 0);
        if (space == 0) return false;
        text.remove_prefix(space);
    }
    return true;
}

}  // namespace orrery::server
