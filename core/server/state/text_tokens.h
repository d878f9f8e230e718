// SPDX-License-Identifier: MIT
// The words of a Text attribute: runs of letters and digits, without case and accents.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::server {

std::vector<std::string> textTokens(std::string_view text);

/// Whether any of the words of `wanted` (parted by blanks) is in the text. A word that itself holds several tokens, as
/// "re-tried" does, has to appear with all of them in a row.
bool matchesText(std::string_view text, std::string_view wanted);

}  // namespace orrery::server
