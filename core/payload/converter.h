// SPDX-License-Identifier: MIT
// C++ values <-> payloads. Which encoding a value gets follows from its type:
//   Payload                               itself (a raw value)
//   std::monostate, empty std::optional   binary/null
//   vector of std::byte or uint8_t        binary/plain
//   protobuf messages                     json/protobuf
//   all else, through nlohmann::json      json/plain (ORRERY_JSON makes a struct known)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/payload/json_fields.h"
#include "core/payload/payload.h"

namespace google::protobuf {
class Message;
}

namespace orrery::payload {

/// Transforms payloads on their way to and from the network (encryption, compression). Runs on worker and client
/// threads, never in workflow code; must be thread safe and may throw base::Error.
class PayloadCodec {
public:
    virtual ~PayloadCodec() = default;
    virtual Payloads encode(Payloads payloads) const = 0;
    virtual Payloads decode(Payloads payloads) const = 0;
};

/// Writes the four kinds of values and reads them back; override it to use encodings of your own. Thread safe and
/// deterministic, for it runs in workflow code. Readers throw base::Error(InvalidArgument) that names the encoding
/// found.
class PayloadConverter {
public:
    virtual ~PayloadConverter() = default;

    virtual Payload fromNull() const;
    virtual Payload fromBytes(std::string bytes) const;
    virtual Payload fromMessage(const google::protobuf::Message& message) const;
    virtual Payload fromJson(const nlohmann::json& value) const;

    virtual bool isNull(const Payload& payload) const;
    virtual std::string toBytes(const Payload& payload) const;
    virtual void toMessage(const Payload& payload, google::protobuf::Message* message) const;
    /// binary/null reads as null.
    virtual nlohmann::json toJson(const Payload& payload) const;
};

/// Throws base::Error(InvalidArgument): `what` could not be read as `type`.
[[noreturn]] void throwUnreadable(const std::string& what, const std::string& reason);
/// Throws base::Error(InvalidArgument): fewer payloads came than the function has parameters.
[[noreturn]] void throwTooFewValues(size_t wanted, size_t found);

template <class T>
inline constexpr bool kIsBytes = std::is_same_v<T, std::vector<std::byte>> || std::is_same_v<T, std::vector<uint8_t>>;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

/// The converter everything uses, with its codec. A cheap value; thread safe.
class DataConverter {
public:
    explicit DataConverter(std::shared_ptr<const PayloadConverter> converter = nullptr,
                           std::shared_ptr<const PayloadCodec> codec = nullptr);

    const PayloadConverter& values() const { return *m_values; }
    /// May be null.
    const std::shared_ptr<const PayloadCodec>& codec() const { return m_codec; }

    template <class T>
    Payload toPayload(const T& value) const {
        if constexpr (std::is_same_v<T, Payload>) {
            return value;
        } else if constexpr (std::is_same_v<T, std::monostate>) {
            return m_values->fromNull();
        } else if constexpr (kIsOptional<T>) {
            return value ? toPayload(*value) : m_values->fromNull();
        } else if constexpr (kIsBytes<T>) {
            return m_values->fromBytes(std::string(reinterpret_cast<const char*>(value.data()), value.size()));
        } else if constexpr (std::is_base_of_v<google::protobuf::Message, T>) {
            return m_values->fromMessage(value);
        } else {
            return m_values->fromJson(nlohmann::json(value));
        }
    }

    template <class T>
    T fromPayload(const Payload& payload) const {
        if constexpr (std::is_same_v<T, Payload>) {
            return payload;
        } else if constexpr (std::is_same_v<T, std::monostate>) {
            return {};
        } else if constexpr (kIsOptional<T>) {
            if (m_values->isNull(payload)) return std::nullopt;
            return fromPayload<typename T::value_type>(payload);
        } else if constexpr (kIsBytes<T>) {
            const std::string bytes = m_values->toBytes(payload);
            const auto* begin = reinterpret_cast<const typename T::value_type*>(bytes.data());
            return T(begin, begin + bytes.size());
        } else if constexpr (std::is_base_of_v<google::protobuf::Message, T>) {
            T message;
            m_values->toMessage(payload, &message);
            return message;
        } else {
            return fromJson<T>(m_values->toJson(payload));
        }
    }

    template <class... T>
    Payloads toPayloads(const T&... values) const {
        Payloads payloads;
        payloads.reserve(sizeof...(values));
        (payloads.push_back(toPayload(values)), ...);
        return payloads;
    }

    /// The first sizeof...(T) values; more are ignored, fewer are an error except for trailing std::optional ones.
    template <class... T>
    std::tuple<T...> fromPayloads(const Payloads& payloads) const {
        return fromPayloads<T...>(payloads, std::index_sequence_for<T...>());
    }

private:
    template <class T>
    static T fromJson(const nlohmann::json& json) {
        try {
            return json.get<T>();
        } catch (const nlohmann::json::exception& error) {
            throwUnreadable("The value", plainJsonError(error));
        }
    }

    template <class T>
    T valueAt(const Payloads& payloads, size_t index, size_t wanted) const {
        if (index >= payloads.size()) {
            if constexpr (kIsOptional<T>) return std::nullopt;
            throwTooFewValues(wanted, payloads.size());
        } else {
            try {
                return fromPayload<T>(payloads[index]);
            } catch (const base::Error& error) {
                throwUnreadable("Argument " + std::to_string(index + 1), error.what());
            }
        }
    }

    template <class... T, size_t... I>
    std::tuple<T...> fromPayloads(const Payloads& payloads, std::index_sequence<I...>) const {
        // Braces: evaluated from left to right, so the error names the first bad argument.
        return std::tuple<T...>{valueAt<T>(payloads, I, sizeof...(T))...};
    }

    std::shared_ptr<const PayloadConverter> m_values;
    std::shared_ptr<const PayloadCodec> m_codec;
};

/// The standard converter without a codec.
const DataConverter& defaultConverter();

}  // namespace orrery::payload
