// SPDX-License-Identifier: MIT
#include "core/payload/json_text.h"

#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/payload/json_fields.h"

namespace orrery::payload {
namespace {

using base::Error;
using base::ErrorCode;

/// Shortest digits that read back the same; plain notation from 1e-4 up to 1e16, as Python's repr chooses.
void appendNumber(double value, std::string& out) {
    if (!std::isfinite(value)) {
        throw Error(ErrorCode::InvalidArgument, "JSON has no way to write the number " + std::to_string(value));
    }
    const double size = std::fabs(value);
    const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                                   plain ? std::chars_format::fixed : std::chars_format::scientific);
    const std::string_view digits(buffer, static_cast<size_t>(end.ptr - buffer));
    out += digits;
    if (plain && digits.find('.') == std::string_view::npos) out += ".0";
}

void append(const nlohmann::json& value, std::string& out) {
    if (value.is_object()) {
        out += '{';
        for (auto item = value.begin(); item != value.end(); ++item) {
            if (item != value.begin()) out += ',';
            append(nlohmann::json(item.key()), out);
            out += ':';
            append(item.value(), out);
        }
        out += '}';
    } else if (value.is_array()) {
        out += '[';
        for (auto item = value.begin(); item != value.end(); ++item) {
            if (item != value.begin()) out += ',';
            append(*item, out);
        }
        out += ']';
    } else if (value.is_number_float()) {
        appendNumber(value.get<double>(), out);
    } else {
        out += value.dump(-1, ' ', true);
    }
}

}  // namespace

std::string compactJson(const nlohmann::json& value) {
    std::string out;
    try {
        append(value, out);
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::InvalidArgument, "This value cannot be written as JSON: " + plainJsonError(error));
    }
    return out;
}

std::string plainJsonError(const nlohmann::json::exception& error) {
    const std::string text = error.what();
    const auto end = text.find("] ");
    return end == std::string::npos ? text : text.substr(end + 2);
}

void throwBadField(const char* name, const std::string& reason) {
    throw Error(ErrorCode::InvalidArgument, "\"" + std::string(name) + "\": " + reason, {{"field", name}});
}

}  // namespace orrery::payload
