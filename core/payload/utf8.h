// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::payload {

void appendUtf8(std::string& out, unsigned codePoint);

/// Bytes of the well-formed character at `at`, 0 when there is none.
size_t utf8Length(std::string_view text, size_t at);

/// The character at `at` for use in a message: itself, or "\x0A".
std::string printableAt(std::string_view text, size_t at);

}  // namespace orrery::payload
