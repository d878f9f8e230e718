// SPDX-License-Identifier: MIT
#include "core/server/state/text_tokens.h"

#include <algorithm>
#include <cstdint>

namespace orrery::server {
namespace {

/// The next code point; a byte that begins none stands for itself.
uint32_t takeLetter(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const size_t size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t letter = size == 1 ? first : first & (0xffU >> (size + 1));
    for (size_t i = 1; i < size && i < text.size(); ++i)
        letter = letter << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
    text.remove_prefix(std::min(size, text.size()));
    return letter;
}

void append(std::string& word, uint32_t letter) {
    if (letter < 0x80) {
        word.push_back(char(letter));
    } else if (letter < 0x800) {
        word += {char(0xc0U | letter >> 6), char(0x80U | (letter & 0x3fU))};
    } else if (letter < 0x10000) {
        word += {char(0xe0U | letter >> 12), char(0x80U | (letter >> 6 & 0x3fU)), char(0x80U | (letter & 0x3fU))};
    } else {
        word += {char(0xf0U | letter >> 18), char(0x80U | (letter >> 12 & 0x3fU)), char(0x80U | (letter >> 6 & 0x3fU)),
                 char(0x80U | (letter & 0x3fU))};
    }
}

/// Latin letters with accents, from U+00C0 to U+017F, as the plain letter; '.' where there is none.
constexpr std::string_view kPlain =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

bool isTokenLetter(uint32_t letter) {
    if (letter < 0x80) return (letter >= '0' && letter <= '9') || (letter | 0x20U) - 'a' < 26;
    if (letter < 0xc0)
        return letter == 0xaa || letter == 0xb5 || letter == 0xba || letter == 0xb2 || letter == 0xb3 || letter == 0xb9;
    if (letter == 0xd7 || letter == 0xf7) return false;
    const bool punctuation = (letter >= 0x2000 && letter <= 0x206f) || (letter >= 0x2190 && letter <= 0x2bff) ||
                             (letter >= 0x3000 && letter <= 0x303f) || (letter >= 0xff00 && letter <= 0xff0f);
    return !punctuation;
}

uint32_t folded(uint32_t letter) {
    if (letter < 0x80) return letter >= 'A' && letter <= 'Z' ? letter + 0x20 : letter;
    if (letter >= 0xc0 && letter - 0xc0 < kPlain.size() && kPlain[letter - 0xc0] != '.') {
        return static_cast<unsigned char>(kPlain[letter - 0xc0]);
    }
    if (letter == 0xc6 || letter == 0xd8 || letter == 0xde || letter == 0xd0) return letter + 0x20;
    if (letter >= 0x391 && letter <= 0x3a9) return letter + 0x20;
    if (letter >= 0x410 && letter <= 0x42f) return letter + 0x20;
    if (letter >= 0x400 && letter <= 0x40f) return letter + 0x50;
    return letter;
}

}  // namespace

std::vector<std::string> textTokens(std::string_view text) {
    std::vector<std::string> tokens;
    std::string word;
    while (!text.empty()) {
        const uint32_t letter = takeLetter(text);
        // Accents that stand alone belong to the letter before them.
        if (letter >= 0x300 && letter <= 0x36f) continue;
        if (isTokenLetter(letter)) {
            append(word, folded(letter));
        } else if (!word.empty()) {
            tokens.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) tokens.push_back(std::move(word));
    return tokens;
}

bool matchesText(std::string_view text, std::string_view wanted) {
    const std::vector<std::string> tokens = textTokens(text);
    while (!wanted.empty()) {
        const size_t blank = std::min(wanted.find(' '), wanted.size());
        const std::vector<std::string> phrase = textTokens(wanted.substr(0, blank));
        wanted.remove_prefix(std::min(blank + 1, wanted.size()));
        if (phrase.empty()) continue;
        if (std::search(tokens.begin(), tokens.end(), phrase.begin(), phrase.end()) != tokens.end()) return true;
    }
    return false;
}

}  // namespace orrery::server
