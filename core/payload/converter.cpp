// SPDX-License-Identifier: MIT
#include "core/payload/converter.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "core/base/error.h"
#include "core/payload/json_text.h"

namespace orrery::payload {
namespace {

using base::Error;
using base::ErrorCode;

constexpr const char* kNull = "binary/null";
constexpr const char* kBytes = "binary/plain";
constexpr const char* kJson = "json/plain";
constexpr const char* kJsonMessage = "json/protobuf";
constexpr const char* kBinaryMessage = "binary/protobuf";

Payload encoded(const char* encoding, std::string data) {
    Payload payload;
    payload.metadata.emplace("encoding", encoding);
    payload.data = std::move(data);
    return payload;
}

[[noreturn]] void throwWrongEncoding(const Payload& payload, const std::string& wanted) {
    const std::string found =
        payload.encoding().empty() ? "no encoding" : "the encoding \"" + payload.encoding() + "\"";
    throw Error(ErrorCode::InvalidArgument, "A payload with " + found + " cannot be read as " + wanted + ".",
                {{"encoding", payload.encoding()}});
}

nlohmann::json parseJson(const Payload& payload) {
    try {
        return nlohmann::json::parse(payload.data);
    } catch (const nlohmann::json::exception& error) {
        throwUnreadable("A payload marked as JSON", plainJsonError(error));
    }
}

}  // namespace

Payload PayloadConverter::fromNull() const { return encoded(kNull, {}); }

Payload PayloadConverter::fromBytes(std::string bytes) const { return encoded(kBytes, std::move(bytes)); }

Payload PayloadConverter::fromJson(const nlohmann::json& value) const {
    return value.is_null() ? fromNull() : encoded(kJson, compactJson(value));
}

Payload PayloadConverter::fromMessage(const google::protobuf::Message& message) const {
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    if (!status.ok()) {
        throw Error(ErrorCode::InvalidArgument,
                    message.GetTypeName() + " cannot be written as JSON: " + status.ToString());
    }
    Payload payload = encoded(kJsonMessage, compactJson(nlohmann::json::parse(text)));
    payload.metadata.emplace("messageType", message.GetTypeName());
    return payload;
}

bool PayloadConverter::isNull(const Payload& payload) const {
    return payload.encoding() == kNull || (payload.encoding() == kJson && payload.data == "null");
}

std::string PayloadConverter::toBytes(const Payload& payload) const {
    if (payload.encoding() != kBytes) throwWrongEncoding(payload, "bytes");
    return payload.data;
}

void PayloadConverter::toMessage(const Payload& payload, google::protobuf::Message* message) const {
    if (payload.encoding() == kBinaryMessage) {
        if (message->ParseFromString(payload.data)) return;
        throwUnreadable("A payload marked as a protobuf message", "its bytes are no " + message->GetTypeName());
    }
    if (payload.encoding() != kJsonMessage && payload.encoding() != kJson) {
        throwWrongEncoding(payload, message->GetTypeName());
    }
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto status = google::protobuf::util::JsonStringToMessage(payload.data, message, options);
    if (!status.ok()) throwUnreadable("A payload that should be " + message->GetTypeName(), status.ToString());
}

nlohmann::json PayloadConverter::toJson(const Payload& payload) const {
    if (payload.encoding() == kNull) return nullptr;
    if (payload.encoding() != kJson && payload.encoding() != kJsonMessage) throwWrongEncoding(payload, "JSON");
    return parseJson(payload);
}

void throwUnreadable(const std::string& what, const std::string& reason) {
    throw Error(ErrorCode::InvalidArgument, what + " cannot be read: " + reason);
}

void throwTooFewValues(size_t wanted, size_t found) {
    throw Error(ErrorCode::InvalidArgument, "Expected " + std::to_string(wanted) +
                                                (wanted == 1 ? " argument, got " : " arguments, got ") +
                                                std::to_string(found) + ".");
}

DataConverter::DataConverter(std::shared_ptr<const PayloadConverter> converter,
                             std::shared_ptr<const PayloadCodec> codec)
    : m_values(converter ? std::move(converter) : std::make_shared<const PayloadConverter>()),
      m_codec(std::move(codec)) {}

const DataConverter& defaultConverter() {
    static const DataConverter converter;
    return converter;
}

}  // namespace orrery::payload
