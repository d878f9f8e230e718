// SPDX-License-Identifier: MIT
// Payloads and numbers in JSON. A payload may be proto JSON (base64), half decoded (readable metadata), or nothing but
// the value itself, as web interfaces and shorthand exports show it; then it is encoded again.
#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/history/field_table.h"
#include "core/history/json_events.h"
#include "core/payload/render.h"

namespace orrery::history {
namespace {

using Kind = payload::JsonReader::Kind;
using WirePayload = temporal::api::common::v1::Payload;
using WirePayloads = temporal::api::common::v1::Payloads;

/// Go's JSON of messages in shorthand payloads names the type so.
constexpr std::string_view kMessageTypeKey = "_protoMessageType";

bool isWord(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t';
    });
}

/// Of what could be base64 too: that fills its groups of four, and has both cases of letters or ends in a sign that no
/// name has.
bool isEncodingName(std::string_view text) {
    const auto any = [text](auto&& of) { return std::any_of(text.begin(), text.end(), of); };
    const bool upper = any([](char c) { return c >= 'A' && c <= 'Z'; });
    const bool lower = any([](char c) { return c >= 'a' && c <= 'z'; });
    const bool base64 = text.size() % 4 == 0 && ((upper && lower) || text.ends_with('='));
    return isWord(text) && !base64;
}

}  // namespace

bool JsonEvents::takeNull() {
    if (m_reader.peek() != Kind::Null) return false;
    m_reader.null();
    return true;
}

std::string JsonEvents::bytes() {
    const size_t begin = m_reader.offset();
    auto decoded = payload::fromBase64(m_reader.string());
    if (!decoded) m_reader.fail(begin, "bytes must be base64");
    return std::move(*decoded);
}

int64_t JsonEvents::integer(int64_t least, int64_t most) {
    const size_t begin = m_reader.offset();
    const Kind kind = m_reader.peek();
    if (kind != Kind::Number && kind != Kind::String) m_reader.fail(begin, "a whole number must stand here");
    const std::string_view text = kind == Kind::Number ? m_reader.number() : m_reader.string();
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || number < least || number > most) {
        m_reader.fail(begin, fmt::format("\"{}\" is not a whole number that fits here", payload::ellipsize(text, 40)));
    }
    return number;
}

uint64_t JsonEvents::natural(uint64_t most) {
    const size_t begin = m_reader.offset();
    const Kind kind = m_reader.peek();
    if (kind != Kind::Number && kind != Kind::String) m_reader.fail(begin, "a whole number must stand here");
    const std::string_view text = kind == Kind::Number ? m_reader.number() : m_reader.string();
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number > most) {
        m_reader.fail(begin, fmt::format("\"{}\" is not a whole number that fits here", payload::ellipsize(text, 40)));
    }
    return number;
}

double JsonEvents::real() {
    const size_t begin = m_reader.offset();
    const Kind kind = m_reader.peek();
    if (kind != Kind::Number && kind != Kind::String) m_reader.fail(begin, "a number must stand here");
    const std::string text(kind == Kind::Number ? m_reader.number() : m_reader.string());
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) m_reader.fail(begin, "a number must stand here");
    return number;
}

void JsonEvents::payloads(Message& target) {
    auto& all = static_cast<WirePayloads&>(target);
    switch (m_reader.peek()) {
        case Kind::Null: m_reader.null(); return;
        case Kind::Object: {
            const size_t begin = m_reader.offset();
            std::string_view key;
            m_reader.enterObject();
            const bool any = m_reader.nextKey(key);
            const bool wrapped = !any || key == "payloads";
            m_reader.rewind(begin);
            if (wrapped) return message(target);
            payload(*all.add_payloads());
            return;
        }
        case Kind::Array:
            m_reader.enterArray();
            while (m_reader.nextItem()) payload(*all.add_payloads());
            return;
        default: payload(*all.add_payloads());
    }
}

/// Steps over the value and back: it is a payload when its members can only be those of one.
bool JsonEvents::looksLikePayload() {
    if (m_reader.peek() != Kind::Object) return false;
    const size_t begin = m_reader.offset();
    bool only = true;
    bool metadata = false;
    std::string_view key;
    m_reader.enterObject();
    while (m_reader.nextKey(key)) {
        const bool isMetadata = key == "metadata";
        const bool known = isMetadata || key == "data" || key == "externalPayloads" || key == "external_payloads";
        only = only && known;
        metadata = metadata || (isMetadata && m_reader.peek() == Kind::Object);
        m_reader.skip();
    }
    const bool empty = m_reader.text().substr(begin, m_reader.offset() - begin).find('"') == std::string_view::npos;
    m_reader.rewind(begin);
    return only && (metadata || empty);
}

void JsonEvents::payload(Message& target) {
    if (!looksLikePayload()) return decodedPayload(target);
    auto& wire = static_cast<WirePayload&>(target);
    std::string readable;
    size_t dataAt = 0;
    std::string_view key;
    m_reader.enterObject();
    while (m_reader.nextKey(key)) {
        if (key == "metadata") {
            if (!takeNull()) payloadMetadata(wire, readable);
        } else if (key == "data" && dataAt == 0) {
            // How data is to be read depends on the metadata, which may stand behind it.
            dataAt = m_reader.offset();
            m_reader.skip();
        } else {
            member(target, fieldTable(target.GetDescriptor()), key);
        }
    }
    if (dataAt == 0) return;
    payload::JsonReader data(m_reader.text());
    data.rewind(dataAt);
    payloadData(data, wire, readable);
}

void JsonEvents::payloadMetadata(Message& target, std::string& readable) {
    auto& wire = static_cast<WirePayload&>(target);
    std::string_view key;
    m_reader.enterObject();
    while (m_reader.nextKey(key)) {
        const std::string name(key);
        const size_t begin = m_reader.offset();
        if (m_reader.peek() != Kind::String) m_reader.fail(begin, "payload metadata must be text");
        if (name == "encodingDecoded") {
            m_reader.skip();
            m_notes.add("left out what a viewer had added to the events", 0);
            continue;
        }
        const std::string text(m_reader.string());
        auto decoded = payload::fromBase64(text);
        // "json/plain" happens to be base64 too, of bytes that are no word.
        const bool plain = !decoded || (name == "encoding" && !isWord(*decoded) && isEncodingName(text));
        if (plain && name != "encoding" && readable.empty()) m_reader.fail(begin, "payload metadata must be base64");
        if (plain && name == "encoding") readable = text;
        (*wire.mutable_metadata())[name] = plain ? text : std::move(*decoded);
    }
}

void JsonEvents::payloadData(payload::JsonReader& data, Message& target, const std::string& readable) {
    auto& wire = static_cast<WirePayload&>(target);
    const size_t begin = data.offset();
    if (data.peek() == Kind::Null && readable.empty()) return;
    if (data.peek() == Kind::String) {
        const std::string text(data.string());
        auto decoded = payload::fromBase64(text);
        // Readable metadata beside base64 data is met too; the value tells which it is.
        const bool json = readable.starts_with("json/");
        const bool usable = decoded && (readable.empty() || !json || payload::minifyJson(*decoded));
        if (usable) {
            wire.set_data(std::move(*decoded));
            return;
        }
        if (readable.empty()) m_reader.fail(begin, "payload data must be base64");
        wire.set_data(json ? payload::quoteJson(text) : text);
        return note("encoded a readable payload again");
    }
    wire.set_data(payload::minifyJson(data.skip()).value_or(std::string()));
    if (wire.metadata().count("encoding") == 0) (*wire.mutable_metadata())["encoding"] = "json/plain";
    note("encoded a readable payload again");
}

void JsonEvents::decodedPayload(Message& target) {
    auto& wire = static_cast<WirePayload&>(target);
    note("encoded a readable payload again");
    if (takeNull()) {
        (*wire.mutable_metadata())["encoding"] = "binary/null";
        return;
    }
    const bool object = m_reader.peek() == Kind::Object;
    const size_t begin = m_reader.offset();
    std::string type;
    if (object) {
        std::string_view key;
        m_reader.enterObject();
        while (m_reader.nextKey(key)) {
            const bool isType = key == kMessageTypeKey && m_reader.peek() == Kind::String;
            if (isType) {
                type = std::string(m_reader.string());
            } else {
                m_reader.skip();
            }
        }
        m_reader.rewind(begin);
    }
    (*wire.mutable_metadata())["encoding"] = type.empty() ? "json/plain" : "json/protobuf";
    if (!type.empty()) (*wire.mutable_metadata())["messageType"] = type;
    wire.set_data(payload::minifyJson(m_reader.skip()).value_or(std::string()));
}

}  // namespace orrery::history
