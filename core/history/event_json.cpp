// SPDX-License-Identifier: MIT
// Proto JSON of one event. Written here and not by the library, because that one writes maps in no steady order and
// refuses a whole event for one time that is out of range.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <temporal/api/history/v1/message.pb.h>

#include "core/base/time.h"
#include "core/history/event.h"
#include "core/history/field_table.h"
#include "core/history/store.h"
#include "core/history/words.h"
#include "core/payload/json.h"

namespace orrery::history {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

/// As many of 0, 3, 6 or 9 digits as needed, as protobuf writes them.
std::string fraction(int32_t nanos) {
    if (nanos == 0) return {};
    if (nanos % 1'000'000 == 0) return fmt::format(".{:03}", nanos / 1'000'000);
    if (nanos % 1'000 == 0) return fmt::format(".{:06}", nanos / 1'000);
    return fmt::format(".{:09}", nanos);
}

class Writer {
public:
    explicit Writer(std::string& out) : m_out(out) {}

    void message(const pb::Message& message) {
        switch (fieldTable(message.GetDescriptor()).kind) {
            case MessageKind::Timestamp: return time(static_cast<const pb::Timestamp&>(message));
            case MessageKind::Duration: return span(static_cast<const pb::Duration&>(message));
            default: break;
        }
        std::vector<const Field*> fields;
        message.GetReflection()->ListFields(message, &fields);
        m_out += '{';
        bool first = true;
        for (const Field* field : fields) {
            if (!first) m_out += ',';
            first = false;
            m_out.append(1, '"').append(field->json_name()).append("\":");
            value(message, *field);
        }
        m_out += '}';
    }

private:
    void value(const pb::Message& holder, const Field& field) {
        if (field.is_map()) return map(holder, field);
        if (!field.is_repeated()) return item(holder, field, -1);
        m_out += '[';
        const int size = holder.GetReflection()->FieldSize(holder, &field);
        for (int i = 0; i < size; ++i) {
            if (i > 0) m_out += ',';
            item(holder, field, i);
        }
        m_out += ']';
    }

    void map(const pb::Message& holder, const Field& field) {
        std::vector<std::pair<std::string, const pb::Message*>> entries;
        const Field* key = field.message_type()->map_key();
        const int size = holder.GetReflection()->FieldSize(holder, &field);
        for (int i = 0; i < size; ++i) {
            const pb::Message& entry = holder.GetReflection()->GetRepeatedMessage(holder, &field, i);
            std::string text;
            Writer(text).item(entry, *key, -1);
            entries.emplace_back(text.starts_with('"') ? text : payload::quoteJson(text), &entry);
        }
        std::sort(entries.begin(), entries.end());
        m_out += '{';
        for (size_t i = 0; i < entries.size(); ++i) {
            if (i > 0) m_out += ',';
            m_out.append(entries[i].first).append(1, ':');
            item(*entries[i].second, *field.message_type()->map_value(), -1);
        }
        m_out += '}';
    }

    void item(const pb::Message& holder, const Field& field, int index) {
        const pb::Reflection* reflection = holder.GetReflection();
        const bool many = index >= 0;
        const auto take = [&](auto one, auto nth) {
            return many ? (reflection->*nth)(holder, &field, index) : (reflection->*one)(holder, &field);
        };
        using R = pb::Reflection;
        switch (field.cpp_type()) {
            case Field::CPPTYPE_MESSAGE:
                return message(many ? reflection->GetRepeatedMessage(holder, &field, index)
                                    : reflection->GetMessage(holder, &field));
            case Field::CPPTYPE_STRING: {
                std::string scratch;
                const std::string& text = many ? reflection->GetRepeatedStringReference(holder, &field, index, &scratch)
                                               : reflection->GetStringReference(holder, &field, &scratch);
                const bool bytes = field.type() == Field::TYPE_BYTES;
                m_out += bytes ? '"' + payload::toBase64(text) + '"' : payload::quoteJson(text);
                return;
            }
            case Field::CPPTYPE_ENUM: return enumeration(field, take(&R::GetEnumValue, &R::GetRepeatedEnumValue));
            case Field::CPPTYPE_BOOL: m_out += take(&R::GetBool, &R::GetRepeatedBool) ? "true" : "false"; return;
            case Field::CPPTYPE_INT32: return number(take(&R::GetInt32, &R::GetRepeatedInt32));
            case Field::CPPTYPE_UINT32: return number(take(&R::GetUInt32, &R::GetRepeatedUInt32));
            // 64 bits do not fit into what JavaScript calls a number.
            case Field::CPPTYPE_INT64: return quoted(take(&R::GetInt64, &R::GetRepeatedInt64));
            case Field::CPPTYPE_UINT64: return quoted(take(&R::GetUInt64, &R::GetRepeatedUInt64));
            case Field::CPPTYPE_DOUBLE: return real(take(&R::GetDouble, &R::GetRepeatedDouble));
            case Field::CPPTYPE_FLOAT: return real(take(&R::GetFloat, &R::GetRepeatedFloat));
        }
    }

    void enumeration(const Field& field, int number) {
        const auto* value = field.enum_type()->FindValueByNumber(number);
        m_out += value ? '"' + value->name() + '"' : std::to_string(number);
    }

    template <typename Number>
    void number(Number value) {
        fmt::format_to(std::back_inserter(m_out), "{}", value);
    }
    template <typename Number>
    void quoted(Number value) {
        fmt::format_to(std::back_inserter(m_out), "\"{}\"", value);
    }
    template <typename Number>
    void real(Number value) {
        if (std::isnan(value)) {
            m_out += "\"NaN\"";
        } else if (std::isinf(value)) {
            m_out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        } else {
            number(value);
        }
    }

    void time(const pb::Timestamp& wire) { m_out.append(1, '"').append(timeText(wire)).append(1, '"'); }

    void span(const pb::Duration& wire) {
        const bool negative = wire.seconds() < 0 || wire.nanos() < 0;
        const uint64_t whole =
            negative ? 0 - static_cast<uint64_t>(wire.seconds()) : static_cast<uint64_t>(wire.seconds());
        const int32_t nanos = std::clamp(wire.nanos(), -999'999'999, 999'999'999);
        fmt::format_to(std::back_inserter(m_out), "\"{}{}{}s\"", negative ? "-" : "", whole, fraction(std::abs(nanos)));
    }

    std::string& m_out;
};

}  // namespace

std::string timeText(const pb::Timestamp& wire) {
    using namespace std::chrono;
    constexpr int64_t kFirst = -62135596800;
    constexpr int64_t kLast = 253402300799;
    const sys_seconds whole{seconds(std::clamp(wire.seconds(), kFirst, kLast))};
    const auto day = floor<days>(whole);
    const year_month_day date(day);
    const hh_mm_ss clock(whole - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(),
                       fraction(std::clamp(wire.nanos(), 0, 999'999'999)));
}

void Event::appendJson(std::string& out) const {
    if (m_entry->unknown) {
        out += m_entry->unknown->json;
    } else {
        Writer(out).message(message());
    }
}

std::string Event::json() const {
    std::string out;
    appendJson(out);
    return out;
}

}  // namespace orrery::history
